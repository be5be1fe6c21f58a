"""Labels by table for cases that are here: shown first, then taken by a job, once."""

from __future__ import annotations

import io
import json
import os
import uuid
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from labelhub.core import jobs
from labelhub.core.models import AuditEvent, Job
from labelhub.imaging.models import Case, CaseLabelTable, ImportFile, Instance, SourceLabel
from labelhub.imaging.services.batches import upload_path
from labelhub.imaging.sweep import abandoned_uploads_remove
from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, Read
from labelhub.workflows.intake.case_labels import matching, reads, taking
from tests.factories.cases import make_cases
from tests.factories.imaging import film, import_files
from tests.factories.projects import People, make_project
from tests.factories.reading import document, read_case
from workers.tasks import HANDLERS

SIX = "case,nodule,effusion,nodul\n1,1,0,x\n2,0,,\n3,-1,1,\n99,1,1,\n4,maybe,1,\nCase 4,,,\n"


@pytest.fixture
def manager(people: People, client_of: Any) -> APIClient:
    client: APIClient = client_of(people.manager)
    return client


@pytest.fixture
def cases(project: Project) -> list[Case]:
    return make_cases(project, 4)


def send(
    client: APIClient, project: Project, table: str, kind: str = "reference", *, path: str = "", **form: Any
) -> Any:
    form |= {"file": SimpleUploadedFile("table.csv", table.encode()), "labels_as": kind}
    return client.post(f"/api/v1/projects/{project.slug}/labels/{path}", form, format="multipart")


def preview(client: APIClient, project: Project, table: str, kind: str = "reference") -> dict[str, int]:
    answer = send(client, project, table, kind, path="preview/")
    assert answer.status_code == 200, answer.content
    return counts(answer.json())


def take(
    client: APIClient, project: Project, table: str, kind: str = "reference", **form: Any
) -> dict[str, int]:
    """Send the table, let the worker work, and see what came of it."""
    answer = send(client, project, table, kind, client_uuid=uuid.uuid4(), **form)
    assert answer.status_code == 202, answer.content
    run()
    (newest, *_) = client.get(f"/api/v1/projects/{project.slug}/labels/").json()["results"]
    assert newest["id"] == answer.json()["id"] and newest["state"] == "succeeded" and newest["finished_at"]
    return counts(newest["result"])


def run() -> None:
    job = jobs.job_claim(Job.objects.get(kind="labels", state="queued").id, owner="test")
    assert job is not None
    HANDLERS[job.kind](job)


def counts(report: dict[str, Any]) -> dict[str, int]:
    return {group["kind"]: group["n"] for group in report["groups"]}


def labels_of(kind: str = "reference") -> set[tuple[int, str, bool]]:
    rows = SourceLabel.objects.filter(kind=kind)
    return set(rows.values_list("case__number", "finding", "present"))


def n_rows() -> dict[str, int]:
    """Of every table of the database but the job's own."""
    return {model._meta.label: model._default_manager.count() for model in apps.get_models()}


@pytest.mark.parametrize("kind", ["reference", "hidden-truth"])
def test_the_preview_counts_each_kind_and_changes_nothing(
    kind: str, project: Project, manager: APIClient, cases: list[Case]
) -> None:
    for number, finding, present in ((1, "nodule", True), (1, "effusion", True), (3, "nodule", True)):
        SourceLabel.objects.create(
            case=Case.objects.get(number=number), kind=kind, finding=finding, present=present
        )
    before, labels = n_rows(), labels_of(kind)
    answer = send(manager, project, SIX, kind, path="preview/").json()
    assert counts(answer) == {
        "new": 2, "equal": 1, "different": 2, "nothing": 1, "no_case": 1, "unreadable": 1,
    }  # fmt: skip
    assert (answer["n_lines"], answer["n_cases"]) == (6, 4)
    assert (answer["findings"], answer["ignored_columns"]) == (["nodule", "effusion"], ["nodul"])
    groups = {group["kind"]: group["first"] for group in answer["groups"]}
    assert [(row["number"], row["finding"], row["says"], row["has"]) for row in groups["different"]] == [
        (1, "effusion", "absent", "present"),
        (3, "nodule", "uncertain", "present"),
    ]
    assert [(row["line"], row["name"], row["number"]) for row in groups["no_case"]] == [(5, "Case 99", None)]
    assert "Line 6" in groups["unreadable"][0]["message"]
    assert n_rows() == before and labels_of(kind) == labels


