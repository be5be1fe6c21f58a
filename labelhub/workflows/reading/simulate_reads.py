"""Simulated readers of known sensitivity and specificity, who read through the same services as people do.

Their answers come from hidden truth, which nobody else sees and nothing is trained on. What they say is computed by
`python -m workers.phantoms.readers` as a child: it depends on (seed, name, case) alone.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from labelhub.accounts.models import User
from labelhub.core.errors import InvalidContent
from labelhub.imaging.models import SourceLabel
from labelhub.projects.models import Project
from labelhub.projects.selectors import schema_in_force
from labelhub.reading.models import Assignment, CaseRound
from labelhub.reading.services.claims import claim_next
from labelhub.reading.services.leases import assignment_skip
from labelhub.reading.services.rounds import worklist_state
from labelhub.reading.submissions import parse_submission
from labelhub.workflows.reading.submit_read import submit_read

CHILD_TIMEOUT_S = 600
# Stated reading times: 8 to 40 s, fixed for each reader and case.
SHORTEST_MS, SPREAD_MS = 8_000, 32_000

Documents = dict[str, dict[str, Any]]
"""{case id: read document}"""


@dataclass(frozen=True)
class ReaderSkill:
    """What a simulated reader sees. Both are shares from 0 to 1."""

    name: str
    seed: int
    sensitivity: float
    specificity: float
    p_uncertain: float = 0.04


def run_readers(truth: dict[str, Any], skills: Iterable[ReaderSkill]) -> Iterator[dict[str, Any]]:
    """One {case, image, reader, answers, boxes} per case and reader; `truth` as `workers.phantoms` writes it."""
    with tempfile.TemporaryDirectory(prefix="labelhub-readers-") as name:
        folder = Path(name)
        (folder / "truth.json").write_text(json.dumps(truth))
        (folder / "readers.json").write_text(json.dumps([asdict(skill) for skill in skills]))
        arguments = ["--truth", str(folder / "truth.json"), "--readers", str(folder / "readers.json")]
        done = subprocess.run(
            [sys.executable, "-m", "workers.phantoms.readers", *arguments],
            cwd=settings.ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=CHILD_TIMEOUT_S,
        )
    for line in done.stdout.splitlines():
        yield json.loads(line)


def documents_from_hidden_truth(project: Project, skill: ReaderSkill) -> Documents:
    """What the reader would say of every case whose hidden truth is known. Without boxes: no truth says where."""
    cases: dict[str, dict[str, int]] = {}
    labels = SourceLabel.objects.filter(case__project=project, kind=SourceLabel.Kind.HIDDEN_TRUTH)
    for case_id, finding, present in labels.values_list("case_id", "finding", "present"):
        cases.setdefault(str(case_id), {})[finding] = int(present)
    if not cases:
        raise InvalidContent(
            "This project has no hidden truth. Import labels first: manage.py import_images ... --labels CSV.",
            code="no_hidden_truth",
        )
    truth = {
        "size": 1,
        "cases": [
            {"case": case_id, "image": "", "truth": findings, "difficulty": {}, "boxes": []}
            for case_id, findings in sorted(cases.items())
        ],
    }
    codes = schema_in_force(project).codes
    return {line["case"]: document(_complete(line["answers"], codes)) for line in run_readers(truth, [skill])}


def document(answers: dict[str, str], annotations: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {
        "answers": {code: {"value": value, "by_rest": False} for code, value in answers.items()},
        "annotations": annotations or [],
        "comment": "",
        "not_readable": False,
    }


def read_as(
    reader: User,
    project: Project,
    documents: Documents,
    *,
    until: Callable[[int], bool],
    beat: Callable[[], None] = lambda: None,
) -> int:
    """Claim and submit cases in the worklist's order while `until(n submitted)` is false and cases are offered.

    A case that `documents` does not know is skipped with a reason, as a reader would skip what is not her area.
    """
    round_ = worklist_state(project).round
    n_submitted = Assignment.objects.filter(
        round=round_, reader=reader, state=Assignment.State.SUBMITTED
    ).count()
    while not until(n_submitted):
        assignment = claim_next(reader=reader, project=project, claim_key=uuid.uuid4(), ahead=False)
        if assignment is None:
            break
        content = documents.get(str(assignment.case_id))
        if content is None:
            assignment_skip(actor=reader, assignment=assignment, reason="not_my_area", text="no hidden truth")
            continue
        _submit(reader, assignment, content)
        n_submitted += 1
        beat()
    return n_submitted


def n_readable(project: Project) -> int:
    return CaseRound.objects.filter(round=worklist_state(project).round).count()


def _submit(reader: User, assignment: Assignment, content: dict[str, Any]) -> None:
    digest = hashlib.sha256(f"{reader.username}/{assignment.case_id}".encode()).digest()
    active_ms = SHORTEST_MS + int.from_bytes(digest[:4], "big") % SPREAD_MS
    submission = parse_submission(
        assignment=assignment, client_uuid=uuid.uuid4(), document=content, active_ms=active_ms
    )
    submit_read(actor=reader, assignment=assignment, submission=submission)


def _complete(answers: dict[str, str], codes: list[str]) -> dict[str, str]:
    """A finding that the truth does not know is answered uncertain: nobody can simulate more."""
    return {code: answers.get(code, "uncertain") for code in codes}
