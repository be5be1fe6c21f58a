"""Filters of the list of cases that are kept under a name, for all who manage the project."""

from __future__ import annotations

from django.db import transaction

from labelhub.accounts.models import User
from labelhub.core import audit
from labelhub.core.errors import Conflict, Malformed
from labelhub.projects.models import Project, SavedFilter
from labelhub.workflows.cases.filters import CaseFilter
from labelhub.workflows.cases.orders import ORDERS

MOST_FILTERS = 100


def filter_save(
    *, actor: User, project: Project, name: str, asked: CaseFilter, order: str, view: str
) -> SavedFilter:
    """Keep it. What is saved already is left as it is: a client may send it again.

    Raises:
        Malformed: there is no such order.
        Conflict: the name is that of another filter, or there are too many.
    """
    if order not in ORDERS:
        raise Malformed(f"There is no {order}: choose from {', '.join(ORDERS)}.", code="unknown_filter")
    wanted = {"query": asked.as_json(), "order": order, "view": view}
    with transaction.atomic():
        # The project's row is the lock: of two who save one name at once, one does.
        Project.objects.select_for_update(no_key=True).get(id=project.id)
        if (known := project.saved_filters.filter(name=name).first()) is not None:
            if {field: getattr(known, field) for field in wanted} == wanted:
                return known
            raise Conflict(
                f"There is another filter “{name}”. Choose another name, or delete that one first.",
                code="filter_name_taken",
            )
        if project.saved_filters.count() >= MOST_FILTERS:
            raise Conflict(
                f"A project keeps at most {MOST_FILTERS} filters. Delete one first.", code="too_many_filters"
            )
        saved = SavedFilter.objects.create(project=project, name=name, created_by=actor, **wanted)
        # Its name and what it asks may speak of a patient: the audit trail holds neither.
        audit.record(actor_id=actor.id, action="saved_filter.created", obj=saved, project_id=project.id)
    return saved


def filter_delete(*, actor: User, saved: SavedFilter) -> None:
    """Forget it. Deleted already, nothing is changed."""
    with transaction.atomic():
        deleted, _ = SavedFilter.objects.filter(id=saved.id).delete()
        if deleted:
            audit.record(
                actor_id=actor.id, action="saved_filter.deleted", obj=saved, project_id=saved.project_id
            )