def test_the_job_does_what_the_preview_said_and_replaces_only_when_asked(
    project: Project, manager: APIClient, cases: list[Case]
) -> None:
    SourceLabel.objects.create(case=cases[0], kind="reference", finding="nodule", present=False)
    SourceLabel.objects.create(case=cases[1], kind="reference", finding="nodule", present=True)
    table = "case,nodule,effusion\n1,1,0\n2,-1,\n3,,1\n"
    said = preview(manager, project, table)
    assert said == take(manager, project, table) == {"new": 2, "different": 2}
    kept = {(1, "nodule", False), (2, "nodule", True), (1, "effusion", False), (3, "effusion", True)}
    assert labels_of() == kept
    assert not AuditEvent.objects.filter(action="source_label.replaced").exists()

    assert take(manager, project, table, replaces=True) == {"equal": 2, "different": 2}
    assert labels_of() == {(1, "nodule", True), (1, "effusion", False), (3, "effusion", True)}
    replaced = AuditEvent.objects.filter(action="source_label.replaced").order_by("id")
    assert [(row.data["case"], row.data["present_before"], row.data["says"]) for row in replaced] == [
        (str(cases[0].id), False, "present"),
        (str(cases[1].id), True, "uncertain"),
    ]
    assert take(manager, project, table, replaces=True) == {"equal": 3, "uncertain": 1}
    assert labels_of("hidden-truth") == set()


def test_labels_feed_neither_consensus_nor_reads(
    project: Project, manager: APIClient, cases: list[Case]
) -> None:
    before = n_rows()
    take(manager, project, "case,nodule\n1,1\n", "hidden-truth")
    changed = {name for name, n in n_rows().items() if n != before[name]}
    assert changed == {"core.AuditEvent", "core.Job", "imaging.CaseLabelTable", "imaging.SourceLabel"}


def test_the_same_request_again_is_harmless(project: Project, manager: APIClient, cases: list[Case]) -> None:
    form = {"client_uuid": uuid.uuid4()}
    first = send(manager, project, "case,nodule\n1,1\n", **form)
    again = send(manager, project, "case,nodule\n1,1\n", **form)
    assert (first.status_code, again.status_code) == (202, 202) and first.json()["id"] == again.json()["id"]
    assert Job.objects.filter(kind="labels").count() == 1
    run()
    assert send(manager, project, "case,nodule\n1,1\n", **form).json()["state"] == "succeeded"
    other = send(manager, project, "case,nodule\n1,0\n", **form)
    assert (other.status_code, other.json()["code"]) == (409, "id_reused")
    assert not Job.objects.filter(kind="labels", state="queued").exists()


def test_files_are_found_by_the_rules_of_an_import(project: Project, manager: APIClient) -> None:
    sent = {"old/p1/v.png": film(100), "old/p2/v.png": film(101), "B.PNG": film(102), "c.png": film(103)}
    import_files(project, sent)
    number = dict(ImportFile.objects.values_list("path", "instance__case__number").order_by("position"))
    table = "image,nodule\nnew/p1/v.png,1\nnew/p3/v.png,1\nb,0\nc.png,1\ngone/c.jpg,0\nv.png,1\n"
    answer = send(manager, project, table, path="preview/").json()
    groups = {group["kind"]: group["first"] for group in answer["groups"]}
    assert {row["number"] for row in groups["new"]} == {
        number["old/p1/v.png"], number["B.PNG"], number["c.png"],
    }  # fmt: skip
    assert [row["name"] for row in groups["no_case"]] == ["new/p3/v.png", "gone/c.jpg", "v.png"]


