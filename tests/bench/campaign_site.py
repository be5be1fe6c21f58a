"""The campaign's side of the database, as a process with Django: make the project, move a clock, audit the end.

python -m tests.bench.campaign_site make --cases N     prints what the readers need
python -m tests.bench.campaign_site expire             reads assignment ids, one a line; their lease is over
python -m tests.bench.campaign_site audit FILE         prints the counts; FILE holds what was acknowledged
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db.models import Count, F  # noqa: E402
from django.utils import timezone  # noqa: E402

from labelhub.core.models import Job  # noqa: E402
from labelhub.imaging.models import ImportFile  # noqa: E402
from labelhub.learning.models import ModelVersion, Ranking  # noqa: E402
from labelhub.learning.services.policy import policy_update  # noqa: E402
from labelhub.projects.schemas import DEFAULT_FINDINGS  # noqa: E402
from labelhub.reading.models import Assignment, CaseRound, LateRead, Read  # noqa: E402
from labelhub.reading.services.leases import GRACE  # noqa: E402
from labelhub.workflows.projects.create_project import create_project  # noqa: E402
from tests.bench.population import PASSWORD, SLUG, fill, make_readers  # noqa: E402

N_READERS, PER_CASE = 16, 3


def make(n_cases: int) -> dict[str, Any]:
    """Three reads a case, majority rules, a training every 40 labels; most cases are rows without pixels."""
    codes = [finding["code"] for finding in DEFAULT_FINDINGS]
    protocol = {"readers_per_case": PER_CASE, "finding_rules": {code: {"rule": "majority"} for code in codes}}
    project = create_project(actor=None, slug=SLUG, protocol=protocol, split_seed=1)
    values = {"network": "small", "every_n_labels": 40, "min_cases": 12, "max_epochs": 2, "image_size": 64}
    policy_update(actor=None, project=project, values={**values, "min_positives": 1, "batch_size": 8})
    fill(project, n_cases, eligible=False)
    return {"readers": make_readers(project, N_READERS), "password": PASSWORD, "findings": codes}


def expire() -> None:
    """Move the clock of abandoned leases, as if half an hour had passed; the real tick does the rest."""
    for line in sys.stdin:
        ago = timezone.now() - GRACE - timedelta(seconds=1)
        Assignment.objects.filter(id=line.strip(), state="open").update(lease_until=ago)


def audit(acknowledged: dict[str, Any]) -> dict[str, Any]:
    """Counts that must be zero, and counts that say what happened."""
    reads, late, handed = (acknowledged[name] for name in ("reads", "late", "handed"))
    kept = {str(pk) for pk in Read.objects.values_list("id", flat=True)}
    kept_late = {str(pk) for pk in LateRead.objects.values_list("id", flat=True)}
    first = Counter(Read.objects.filter(version=1).values_list("assignment_id", flat=True))
    return {
        "double_assignments": _double_assignments(handed),
        "lost_submits": len(set(reads) - kept) + len(set(late) - kept_late),
        "doubled_submits": sum(n - 1 for n in first.values())
        + len(kept - set(reads))
        + len(kept_late - set(late)),
        "starved_cases": CaseRound.objects.filter(
            begun_seq__isnull=False, n_submitted__lt=F("n_needed")
        ).count(),
        "unread_cases": CaseRound.objects.filter(begun_seq__isnull=True).count(),
        "cases": CaseRound.objects.count(),
        "states": dict(Assignment.objects.values_list("state").annotate(n=Count("id")).order_by("state")),
        "late_reads": len(kept_late),
        "imported": ImportFile.objects.filter(outcome="accepted").count(),
        "models": ModelVersion.objects.count(),
        "rankings": Ranking.objects.count(),
        "failed_jobs": list(Job.objects.filter(state="failed").values_list("kind", "error_code")),
    }


def _double_assignments(handed: dict[str, list[str]]) -> int:
    """Assignments that two people were given, slots beyond the protocol's number, and sums that do not add up."""
    shared = sum(len(set(readers)) > 1 for readers in handed.values())
    holding = Counter(
        Assignment.objects.filter(state__in=Assignment.HOLDS_SLOT).values_list("case_id", flat=True)
    )
    wrong = sum(
        row.n_open + holding[row.case_id] != row.n_needed for row in CaseRound.objects.all().iterator()
    )
    return shared + wrong


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("what", choices=["make", "expire", "audit"])
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument("--cases", type=int, default=0)
    arguments = parser.parse_args()
    if arguments.what == "make":
        print(json.dumps(make(arguments.cases)))
    elif arguments.what == "expire":
        expire()
    else:
        print(json.dumps(audit(json.loads(arguments.file.read_text()))))


if __name__ == "__main__":
    main()
