"""Which earlier studies a reader is shown beside a case."""

from __future__ import annotations

import pytest

from labelhub.imaging.models import Case, Study
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.selectors import priors
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import claim


@pytest.fixture
def earlier(project: Project) -> Case:
    return make_case(project, day=730_000)


@pytest.fixture
def now(project: Project, people: People, earlier: Case) -> Assignment:
    """A case of the same patient, ten days later, that is open."""
    make_case(project, patient=earlier.patient, day=730_010)
    CaseRound.objects.filter(case=earlier).update(n_open=0)
    row = claim(people.reader, project)
    assert row is not None and row.case_id != earlier.id
    return Assignment.objects.get(id=row.id)


def test_an_earlier_study_of_the_patient_is_shown(earlier: Case, now: Assignment) -> None:
    assert [(days, [row.case_id for row in rows]) for days, rows in priors(now)] == [(10, [earlier.id])]


@pytest.mark.parametrize("waits", ["earlier", "now"])
def test_none_is_shown_of_which_it_is_still_to_be_found_whether_it_is_hers(
    earlier: Case, now: Assignment, waits: str
) -> None:
    case_id = earlier.id if waits == "earlier" else now.case_id
    Study.objects.filter(case=case_id).update(is_to_arrange=True)
    assert priors(now) == []
    Study.objects.update(is_to_arrange=False)
    assert len(priors(Assignment.objects.get(id=now.id))) == 1
