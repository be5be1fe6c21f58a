"""What a reader is told beside the image, and on it, is what the protocol says."""

from __future__ import annotations

import pytest

from labelhub.api.consensus.adjudication_view import adjudication_view
from labelhub.api.reading.workspace import workspace
from labelhub.consensus.models import Adjudication
from labelhub.imaging.models import Instance, Study
from labelhub.projects.models import Project
from labelhub.projects.protocols import CONTEXT_FIELDS
from labelhub.projects.services import protocol_create_version
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.services.leases import assignment_release
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case


@pytest.mark.parametrize("is_shown", [True, False])
def test_a_view_that_is_hidden_stands_on_no_film_and_in_no_strip(
    project: Project, people: People, is_shown: bool
) -> None:
    fields = [name for name in CONTEXT_FIELDS if is_shown or name != "view"]
    protocol_create_version(actor=None, project=project, values={"context_fields": fields})
    earlier = make_case(project, day=730_000)
    make_case(project, patient=earlier.patient, day=730_010)
    CaseRound.objects.filter(case=earlier).update(n_open=0)
    Instance.objects.update(view_position="PA")
    row = claim(people.reader, project)
    assert row is not None
    shown = workspace(Assignment.objects.get(id=row.id))
    (prior,) = shown["context"]["prior"]
    assert shown["context"]["view"] == ("PA" if is_shown else None)
    assert {image["view"] for image in [*shown["images"], *prior["images"]]} == {"PA" if is_shown else ""}


@pytest.mark.parametrize(
    ("age", "words"), [("012D", "12 days"), ("005W", "5 weeks"), ("008M", "8 months"), ("034Y", "34 years")]
)
def test_an_infants_age_is_said_in_days_weeks_or_months_to_reader_and_adjudicator(
    project: Project, people: People, age: str, words: str
) -> None:
    case = make_case(project)
    Study.objects.filter(id=case.study_id).update(age=age)
    row = claim(people.reader, project)
    assert row is not None
    assert workspace(Assignment.objects.get(id=row.id))["context"]["age_text"] == words
    assignment_release(actor=people.reader, assignment=row)
    read_case(people.second_reader, project, document({"nodule": "present"}))
    read_case(people.third_reader, project)
    shown = adjudication_view(Adjudication.objects.get(), people.adjudicator)
    assert shown["context"]["age_text"] == words
