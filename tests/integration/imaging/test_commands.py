"""The command line: projects, people, imports, and the audit chain."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from labelhub.core import append_only
from labelhub.core.audit import seal_new_events
from labelhub.core.models import AuditEvent
from labelhub.learning.models import TrainingPolicy
from labelhub.projects.models import Project
from labelhub.projects.selectors import protocol_in_force, schema_in_force
from labelhub.reading.models import WorklistState
from tests.factories.imaging import radiograph


def run(*arguments: Any, **options: Any) -> str:
    out = io.StringIO()
    call_command(*arguments, stdout=out, stderr=io.StringIO(), **options)
    return out.getvalue()


def test_create_project_makes_all_that_reading_needs(db: None, tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(
        json.dumps({"findings": [{"code": "mass", "name": "Mass", "hotkey": "1", "boxes": True}]})
    )
    run("create_project", "chest", schema=schema, readers_per_case=3)
    project = Project.objects.get(slug="chest")
    assert schema_in_force(project).codes == ["mass"]
    assert protocol_in_force(project).readers_per_case == 3
    assert WorklistState.objects.filter(project=project).exists()
    assert TrainingPolicy.objects.filter(project=project).exists()
    with pytest.raises(CommandError, match="already a project"):
        run("create_project", "chest")


@pytest.mark.parametrize(
    ("content", "sentence"), [("[", "JSON"), ('{"a": 1}', "findings"), ('[{"code": "A"}]', "Finding 1")]
)
def test_create_project_says_what_is_wrong_with_a_schema(
    db: None, tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "schema.json"
    path.write_text(content)
    with pytest.raises(CommandError, match=sentence):
        run("create_project", "chest", schema=path)
    assert not Project.objects.exists()


def test_create_user_gives_roles_and_a_token_that_works(project: Project) -> None:
    roles = {"project": [project.slug, project.slug], "role": ["reader", "manager"]}
    token = run("create_user", "anna", token=True, **roles).strip()
    client = APIClient(HTTP_AUTHORIZATION=f"Bearer {token}")
    assert client.get("/api/v1/session/").json()["projects"][0]["roles"] == ["manager", "reader"]
    assert not User.objects.get(username="anna").has_usable_password()


def test_create_user_takes_a_password_from_standard_input(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("short\n"))
    with pytest.raises(CommandError):
        run("create_user", "bert", password_stdin=True)
    monkeypatch.setattr("sys.stdin", io.StringIO("long enough to be safe\n"))
    run("create_user", "bert", password_stdin=True)
    assert User.objects.get(username="bert").check_password("long enough to be safe")


@pytest.mark.parametrize("options", [{"project": ["nowhere"], "role": ["reader"]}, {"project": ["nowhere"]}])
def test_create_user_leaves_nothing_behind_when_it_is_refused(db: None, options: dict[str, Any]) -> None:
    with pytest.raises(CommandError):
        run("create_user", "carl", **options)
    assert not User.objects.filter(username="carl").exists()


def test_a_persons_name_may_be_of_any_script(db: None) -> None:
    run("create_user", "дмитрий.müller-山田")
    assert User.objects.get().username == "дмитрий.müller-山田"


@pytest.mark.parametrize("name", ["=cmd", "two words", "o'neill"])
def test_a_name_that_tables_would_mistake_is_refused_in_a_sentence(db: None, name: str) -> None:
    with pytest.raises(CommandError, match=r"letters, numbers"):
        run("create_user", name)
    assert not User.objects.exists()


def test_import_images_prints_one_outcome_per_file_as_json(project: Project, tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "film.dcm").write_bytes(radiograph(1))
    (tmp_path / "a.txt").write_text("no image")
    found = json.loads(run("import_images", tmp_path, project=project.slug, json=True))
    assert [(file["path"], file["outcome"], file["code"]) for file in found["files"]] == [
        ("a.txt", "rejected", "not_an_image"),
        ("b/film.dcm", "accepted", "ok"),
    ]
    assert (tmp_path / "b" / "film.dcm").exists()
    one = run("import_images", tmp_path / "b" / "film.dcm", project=project.slug)
    assert "1 duplicate" in one


def test_import_images_refuses_a_folder_whose_links_lead_outside(project: Project, tmp_path: Path) -> None:
    outside = tmp_path / "secret.dcm"
    outside.write_bytes(radiograph(1))
    (tmp_path / "films").mkdir()
    (tmp_path / "films" / "link.dcm").symlink_to(outside)
    with pytest.raises(CommandError):
        run("import_images", tmp_path / "films", project=project.slug)


def test_audit_verify_passes_a_whole_chain_and_names_a_broken_link(project: Project) -> None:
    seal_new_events()
    assert "The chain is whole." in run("audit_verify")
    victim = AuditEvent.objects.order_by("id")[2]
    with append_only.suspended(), connection.cursor() as cursor:
        cursor.execute("UPDATE core_auditevent SET action = 'nothing' WHERE id = %s", [victim.id])
    errors = io.StringIO()
    with pytest.raises(SystemExit) as stop:
        call_command("audit_verify", stdout=io.StringIO(), stderr=errors)
    assert stop.value.code == 1
    assert f"audit event {victim.id}" in errors.getvalue()


def test_an_import_tells_its_patients_cases_and_the_warnings_of_each_file(
    project: Project, tmp_path: Path
) -> None:
    files = {
        "1.dcm": radiograph(1, patient="P"),
        "2.dcm": radiograph(2, patient="P", StudyInstanceUID="1.2.03"),
        "3.dcm": radiograph(3, PatientID="ANON", ViewPosition="LL"),
        "scout.dcm": radiograph(4, ImageType=["ORIGINAL", "PRIMARY", "LOCALIZER"]),
    }
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "notes.txt").write_text("nothing")
    told = json.loads(run("import_images", tmp_path, project=project.slug, json=True))
    assert (told["patients"], told["cases"]) == (2, 3)
    assert {file["path"]: set(file["warnings"]) for file in told["files"]} == {
        "1.dcm": set(),
        "2.dcm": {"nonstandard_uid"},
        "3.dcm": {"placeholder_patient_id", "own_patient", "eligible_by_default"},
        "scout.dcm": {"about_the_case", "object_only"},
        "notes.txt": set(),
    }
