"""Corrections of one case: what follows is shown first, and done as it was shown."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.core.models import AuditEvent, Job
from labelhub.imaging.cases import case_images
from labelhub.imaging.models import Case, Correction, Instance, Study
from labelhub.learning.models import TrainingRun, TrainingSnapshot
from labelhub.learning.services.snapshot import snapshot_take
from labelhub.projects.models import Project
from labelhub.reading.models import CaseRound, QueueEntry, Read, Round
from labelhub.reading.services.leases import assignment_release
from labelhub.workflows.cases.bring_back_cases import bring_back_cases
from labelhub.workflows.cases.exclude_cases import exclude_cases
from labelhub.workflows.reading.record_read import ImportedRead, record_exported_read
from tests.factories.cases import make_case
from tests.factories.imaging import import_files, radiograph
from tests.factories.learning import write_model_input
from tests.factories.projects import People
from tests.factories.reading import claim, document, ranked, read_case

pytestmark = pytest.mark.django_db
ClientOf = Callable[..., APIClient]
REASON = "The list of the study says so."


class Manager:
    """Looks at what follows, then has it done."""

    def __init__(self, client: APIClient) -> None:
        self.client = client

    def look(self, address: str, **wanted: str) -> Any:
        return self.client.get(f"/api/v1/{address}", wanted)

    def correct(self, address: str, shown: str = "", key: str = "", **wanted: str) -> Any:
        shown = shown or self.look(address, **wanted).json().get("shown", "nothing")
        body = {**wanted, "reason": REASON, "client_uuid": key or str(uuid.uuid4()), "shown": shown}
        return self.client.post(f"/api/v1/{address}", body, format="json")


@pytest.fixture
def manager(people: People, client_of: ClientOf) -> Manager:
    return Manager(client_of(people.manager))


def split(case: Case) -> str:
    return f"cases/{case.id}/split/"


def trained(project: Project, *, ended: bool = True) -> None:
    """A training that took its data now."""
    job = Job.objects.create(
        kind="train", project_id=project.id, dedupe_key=f"train:{uuid.uuid4()}",
        state=Job.State.SUCCEEDED if ended else Job.State.QUEUED,
        finished_at=timezone.now() if ended else None,
    )  # fmt: skip
    run = TrainingRun.objects.create(project=project, job=job, trigger="manual", config={})
    TrainingSnapshot.objects.create(run=run, cases=[])


@pytest.mark.parametrize(("before", "after"), [("pool", "test"), ("pool", "validation"), ("test", "pool")])
def test_a_patient_whom_nobody_has_read_moves_with_all_her_cases(
    project: Project, manager: Manager, before: str, after: str
) -> None:
    case = make_case(project, split=before)
    other = make_case(project, patient=case.patient)
    ranked(project, case)
    shown = manager.look(split(case), split=after).json()
    assert [(row["label"], row["split_before"], row["split"]) for row in shown["cases"]] == [
        (each.name, before, after) for each in (case, other)
    ]
    assert set(Case.objects.values_list("split", flat=True)) == {before}
    assert manager.correct(split(case), split=after).status_code == 200
    case.patient.refresh_from_db()
    assert case.patient.split == after
    assert set(Case.objects.values_list("split", flat=True)) == {after}
    assert set(CaseRound.objects.values_list("split", flat=True)) == {after}
    assert QueueEntry.objects.filter(is_open=True).exists() == (after == "pool")


def test_whoever_may_be_the_same_person_moves_too(project: Project, manager: Manager) -> None:
    import_files(
        project, {"a.dcm": radiograph(1, patient="Q"), "b.dcm": radiograph(2, patient="Q", PatientSex="M")}
    )
    first, second = Case.objects.order_by("number")
    assert first.patient_id != second.patient_id and first.split == second.split
    after = "validation" if first.split != "validation" else "pool"
    assert manager.correct(split(first), split=after).status_code == 200
    second.refresh_from_db()
    assert (second.split, second.patient.split) == (after, after)
    import_files(project, {"c.dcm": radiograph(3, patient="Q")})
    assert Case.objects.order_by("-number")[0].split == after


@pytest.mark.parametrize("after", ["pool", "validation"])
def test_what_was_opened_in_the_test_split_never_leaves_it(
    project: Project, people: People, manager: Manager, after: str
) -> None:
    read, other = make_case(project, split="test"), make_case(project)
    beside = make_case(project, patient=read.patient)
    CaseRound.objects.exclude(case=read).update(n_open=0)
    assert claim(people.reader, project).case_id == read.id  # type: ignore[union-attr]
    for case in (read, beside):
        refused = manager.look(split(case), split=after)
        assert (refused.status_code, refused.json()["code"]) == (409, "test_was_read")
        assert manager.correct(split(case), split=after).json()["code"] == "test_was_read"
    assert manager.look(split(other), split=after).status_code == (409 if after == "pool" else 200)


def test_a_read_patient_comes_into_the_test_split_while_no_model_knows_her(
    project: Project, people: People, manager: Manager
) -> None:
    case = make_case(project)
    write_model_input(case, False, False)
    trained(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    shown = manager.look(split(case), split="test").json()
    assert [(row["n_reads"], row["n_labels"]) for row in shown["cases"]] == [(2, 2)]
    assert manager.correct(split(case), split="test").status_code == 200
    assert [row["role"] for row in snapshot_take(project)["cases"]] == ["test"]
    assert Round.objects.get().n_eval_begun == 1
    row = CaseRound.objects.get()
    assert (row.n_submitted, row.n_open) == (2, 0) and row.closed_at is not None
    assert Read.objects.count() == 2


@pytest.mark.parametrize("ended", [True, False])
def test_what_a_model_may_have_learned_from_is_never_measured_on(
    project: Project, people: People, manager: Manager, ended: bool
) -> None:
    case = make_case(project)
    for reader in (people.reader, people.second_reader):
        read_case(reader, project)
    trained(project, ended=ended)
    refused = manager.look(split(case), split="test")
    assert (refused.status_code, refused.json()["code"]) == (409, "learned_from")
    (note,) = manager.look(split(case), split="validation").json()["notes"]
    assert "learned" in note
    # Nor by way of an exclusion: a case that is not read carries her on.
    other = make_case(project, patient=case.patient)
    exclude_cases(
        actor=people.manager, project=project, case_ids=[case.id], reason="Aside.", client_uuid=uuid.uuid4()
    )
    assert manager.look(split(other), split="test").json()["code"] == "learned_from"
    bring_back_cases(
        actor=people.manager, project=project, case_ids=[case.id], reason="Back.", client_uuid=uuid.uuid4()
    )
    # Nor by way of the validation split.
    assert manager.correct(split(case), split="validation").status_code == 200
    assert manager.look(split(case), split="test").json()["code"] == "learned_from"


def test_reads_made_with_a_model_on_the_screen_stay_out_of_the_test_split(
    project: Project, people: People, manager: Manager
) -> None:
    case = make_case(project)
    read = ImportedRead(document=document(), submitted_at=timezone.now(), ai_visible=True)
    record_exported_read(actor=None, case=case, reader=people.reader, read=read)
    assert manager.look(split(case), split="test").json()["code"] == "aided_reads"
    assert manager.look(split(case), split="validation").status_code == 200


def test_an_excluded_case_stays_excluded(project: Project, people: People, manager: Manager) -> None:
    case = make_case(project)
    out = make_case(project, patient=case.patient)
    why = {"reason": "A hand.", "client_uuid": uuid.uuid4()}
    exclude_cases(actor=people.manager, project=project, case_ids=[out.id], **why)
    assert "Excluded cases stay excluded." in manager.look(split(case), split="test").json()["notes"]
    manager.correct(split(case), split="test")
    out.refresh_from_db()
    assert (out.split, out.patient.split) == ("excluded", "test")


def test_a_begun_case_keeps_its_place_and_its_slots(
    project: Project, people: People, manager: Manager
) -> None:
    case = make_case(project, split="validation")
    mine = claim(people.reader, project)
    assert mine is not None and Round.objects.get().n_eval_begun == 1
    assert manager.correct(split(case), split="pool").status_code == 200
    assert Round.objects.get().n_eval_begun == 0
    mine.refresh_from_db()
    assignment_release(actor=people.reader, assignment=mine)
    offered = claim(people.second_reader, project)
    assert offered is not None and offered.rule == "reopened"


def test_it_is_done_only_as_it_was_shown(project: Project, people: People, manager: Manager) -> None:
    case = make_case(project)
    shown = manager.look(split(case), split="test").json()["shown"]
    make_case(project, patient=case.patient)
    refused = manager.correct(split(case), shown=shown, split="test")
    assert (refused.status_code, refused.json()["code"]) == (409, "correction_changed")
    case.refresh_from_db()
    assert case.split == "pool"


def test_a_correction_is_kept_with_its_reason_and_made_once(
    project: Project, people: People, manager: Manager
) -> None:
    case, key = make_case(project), str(uuid.uuid4())
    shown = manager.look(split(case), split="test").json()["shown"]
    answer = manager.correct(split(case), shown=shown, key=key, split="test")
    assert manager.correct(split(case), shown=shown, key=key, split="test").json() == answer.json()
    row = Correction.objects.get()
    assert (str(row.id), row.kind, row.reason, row.made_by) == (key, "split", REASON, people.manager)
    event = AuditEvent.objects.get(action="split.corrected")
    patient = str(case.patient_id)
    assert event.data == {
        "case": str(case.id),
        "before": {"patient": patient, "split": "pool"},
        "after": {"patient": patient, "split": "test"},
    }
    (kept,) = manager.client.get(f"/api/v1/cases/{case.id}/corrections/").json()["results"]
    assert (kept["reason"], kept["before"]["split"], kept["after"]["split"]) == (REASON, "pool", "test")
    other = make_case(project)
    reused = manager.correct(split(other), key=key, split="test")
    assert (reused.status_code, reused.json()["code"]) == (409, "id_reused")
    assert manager.look(split(case), split="test").json()["code"] == "same_split"


@pytest.mark.parametrize(
    "wrong", [{"split": "excluded"}, {"split": ""}, {}, {"split": "test", "colour": "red"}]
)
def test_there_is_no_such_split(project: Project, manager: Manager, wrong: dict[str, str]) -> None:
    assert manager.look(split(make_case(project)), **wrong).status_code == 400


def test_the_site_of_a_study_is_corrected(project: Project, manager: Manager) -> None:
    case = make_case(project)
    Study.objects.update(site="North")
    address = f"cases/{case.id}/site/"
    shown = manager.look(address, site="South").json()
    assert (shown["before"]["site"], shown["after"]["site"]) == ("North", "South")
    assert manager.correct(address, site="South").status_code == 200
    assert Study.objects.get().site == "South"
    # The trail holds ids and codes; the name is in the correction.
    assert AuditEvent.objects.get(action="site.corrected").data == {"case": str(case.id)}
    assert Correction.objects.get().after["site"] == "South"
    assert manager.look(address, site="South").json()["code"] == "same_site"


def view(image: Instance) -> str:
    return f"instances/{image.id}/view/"


def test_the_model_takes_what_is_frontal_now(project: Project, manager: Manager) -> None:
    import_files(
        project,
        {
            "1.dcm": radiograph(1, study=1, patient="P", ViewPosition="PA"),
            "2.dcm": radiograph(2, study=1, patient="P", ViewPosition="LL"),
        },
    )
    case = Case.objects.get()
    frontal, lateral = case_images(case)
    version = case.current_version_id
    assert (frontal.is_eligible, lateral.is_eligible) == (True, False)
    shown = manager.look(view(frontal), view="LL", laterality="").json()
    assert "same images" in shown["notes"][0]  # none is frontal then: the first one, by default
    assert manager.correct(view(lateral), view="AP", laterality="L").status_code == 200
    lateral.refresh_from_db()
    assert (lateral.view_position, lateral.laterality, lateral.is_eligible) == ("AP", "L", True)
    answer = manager.look(view(frontal), view="LL", laterality="").json()
    assert answer["notes"][0].startswith(
        "The model takes image 2 of 2 of the case; so far it took image 1, 2 of 2."
    )
    assert manager.correct(view(frontal), view="LL", laterality="").status_code == 200
    frontal.refresh_from_db()
    assert not frontal.is_eligible
    case.refresh_from_db()
    assert case.current_version_id == version and case.has_eligible_instance
    event = AuditEvent.objects.filter(action="view.corrected").latest("id")
    assert event.data["before"] == {"instance": str(frontal.id), "view": "PA", "laterality": ""}


@pytest.mark.parametrize("wrong", [{"view": "sideways"}, {"laterality": "X"}])
def test_there_is_no_such_view(project: Project, manager: Manager, wrong: dict[str, str]) -> None:
    image = make_case(project).instances.get()
    assert manager.look(view(image), **{"view": "AP", "laterality": "", **wrong}).status_code == 400
