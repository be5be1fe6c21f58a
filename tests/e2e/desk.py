"""A case on which two readers differ, and somebody who may decide it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.e2e.running import FIRST, Api, Running
from tests.factories.imaging import radiograph

FINDING = "nodule"


def make_desk(running: Running, project: str, folder: Path) -> dict[str, Api]:
    """The project with its people `PROJECT-manager`, `-adjudicator`, `-reader-1` and `-2`; returns the readers."""
    (folder / "film.dcm").write_bytes(radiograph(31))
    running.manage("create_project", project, "--name", project.capitalize(), "--readers-per-case", "2")
    manager = running.person(f"{project}-manager", "manager", project=project)
    findings = [{"code": FINDING, "name": "Nodule", "hotkey": "1", "required": True, "boxes": True}]
    manager("POST", f"/projects/{project}/schema/", {"findings": findings, "region_classes": []}, **FIRST)
    running.manage("import_images", str(folder), "--project", project)
    running.person(f"{project}-adjudicator", "adjudicator", project=project)
    names = [f"{project}-reader-{n}" for n in (1, 2)]
    readers = {name: running.person(name, "reader", project=project) for name in names}
    for reader, value in zip(readers.values(), ("present", "absent"), strict=True):
        read_next_as(reader, project, value)
    return readers


def read_next_as(reader: Api, project: str, value: str, findings: Sequence[str] = (FINDING,)) -> None:
    """Her next case, read by a script: the same value for each finding."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    claimed = reader("POST", f"/projects/{project}/worklist/next/", {"ahead": False}, **key)["assignment"]
    document: dict[str, Any] = {
        "answers": {code: {"value": value, "by_rest": False} for code in findings},
        "annotations": [],
        "comment": "",
        "not_readable": False,
    }
    submission = {"client_uuid": str(uuid.uuid4()), "document": document}
    reader("POST", f"/assignments/{claimed['id']}/submit/", submission)
