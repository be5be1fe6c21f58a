"""A mark on a finding without an answer: a draft may hold it, no new read does, and older reads keep theirs."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

import pytest
from rest_framework.test import APIClient

from labelhub.projects.models import Project
from labelhub.reading.models import Assignment, Read
from labelhub.reading.services.store_read import late_read_keep
from labelhub.reading.submissions import parse_submission
from labelhub.workflows.intake.import_reads import import_reads
from labelhub.workflows.reading.submit_read import accept_late_read, submit_read
from tests.factories.cases import make_cases
from tests.factories.exports import exported, rows_of
from tests.factories.projects import People, make_project
from tests.factories.reading import box, claim, document

OPTIONAL: list[dict[str, Any]] = [
    {"code": "nodule", "name": "Nodule", "required": False, "boxes": True},
    {"code": "effusion", "name": "Effusion", "boxes": False},
]


@pytest.fixture
def project(db: None) -> Project:
    return make_project(findings=OPTIONAL)


@pytest.fixture
def assignment(project: Project, people: People) -> Assignment:
    make_cases(project, 1)
    claimed = claim(people.reader, project)
    assert claimed is not None
    return claimed


def marked(assignment: Assignment) -> dict[str, Any]:
    """A document that marks the nodule and does not answer it."""
    content = document(boxes=[box(assignment.case, 30, 30)])
    del content["answers"]["nodule"]
    return content


def older_submission(assignment: Assignment) -> Any:
    """As it was taken before marks had to be answered."""
    return parse_submission(
        assignment=assignment,
        client_uuid=uuid.uuid4(),
        document=marked(assignment),
        was_taken_before=True,
    )


def test_a_draft_holds_it_and_a_submission_names_the_finding(
    assignment: Assignment, people: People, client_of: Any
) -> None:
    client: APIClient = client_of(people.reader)
    url = f"/api/v1/assignments/{assignment.id}"
    content = marked(assignment)
    saved = client.put(f"{url}/draft/", {"document": content}, format="json", HTTP_IF_MATCH='"0"')
    assert saved.status_code == 200
    sent = {"client_uuid": str(uuid.uuid4()), "document": content}
    refused = client.post(f"{url}/submit/", sent, format="json")
    error = refused.json()
    assert (error["code"], error["details"]) == ("mark_unanswered", {"missing": ["nodule"]})
    assert "answer these findings, or remove their marks" in error["message"]
    assert not Read.objects.exists()
    content["answers"]["nodule"] = {"value": "uncertain"}
    assert client.post(f"{url}/submit/", sent, format="json").json()["read"]["version"] == 1


@pytest.mark.parametrize("format", ["csv", "json"])
def test_older_reads_export_theirs_and_come_back(
    project: Project, assignment: Assignment, people: People, tmp_path: Path, format: str
) -> None:
    submit_read(actor=people.reader, assignment=assignment, submission=older_submission(assignment))
    rows = [(row["finding"], row["value"], len(row["boxes"])) for row in rows_of(project, "reads")]
    assert sorted(rows) == [("effusion", "absent", 0), ("nodule", None, 1)]
    copy = make_project(findings=OPTIONAL)
    assert not import_reads(exported(project, tmp_path, format), actor=None, project=copy).refused
    assert rows_of(copy, "reads") == rows_of(project, "reads")


def test_an_older_late_read_is_still_accepted(assignment: Assignment, people: People) -> None:
    late = late_read_keep(older_submission(assignment), assignment=assignment, now=assignment.reserved_at)
    Assignment.objects.filter(id=assignment.id).update(state=Assignment.State.EXPIRED)
    assert accept_late_read(actor=people.manager, late_read=late).annotations.count() == 1