def test_a_number_and_an_image_of_another_case_are_told(project: Project, manager: APIClient) -> None:
    import_files(project, {"a.png": film(100), "b.png": film(101)})
    number = dict(Instance.objects.values_list("file_name", "case__number"))
    table = f"case,image,nodule\n{number['a.png']},b.png,1\n{number['b.png']},b.jpg,1\n"
    assert preview(manager, project, table) == {"two_cases": 1, "new": 1}


def test_the_images_of_a_case_say_one_thing_together(project: Project, manager: APIClient) -> None:
    (case,) = make_cases(project, 1)
    film_of = case.instances.get()
    Instance.objects.filter(id=film_of.id).update(file_name="a.png")
    film_of.pk, film_of.source_hash, film_of.file_name = uuid.uuid4(), "other", "b.png"
    film_of._state.adding = True
    film_of.save()
    take(manager, project, "image,nodule\na.png,0\nb.png,1\n")
    assert labels_of() == {(1, "nodule", True)}


def test_cases_of_other_projects_are_not_found(
    project: Project, manager: APIClient, cases: list[Case]
) -> None:
    (other,) = make_cases(make_project(), 1)
    Instance.objects.filter(case=other).update(file_name="theirs.png")
    assert preview(manager, project, f"case,nodule\n{other.id},1\n") == {"no_case": 1}
    assert preview(manager, project, "image,nodule\ntheirs.png,1\n") == {"no_case": 1}
    assert preview(manager, project, f"case,nodule\n{cases[0].id},1\n") == {"new": 1}


def test_names_of_too_many_images_are_refused(
    project: Project, manager: APIClient, cases: list[Case], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "MOST_IMAGES", 3)
    Instance.objects.update(file_name="view1.png")
    answer = send(manager, project, "image,nodule\nview1.png,1\n", path="preview/")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_labels")
    assert "case_number" in answer.json()["message"]


def test_reads_of_a_named_reader_are_recorded_and_never_replaced(
    project: Project, people: People, manager: APIClient, cases: list[Case]
) -> None:
    kind = f"read:{people.reader.username}"
    for reader in (people.second_reader, people.third_reader):
        read_case(reader, project)  # the first case has all its reads
    mine = read_case(people.reader, project, document({"nodule": "present"}))
    number = mine.assignment.case.number
    full = Read.objects.exclude(assignment__reader=people.reader).first()
    assert full is not None
    lines = [f"{case.number},0,1" for case in cases]
    table = "case,nodule,effusion\n" + "\n".join(lines) + "\n"
    said = preview(manager, project, table, kind)
    assert said == {"new": 2, "read_before": 1, "no_open_slot": 1}
    answer = send(manager, project, table, kind, path="preview/").json()
    told = {group["kind"]: group["first"] for group in answer["groups"]}
    assert [row["number"] for row in told["read_before"]] == [number]
    assert told["read_before"][0]["message"] == reads.BEFORE
    assert told["no_open_slot"][0]["message"] == reads.FULL
    assert take(manager, project, table, kind, replaces=True) == said
    recorded = Read.objects.filter(assignment__reader=people.reader)
    assert recorded.count() == 3
    assert mine.answers.get(finding="nodule").value == "present" and mine.assignment.reads.count() == 1
    taken = recorded.exclude(id=mine.id).select_related("assignment")
    assert {read.assignment.rule for read in taken} == {Assignment.Rule.IMPORTED}
    assert take(manager, project, table, kind) == {"read_before": 3, "no_open_slot": 1}


def test_a_table_of_reads_does_not_tell_what_was_read(
    project: Project, people: People, manager: APIClient, cases: list[Case]
) -> None:
    read = read_case(people.reader, project, document({"nodule": "present"}))
    number, kind = read.assignment.case.number, f"read:{people.reader.username}"
    answers = [
        send(manager, project, f"case,nodule,effusion\n{number},{value},0\n", kind, path="preview/").json()
        for value in (1, 0, -1)
    ]
    assert answers[0] == answers[1] == answers[2]
    assert "present" not in json.dumps(answers)


