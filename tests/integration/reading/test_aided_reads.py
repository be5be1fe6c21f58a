"""Reads of test cases made elsewhere with the model's help: kept, beside the count, and never in a consensus."""

from __future__ import annotations

import pytest
from django.utils import timezone

from labelhub.accounts.models import User
from labelhub.consensus.services.counted import newest_reads
from labelhub.imaging.models import Case
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, Read
from labelhub.workflows.reading.record_read import ImportedRead, record_exported_read
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case
from tests.factories.projects import People
from tests.factories.reading import claim, document, read_case, submission

pytestmark = pytest.mark.django_db


def aided(case: Case, reader: User, version: int = 1, *, ai_visible: bool = True) -> Read:
    read = ImportedRead(
        document=document(),
        submitted_at=timezone.now(),
        version=version,
        reason="again" if version > 1 else "",
        ai_visible=ai_visible,
    )
    return record_exported_read(actor=None, case=case, reader=reader, read=read)


def test_it_leaves_the_slots_to_others(project: Project, people: People) -> None:
    case = make_case(project, split="test")
    aided(case, people.reader)
    row = CaseRound.objects.get(case=case)
    assert (row.n_open, row.n_submitted, row.closed_at) == (2, 0, None)
    for reader in (people.second_reader, people.third_reader):
        read_case(reader, project)
    row.refresh_from_db()
    assert (row.n_open, row.n_submitted) == (0, 2) and row.closed_at is not None
    assert Read.objects.filter(assignment__case=case).count() == 3


def test_its_reader_is_offered_other_cases_and_not_that_one(project: Project, people: People) -> None:
    case, other = make_case(project, split="test"), make_case(project, split="test")
    aided(case, people.reader)
    offered = claim(people.reader, project)
    assert offered is not None and offered.case_id == other.id


def test_in_the_pool_it_is_a_read_like_any_other(project: Project, people: People) -> None:
    case = make_case(project)
    aided(case, people.reader)
    row = CaseRound.objects.get(case=case)
    assert (row.n_open, row.n_submitted) == (1, 1)


@pytest.mark.parametrize("by_import", [True, False])
def test_an_amendment_of_it_stays_aided(project: Project, people: People, by_import: bool) -> None:
    case = make_case(project, split="test")
    aided(case, people.reader)
    if by_import:
        again = aided(case, people.reader, version=2, ai_visible=False)
    else:
        assignment = Assignment.objects.select_related("case").get(reader=people.reader)
        again = amend_read(
            actor=people.reader,
            assignment=assignment,
            submission=submission(assignment, reason="second look"),
        )
    assert again.version == 2 and again.ai_visible
    for reader in (people.second_reader, people.third_reader):
        read_case(reader, project)
    counted = newest_reads(CaseRound.objects.get(case=case))
    assert {read.assignment.reader for read in counted} == {people.second_reader, people.third_reader}
