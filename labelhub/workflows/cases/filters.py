"""To which cases a list is narrowed: by what each application knows of a case.

Every filter has an index to go by (docs/decisions/0079-lists-of-cases.md), so that a list of few among a million
cases begins with the few.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from labelhub.consensus.models import ConsensusLabel
from labelhub.consensus.selectors import labels_in_force
from labelhub.core.errors import Malformed
from labelhub.imaging.models import Instance, Split
from labelhub.projects.models import Project
from labelhub.questions import every_value
from labelhub.reading.models import Assignment, CaseRound, Flag

ANY, YES, SOFT = "any", "yes", "soft"
READ_BY = (Assignment.State.SUBMITTED, Assignment.State.RETURNED)
LONGEST, LONGEST_FIND = 200, 10_000
OUTCOME_FILTERS = ("finding", "value", "discordant", "flag")
ON_LISTED_ROWS = ("state", "discordant", "flag", "finding", "value")
CHOICES: dict[str, tuple[str, ...]] = {
    "split": tuple(Split.values),
    "state": tuple(CaseRound.State.values),
    "value": (*every_value(), SOFT),
    "discordant": (YES,),
    "flag": (ANY, *Flag.Kind.values),
}


@dataclass(frozen=True)
class CaseFilter:
    """What is asked of a list of cases; empty = all. Strings throughout: it is kept, and stands in addresses, as it is.

    `find`: what somebody calls the case (`finding.py`). `value`: of `finding`, by the label in force; `soft` where the
    votes were left without a majority. `reader`: the user name of one who has read the case.
    """

    split: str = ""
    state: str = ""
    finding: str = ""
    value: str = ""
    discordant: str = ""
    flag: str = ""
    view: str = ""
    site: str = ""
    reader: str = ""
    find: str = ""

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> CaseFilter:
        """Raises Malformed `unknown_filter` for a filter or a choice that there is not."""
        unknown = sorted(set(given) - FILTERS)
        if unknown:
            raise Malformed("There is no such filter.", code="unknown_filter", details={"filters": unknown})
        for name, value in given.items():
            most = LONGEST_FIND if name == "find" else LONGEST
            if not isinstance(value, str) or len(value) > most or "\x00" in value:
                raise Malformed(
                    f"A filter is a text of at most {most} characters.",
                    code="unknown_filter",
                    details={"filters": [name]},
                )
            if value and value not in CHOICES.get(name, (value,)):
                raise Malformed(
                    f"There is no {value}: choose from {', '.join(CHOICES[name])}.", code="unknown_filter"
                )
        if given.get("value") and not given.get("finding"):
            raise Malformed("A value is that of a finding: choose one.", code="unknown_filter")
        return cls(**given)

    def as_json(self) -> dict[str, str]:
        """What is asked, without what is not."""
        return {name: value for name in sorted(FILTERS) if (value := getattr(self, name))}

    @property
    def shows_outcome(self) -> bool:
        """Whether a case's being in the list tells what its readers said of it (design invariant 15)."""
        return any(getattr(self, name) for name in OUTCOME_FILTERS)


FILTERS = frozenset(field.name for field in fields(CaseFilter))


def narrowed(project: Project, asked: CaseFilter) -> Q:
    """The filter as a condition on Case, but for `find`."""
    found = Q()
    if asked.split:
        found &= Q(split=asked.split)
    if asked.state or asked.discordant or asked.flag:
        standing = replace(asked, finding="", value="")
        found &= Q(Exists(listed_rows(project, standing).filter(case=OuterRef("pk"))))
    if asked.finding:
        found &= Q(Exists(labels_asked(project, asked).filter(case_number=OuterRef("number"))))
    if asked.view:
        views = Instance.objects.filter(project=project, view_position=asked.view)
        found &= Q(Exists(views.filter(case=OuterRef("pk"))))
    if asked.site:
        found &= Q(study__project=project, study__site=asked.site)
    if asked.reader:
        rounds = list(project.rounds.values_list("id", flat=True))
        reads = Assignment.objects.filter(
            round__in=rounds, reader__username=asked.reader, state__in=READ_BY, case=OuterRef("pk")
        )
        found &= Q(Exists(reads))
    return found


def labels_asked(project: Project, asked: CaseFilter) -> QuerySet[ConsensusLabel]:
    """The labels in force of the finding that is asked for, with the value."""
    labels = labels_in_force(project).filter(finding=asked.finding)
    return labels.filter(value="" if asked.value == SOFT else asked.value) if asked.value else labels


def listed_rows(project: Project, asked: CaseFilter) -> QuerySet[CaseRound]:
    """The rows by which the cases are listed, that stand and are labelled as is asked."""
    rows = CaseRound.objects.filter(listed_in=project)
    if asked.finding:
        labels = labels_asked(project, asked).filter(case_number=OuterRef("case_number"))
        rows = rows.filter(Exists(labels))
    if asked.state:
        rows = rows.filter(state=asked.state)
    if asked.discordant:
        rows = rows.filter(n_discordant__gt=0)
    if asked.flag:
        rows = rows.filter(is_flagged=True)
    if asked.flag not in ("", ANY):
        standing = Flag.objects.filter(kind=asked.flag, withdrawn__isnull=True)
        rows = rows.filter(Exists(standing.filter(assignment__case=OuterRef("case"))))
    return rows
