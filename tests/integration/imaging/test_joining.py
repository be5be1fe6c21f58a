"""Two patients found to be one person by a manager: what is shown first, what moves, and what is excluded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.core import jobs
from labelhub.core.models import AuditEvent, Job
from labelhub.imaging.models import Case, Patient
from labelhub.imaging.selectors import import_warnings
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, CaseRound
from labelhub.workflows.intake.count_summaries import run_summary_job
from tests.factories.imaging import import_files, outcomes, radiograph
from tests.factories.projects import People
from tests.factories.reading import claim

ClientOf = Callable[..., APIClient]


@pytest.fixture
def manager(people: People, client_of: ClientOf) -> APIClient:
    return client_of(people.manager)


@pytest.fixture
def cases(project: Project) -> dict[str, list[Case]]:
    """Named patients of one case each, by the split they were drawn into."""
    import_files(project, {f"{n}.dcm": radiograph(n, patient=f"Q{n}") for n in range(1, 30)})
    found: dict[str, list[Case]] = {"pool": [], "validation": [], "test": []}
    for case in Case.objects.select_related("patient", "study").order_by("number"):
        found[case.split].append(case)
    assert found["pool"] and found["test"]
    return found


def path(case: Case) -> str:
    return f"/api/v1/cases/{case.id}/joining/"


def opened(case: Case, people: People) -> None:
    """Somebody has the case open."""
    CaseRound.objects.exclude(case=case).update(n_open=0)
    assignment = claim(people.reader, case.project)
    CaseRound.objects.exclude(case=case).update(n_open=2)
    assert assignment is not None and assignment.case_id == case.id


def test_what_follows_is_shown_and_changes_nothing(
    manager: APIClient, cases: dict[str, list[Case]], people: People
) -> None:
    keep, other = cases["test"][0], cases["pool"][0]
    opened(other, people)
    shown = manager.get(path(keep), {"same_as": other.number}).json()
    assert shown == {
        "split": "test",
        "kept": [keep.name],
        "moved": [{"label": other.name, "split_before": "pool", "split": "excluded", "is_begun": True}],
        "excluded": [other.number],
        "contradicts": False,
    }
    turned = manager.get(path(keep), {"same_as": other.number, "keep": "other"}).json()
    assert (turned["split"], turned["kept"], turned["excluded"]) == ("pool", [other.name], [])
    assert [(row["label"], row["split"]) for row in turned["moved"]] == [(keep.name, "pool")]
    assert not Patient.objects.exclude(joined_to=None).exists()
    assert set(Case.objects.filter(id__in=(keep.id, other.id)).values_list("split", flat=True)) == {
        "pool",
        "test",
    }


def test_a_case_that_nobody_has_opened_moves_to_the_split_that_is_kept(
    project: Project, manager: APIClient, cases: dict[str, list[Case]]
) -> None:
    keep, other = cases["test"][0], cases["pool"][0]
    answer = manager.post(
        path(keep), {"same_as": other.number, "split": keep.split, "excluded": []}, format="json"
    )
    assert answer.status_code == 200
    moved = Case.objects.select_related("study").get(id=other.id)
    assert (moved.patient_id, moved.study.patient_id, moved.split) == (
        keep.patient_id,
        keep.patient_id,
        "test",
    )
    assert set(CaseRound.objects.filter(case=other).values_list("split", flat=True)) == {"test"}
    event = AuditEvent.objects.get(action="patient.joined")
    assert event.data["excluded"] == [] and event.object_id == str(keep.patient_id)
    assert AuditEvent.objects.filter(action="case.patient_found", object_id=str(other.id)).exists()
    # What comes later under the other's ID is hers too, in her split; also into a study that was joined.
    name = f"Q{other.number}"
    later = import_files(
        project,
        {
            "new.dcm": radiograph(50, patient=name),
            "same.dcm": radiograph(51, patient=name, study=other.number),
        },
    )
    assert {outcome for outcome, _ in outcomes(later).values()} == {"accepted"}
    newest = Case.objects.order_by("-number")[0]
    assert (newest.patient_id, newest.split) == (keep.patient_id, "test")


@pytest.mark.parametrize(("kept", "moved"), [("pool", "test"), ("test", "pool")])
def test_a_begun_case_leaves_its_split_by_exclusion_as_it_was_shown(
    project: Project, people: People, manager: APIClient, cases: dict[str, list[Case]], kept: str, moved: str
) -> None:
    keep, other = cases[kept][0], cases[moved][0]
    opened(other, people)
    body: dict[str, Any] = {"same_as": other.number, "split": keep.split, "excluded": []}
    refused = manager.post(path(keep), body, format="json")
    assert (refused.status_code, refused.json()["code"]) == (409, "joining_changed")
    body["excluded"] = [other.number]
    elsewhere = manager.post(path(keep), body | {"split": moved}, format="json")
    assert (elsewhere.status_code, elsewhere.json()["code"]) == (409, "joining_changed")
    assert not Patient.objects.exclude(joined_to=None).exists()
    answer = manager.post(path(keep), body, format="json")
    assert answer.json()["moved"] == [
        {"label": other.name, "split_before": moved, "split": "excluded", "is_begun": True}
    ]
    other.refresh_from_db()
    assert (other.split, other.patient_id) == ("excluded", keep.patient_id)
    assert AuditEvent.objects.filter(action="case.excluded", object_id=str(other.id)).exists()
    row = CaseRound.objects.get(case=other)
    assert (row.split, row.n_open) == ("excluded", 0)
    assert Assignment.objects.get(case=other).state == "open"
    assert any("Excluded cases: 1" in sentence for sentence in import_warnings(project))


def test_whoever_may_be_the_same_person_as_the_other_moves_with_her(
    project: Project, manager: APIClient, cases: dict[str, list[Case]]
) -> None:
    """Studies that contradict each other under one ID share a split, before and after."""
    keep, other = cases["test"][0], cases["pool"][0]
    apart = {"PatientSex": "M", "PatientAge": None}
    import_files(project, {"apart.dcm": radiograph(60, patient=f"Q{other.number}", **apart)})
    sibling = Case.objects.order_by("-number")[0]
    assert (sibling.patient_id == other.patient_id, sibling.split) == (False, "pool")
    manager.post(path(keep), {"same_as": other.number, "split": keep.split, "excluded": []}, format="json")
    sibling.refresh_from_db()
    assert (sibling.split, sibling.patient.split) == ("test", "test")
    assert sibling.patient_id not in (keep.patient_id, other.patient_id)
    import_files(
        project,
        {"more.dcm": radiograph(61, patient=f"Q{other.number}", PatientBirthDate="19010101", **apart)},
    )
    assert set(
        Patient.objects.filter(split_key=other.patient.split_key, joined_to=None).values_list(
            "split", flat=True
        )
    ) == {"test"}


def test_patients_who_contradict_each_other_are_joined_only_after_it_was_said(
    project: Project, manager: APIClient, cases: dict[str, list[Case]]
) -> None:
    keep = cases["pool"][0]
    import_files(project, {"m.dcm": radiograph(60, patient="MAN", PatientSex="M")})
    other = Case.objects.order_by("-number")[0]
    assert manager.get(path(keep), {"same_as": other.number}).json()["contradicts"] is True


def test_what_cannot_be_joined_is_refused(manager: APIClient, cases: dict[str, list[Case]]) -> None:
    keep, other = cases["pool"][:2]
    assert manager.get(path(keep), {"same_as": 999}).json()["code"] == "unknown_case"
    assert manager.get(path(keep), {"same_as": keep.number}).json()["code"] == "same_patient"
    assert manager.get(path(keep), {"same_as": "x"}).status_code == 400
    assert manager.get(path(keep), {"same_as": other.number, "colour": "red"}).status_code == 400
    body = {"same_as": other.number, "split": keep.split, "excluded": []}
    assert manager.post(path(keep), body, format="json").status_code == 200
    again = manager.post(
        path(other), {"same_as": keep.number, "split": keep.split, "excluded": []}, format="json"
    )
    assert (again.status_code, again.json()["code"]) == (409, "same_patient")


def test_images_that_named_nobody_are_no_longer_warned_of(project: Project, manager: APIClient) -> None:
    import_files(project, {f"{n}.dcm": radiograph(n, PatientID="ANON") for n in (1, 2, 3)})
    assert any("name no patient: 3." in sentence for sentence in import_warnings(project))
    first, second, third = Case.objects.order_by("number")
    manager.post(path(first), {"same_as": second.number, "split": first.split, "excluded": []}, format="json")
    job = jobs.job_claim(Job.objects.get(kind="summary").id, owner="test")
    assert job is not None
    run_summary_job(job)
    assert any("name no patient: 1." in sentence for sentence in import_warnings(project))
    # What a file says against it afterwards is refused, as the manager has decided.
    late = import_files(project, {"late.dcm": radiograph(11, study=1, patient="X")})
    assert outcomes(late)["late.dcm"] == ("rejected", "inconsistent_patient")
    assert third.patient.joined_to is None
