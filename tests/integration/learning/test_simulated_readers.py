"""Simulated readers read through the worklist, from hidden truth that nothing else sees."""

from __future__ import annotations

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from labelhub.imaging.models import Case, SourceLabel
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound, Read, ReadAnswer
from labelhub.workflows.reading.simulate_reads import ReaderSkill, documents_from_hidden_truth
from tests.factories.cases import make_cases
from tests.factories.projects import People


@pytest.fixture
def known(project: Project, people: People) -> list[Case]:
    """Forty cases whose truth is known: every other one has a nodule, none an effusion."""
    cases = make_cases(project, 40)
    for number, case in enumerate(cases):
        for finding, present in (("nodule", bool(number % 2)), ("effusion", False)):
            SourceLabel.objects.create(case=case, kind="hidden-truth", finding=finding, present=present)
    return cases


def simulate(project: Project, reader: str, **options: object) -> dict[str, object]:
    output = StringIO()
    arguments = {"sensitivity": 0.9, "specificity": 0.9, **options}
    call_command("simulate_readers", project.slug, reader=reader, stdout=output, **arguments)
    return json.loads(output.getvalue())


def test_two_readers_read_every_case_once(project: Project, known: list[Case]) -> None:
    for name in ("one", "two"):
        assert simulate(project, name) == {"reader": name, "n_submitted": 40}
    assert Read.objects.count() == 80
    assert CaseRound.objects.filter(n_open=0).count() == 40


def test_a_perfect_reader_says_the_truth(project: Project, known: list[Case]) -> None:
    simulate(project, "perfect", sensitivity=1.0, specificity=1.0, uncertain=0.0)
    for label in SourceLabel.objects.all():
        answer = ReadAnswer.objects.get(read__assignment__case=label.case, finding=label.finding)
        assert (answer.value == "present") == label.present


def test_a_share_of_the_cases_is_read_and_a_second_call_goes_on(project: Project, known: list[Case]) -> None:
    assert simulate(project, "half", share=0.5)["n_submitted"] == 20
    assert simulate(project, "half", share=0.75)["n_submitted"] == 30
    assert Assignment.objects.count() == 30


def test_answers_depend_on_reader_and_case_alone(project: Project, known: list[Case]) -> None:
    skill = ReaderSkill("x", seed=3, sensitivity=0.7, specificity=0.7)
    assert documents_from_hidden_truth(project, skill) == documents_from_hidden_truth(project, skill)


def test_a_case_without_truth_is_skipped(project: Project, known: list[Case]) -> None:
    make_cases(project, 1)
    assert simulate(project, "one")["n_submitted"] == 40
    assert Assignment.objects.filter(state="skipped").count() == 1


def test_without_hidden_truth_the_command_says_what_to_do(project: Project) -> None:
    make_cases(project, 1)
    with pytest.raises(CommandError, match="no hidden truth"):
        simulate(project, "one")
