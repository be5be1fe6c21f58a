"""What a project exports, and reads and decisions worth exporting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from labelhub.projects.models import Project
from labelhub.reading.models import Read
from labelhub.releases.services import export_start, export_stream
from labelhub.workflows.reading.submit_read import amend_read
from tests.factories.cases import make_cases
from tests.factories.projects import People
from tests.factories.reading import box, claim, document, read_case, submission, submit


def exported(project: Project, folder: Path, format: str, what: str = "reads") -> Path:
    export = export_start(actor=None, project=project, what=what, format=format)
    folder.mkdir(exist_ok=True)
    path = folder / f"{what}.{format}"
    path.write_text("".join(export_stream(export)), encoding="utf-8", newline="")
    return path


def read_cases(project: Project, people: People) -> None:
    make_cases(project, 8)
    for i in range(8):
        first = claim(people.reader, project)
        assert first is not None
        boxes = [box(first.case, 30, 30)] if i % 2 else []
        submit(first, document({"nodule": "present" if i % 2 else "absent"}, boxes=boxes))
    for i in range(8):
        read_case(
            people.second_reader,
            project,
            {**document({"nodule": "uncertain" if i == 3 else "absent"}), "comment": '=1+1, "quoted"\nline'},
        )
    read = Read.objects.filter(assignment__reader=people.second_reader)[0]
    amend_read(
        actor=people.second_reader,
        assignment=read.assignment,
        submission=submission(read.assignment, document({"effusion": "present"}), reason="second look"),
    )


OF_ANOTHER_PROJECT = {
    "case", "case_number", "study", "read", "decision", "reserved_at", "opened_at", "reader_position", "offered_by",
    "context_shown", "decided_at", "reads",
}  # fmt: skip


def rows_of(project: Project, what: str) -> list[dict[str, Any]]:
    export = export_start(actor=None, project=project, what=what, format="json")
    rows = json.loads("".join(export_stream(export)))
    kept = OF_ANOTHER_PROJECT if what != "adjudications" else OF_ANOTHER_PROJECT - {"decided_at"}
    return sorted(
        ({name: value for name, value in row.items() if name not in kept} for row in rows),
        key=lambda row: json.dumps(row, sort_keys=True),
    )
