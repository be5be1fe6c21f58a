"""What the page says a number of readers would change is what the job changes."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from labelhub.accounts.models import User
from labelhub.consensus.services.counted import n_unreadable, unreadable_column
from labelhub.core.errors import Conflict
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.policies import own_assignment
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.projects.change_protocol import slots_preview
from labelhub.workflows.reading.record_read import ImportedRead, record_exported_read
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_case, make_cases
from tests.factories.projects import People, make_people, make_project
from tests.factories.reading import claim, document, read_case, submission, submit
from tests.integration.reading.test_readers_per_case import run_waiting, set_readers, slots

UNREADABLE = {"answers": {}, "annotations": [], "comment": "", "not_readable": True}
STEPS = ["hold", "read", "not_readable", "give_back", "amend", "amend_not_readable"]
DOES = st.tuples(st.sampled_from(STEPS), st.sampled_from("abc"))


def test_a_case_that_is_not_readable_is_complete_with_one_reader(project: Project, people: People) -> None:
    (case,) = make_cases(project, 1)
    read_case(people.reader, project, UNREADABLE)
    assert slots(case) == (3, 2, False)
    foretold = slots_preview(project, 1)
    set_readers(project, people, 1)
    assert slots(case) == (1, 0, True)
    assert foretold == {"n_cases": 1, "n_more": 0, "n_fewer": 2, "n_completed": 1, "n_asked_again": 0}


def test_a_slot_that_was_kept_above_the_number_is_one_of_the_number_again(
    project: Project, people: People
) -> None:
    set_readers(project, people, 3)
    (case,) = make_cases(project, 1)
    assert claim(people.third_reader, project) is not None
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    set_readers(project, people, 2)
    foretold = slots_preview(project, 3)
    set_readers(project, people, 3)
    assert slots(case) == (3, 0, False)
    assert foretold == {"n_cases": 0, "n_more": 0, "n_fewer": 0, "n_completed": 0, "n_asked_again": 0}


@pytest.mark.parametrize(
    ("now_wanted", "stands"), [(1, (2, 0, True)), (2, (3, 1, False)), (3, (4, 2, False))]
)
def test_a_case_that_is_asked_again_follows_the_number_that_came_while_it_was_closed(
    project: Project, people: People, now_wanted: int, stands: tuple[int, int, bool]
) -> None:
    (case,) = make_cases(project, 1)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    set_readers(project, people, now_wanted)
    assert slots(case) == (2, 0, True)
    take("amend_not_readable", people.reader, project)
    assert slots(case) == stands
    assert slots_preview(project, now_wanted)["n_cases"] == 0


@pytest.mark.parametrize("split", ["pool", "test"])
def test_a_read_with_the_models_help_asks_no_other_reader_of_a_test_case(
    project: Project, people: People, split: str
) -> None:
    case = make_case(project, split=split)
    read_case(people.reader, project)
    helped = ImportedRead(
        document=UNREADABLE,
        submitted_at=Assignment.objects.get().submitted_at,
        version=1,
        reason="",
        ai_visible=True,
    )
    record_exported_read(actor=None, case=case, reader=people.second_reader, read=helped)
    foretold = slots_preview(project, 3)
    before = CaseRound.objects.get().n_needed
    set_readers(project, people, 3)
    assert foretold["n_more"] == CaseRound.objects.get().n_needed - before
    assert CaseRound.objects.get().n_needed == (3 if split == "test" else 4)


class Preview(TestCase):
    @settings(max_examples=60)
    @given(st.lists(st.one_of(DOES, DOES, st.integers(1, 4)), min_size=4, max_size=12), st.integers(1, 4))
    def test_it_says_what_the_job_does(self, steps: list[int | tuple[str, str]], wanted: int) -> None:
        project = make_project()
        people = make_people(project)
        readers = {"a": people.reader, "b": people.second_reader, "c": people.third_reader}
        make_cases(project, 2)
        for step in steps:
            if isinstance(step, int):
                set_readers(project, people, step)
            else:
                take(step[0], readers[step[1]], project)
                run_waiting()
        for row in CaseRound.objects.annotate(column=unreadable_column()):
            assert row.column == n_unreadable(row)
        before = {row.id: row for row in CaseRound.objects.all()}
        foretold = slots_preview(project, wanted)
        set_readers(project, people, wanted)
        pairs = [(before[row.id], row) for row in CaseRound.objects.all()]
        change = [after.n_needed - row.n_needed for row, after in pairs]
        complete = [(is_complete(row), is_complete(after)) for row, after in pairs]
        assert foretold == {
            "n_cases": sum(each != 0 for each in change),
            "n_more": sum(max(each, 0) for each in change),
            "n_fewer": sum(max(-each, 0) for each in change),
            "n_completed": complete.count((False, True)),
            "n_asked_again": complete.count((True, False)),
        }


def take(step: str, reader: User, project: Project) -> None:
    """One thing that she does, if she can."""
    content = UNREADABLE if step.endswith("not_readable") else document()
    if step in ("hold", "read", "not_readable"):
        row = claim(reader, project)
        if row is not None and step != "hold":
            submit(row, content)
    elif step == "give_back":
        for row in Assignment.objects.filter(reader=reader, state="open"):
            assignment_release(actor=reader, assignment=row)
    else:
        for found in Assignment.objects.filter(reader=reader, state="submitted")[:1]:
            row = own_assignment(reader, found.id)
            with suppress(Conflict):
                amend_read(actor=reader, assignment=row, submission=submission(row, content, reason="again"))


def is_complete(row: CaseRound) -> bool:
    return row.n_submitted >= row.n_needed


@pytest.fixture(autouse=True)
def _database(db: None) -> None:
    """Every test here works on the database."""
