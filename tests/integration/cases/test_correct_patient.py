"""A study that is of somebody else: given to another patient, or to one of its own."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.consensus.models import RoundStatistics
from labelhub.imaging.models import Case, Correction, Patient, Study
from labelhub.imaging.services.arranging import studies_arrange
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound
from labelhub.reading.selectors import priors
from labelhub.workflows.projects.refresh_statistics import refresh_statistics
from tests.factories.cases import make_case
from tests.factories.imaging import import_files, outcomes, radiograph
from tests.factories.projects import People
from tests.factories.reading import claim, read_case

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., APIClient]


class Manager:
    def __init__(self, client: APIClient) -> None:
        self.client = client

    def look(self, case: Case, **wanted: int) -> Any:
        return self.client.get(f"/api/v1/cases/{case.id}/patient/", wanted)

    def correct(self, case: Case, shown: str = "", key: str = "", **wanted: int) -> Any:
        shown = shown or self.look(case, **wanted).json().get("shown", "nothing")
        body = {**wanted, "reason": "Mixed up.", "client_uuid": key or str(uuid.uuid4()), "shown": shown}
        return self.client.post(f"/api/v1/cases/{case.id}/patient/", body, format="json")


@pytest.fixture
def manager(people: People, client_of: ClientOf) -> Manager:
    return Manager(client_of(people.manager))


def test_a_case_that_nobody_has_opened_follows_to_the_split_of_its_patient(
    project: Project, manager: Manager
) -> None:
    case, other = make_case(project), make_case(project, split="test")
    (row,) = manager.look(case, same_as=other.number).json()["cases"]
    assert (row["split_before"], row["split"]) == ("pool", "test")
    case.refresh_from_db()
    assert case.split == "pool"
    assert manager.correct(case, same_as=other.number).status_code == 200
    case = Case.objects.select_related("study").get(id=case.id)
    assert (case.patient_id, case.study.patient_id, case.split) == (
        other.patient_id,
        other.patient_id,
        "test",
    )
    assert CaseRound.objects.get(case=case).split == "test"
    assert Correction.objects.get().after["patient"] == str(other.patient_id)


def test_one_begun_in_another_split_is_excluded_and_this_is_said_before(
    project: Project, people: People, manager: Manager
) -> None:
    case, other = make_case(project), make_case(project, split="test")
    claim(people.reader, project)
    shown = manager.look(case, same_as=other.number).json()
    assert shown["cases"][0]["split"] == "excluded" and any(
        "excluded for good" in note for note in shown["notes"]
    )
    assert manager.correct(case, same_as=other.number).status_code == 200
    case.refresh_from_db()
    assert (case.split, case.patient_id) == ("excluded", other.patient_id)
    assert CaseRound.objects.get(case=case).n_open == 0


def test_what_was_shown_is_done_or_nothing(project: Project, people: People, manager: Manager) -> None:
    case, other = make_case(project), make_case(project, split="test")
    shown = manager.look(case, same_as=other.number).json()["shown"]
    claim(people.reader, project)
    refused = manager.correct(case, shown=shown, same_as=other.number)
    assert (refused.status_code, refused.json()["code"]) == (409, "correction_changed")
    case.refresh_from_db()
    assert case.split == "pool"


def test_a_patient_is_divided_for_good_and_stays_in_one_split(project: Project, manager: Manager) -> None:
    import_files(project, {f"{n}.dcm": radiograph(n, patient="Q") for n in (1, 2, 3)})
    first, second, third = Case.objects.order_by("number")
    before = first.patient
    key = str(uuid.uuid4())
    shown = manager.look(second).json()["shown"]
    answer = manager.correct(second, shown=shown, key=key)
    assert answer.status_code == 200
    assert manager.correct(second, shown=shown, key=key).json() == answer.json()
    second.refresh_from_db()
    assert (second.patient_id != before.id, second.split) == (True, first.split)
    assert answer.json()["after"]["patient"] == str(second.patient_id)
    # Arranged anew, and with more of the ID, they stay apart; what is new is of the one who had it.
    studies_arrange(project, before.split_key)
    import_files(
        project, {"4.dcm": radiograph(4, patient="Q"), "2b.dcm": radiograph(12, study=2, patient="Q")}
    )
    owners = dict(Study.objects.values_list("case__number", "patient_id"))
    assert owners == {1: before.id, 2: second.patient_id, 3: before.id, 4: before.id}
    assert len(set(Patient.objects.values_list("split", flat=True))) == 1
    assert third.patient_id == before.id


def test_files_of_a_moved_study_that_name_the_one_it_left_are_refused(
    project: Project, manager: Manager
) -> None:
    import_files(project, {"1.dcm": radiograph(1, patient="Q"), "2.dcm": radiograph(2, patient="R")})
    first, second = Case.objects.order_by("number")
    assert manager.correct(first, same_as=second.number).status_code == 200
    late = import_files(project, {"late.dcm": radiograph(11, study=1, patient="Q")})
    assert outcomes(late)["late.dcm"] == ("rejected", "inconsistent_patient")
    more = import_files(project, {"more.dcm": radiograph(12, study=1, patient="R")})
    assert outcomes(more)["more.dcm"][0] == "accepted"


def test_earlier_studies_and_clusters_follow(project: Project, people: People, manager: Manager) -> None:
    earlier = make_case(project, day=100)
    later = make_case(project, patient=earlier.patient, day=110)
    for _ in range(2):
        for reader in (people.reader, people.second_reader):
            read_case(reader, project)
    refresh_statistics(project)
    assert RoundStatistics.objects.get().n_patients == 1
    mine = later.assignments.select_related("case__study").first()
    assert mine is not None and [days for days, _ in priors(mine)] == [10]
    assert manager.correct(later).status_code == 200
    refresh_statistics(project)
    assert RoundStatistics.objects.get().n_patients == 2
    mine = later.assignments.select_related("case__study").first()
    assert mine is not None and priors(mine) == []


def test_what_cannot_be_corrected_is_refused(project: Project, manager: Manager) -> None:
    case = make_case(project)
    assert manager.look(case).json()["code"] == "only_study"
    other = make_case(project, patient=case.patient)
    assert manager.look(case, same_as=other.number).json()["code"] == "same_patient"
    assert manager.look(case, same_as=999).json()["code"] == "unknown_case"
    assert manager.look(case, same_as=0).status_code == 400