@pytest.mark.parametrize("name", ["manager", "adjudicator", "stranger", "nobody"])
def test_reads_are_only_of_a_reader_of_the_project(
    name: str, project: Project, people: People, manager: APIClient, cases: list[Case]
) -> None:
    username = name if name == "nobody" else getattr(people, name).username
    for path in ("", "preview/"):
        answer = send(
            manager, project, "case,nodule\n1,1\n", f"read:{username}", path=path, client_uuid=uuid.uuid4()
        )
        assert (answer.status_code, answer.json()["code"]) == (422, "unknown_reader")
    assert not CaseLabelTable.objects.exists()


@pytest.mark.parametrize("kind", ["reference", "read"])
def test_a_job_whose_worker_died_goes_on_and_counts_each_case_once(
    kind: str,
    project: Project,
    people: People,
    manager: APIClient,
    cases: list[Case],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(taking, "CASES_A_PAGE", 1)
    labels_as = f"read:{people.reader.username}" if kind == "read" else kind
    table = "case,nodule,effusion\n1,1,0\n2,0,1\n3,1,1\n"
    sent = send(manager, project, table, labels_as, client_uuid=uuid.uuid4()).json()
    first = jobs.job_claim(Job.objects.get(kind="labels").id, owner="dies")
    assert first is not None
    beats: list[int] = []

    def dies(job: Job, progress: Any = None) -> None:
        beats.append(1)
        if len(beats) == 3:
            raise KeyboardInterrupt

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(jobs, "job_heartbeat", dies)
        HANDLERS["labels"](first)
    assert CaseLabelTable.objects.get().last_number == 2
    Job.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    second = jobs.job_claim(first.id, owner="lives")
    assert second is not None
    HANDLERS["labels"](second)
    done = CaseLabelTable.objects.get(id=sent["id"])
    assert counts(done.result) == ({"new": 3} if kind == "read" else {"new": 6})
    assert Read.objects.count() == (3 if kind == "read" else 0)
    assert not upload_path(sent["id"]).exists()


def test_the_table_is_kept_until_it_is_taken(project: Project, manager: APIClient, cases: list[Case]) -> None:
    sent = send(manager, project, "case,nodule\n1,1\n", client_uuid=uuid.uuid4()).json()
    folder = upload_path(sent["id"])
    os.utime(folder, (0, 0))
    abandoned_uploads_remove()
    assert len(list(folder.iterdir())) == 1
    run()
    assert not folder.exists()


def test_only_a_manager_of_a_project_that_is_not_archived(
    project: Project, people: People, client_of: Any, manager: APIClient, cases: list[Case]
) -> None:
    for name in ("reader", "adjudicator", "engineer"):
        assert (
            send(client_of(getattr(people, name)), project, "case,nodule\n1,1\n", path="preview/").status_code
            == 403
        )
    Project.objects.filter(id=project.id).update(archived_at=timezone.now())
    answer = send(manager, project, "case,nodule\n1,1\n", client_uuid=uuid.uuid4())
    assert (answer.status_code, answer.json()["code"]) == (403, "project_archived")


def test_the_command_shows_first_and_takes(project: Project, cases: list[Case], tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("case,nodule\n1,1\n9,1\n")

    def command(**options: Any) -> dict[str, int]:
        out = io.StringIO()
        call_command(
            "label_cases",
            tmp_path / "t.csv",
            project=project.slug,
            labels_as="reference",
            json=True,
            stdout=out,
            **options,
        )
        return counts(json.loads(out.getvalue()))

    assert command(dry_run=True) == {"new": 1, "no_case": 1} and labels_of() == set()
    assert command() == {"new": 1, "no_case": 1} and labels_of() == {(1, "nodule", True)}
    assert command() == {"equal": 1, "no_case": 1}
    (tmp_path / "t.csv").write_text("case\n1\n")
    with pytest.raises(CommandError, match="finding of the schema"):
        command()
