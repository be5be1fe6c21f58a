"""Queries that each call of the label loop makes, in-process against this environment's database.

`python -m tests.bench.queries [--profile FILE]` after `tests.bench.population`; prints the usual count of
each kind of call as JSON (a claim that walks past many begun cases makes two more a window).
"""

from __future__ import annotations

import argparse
import cProfile
import json
import random
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import mode
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402

from labelhub.accounts.models import User  # noqa: E402
from tests.bench.population import SLUG, findings  # noqa: E402

N_CASES = 40


class Counter:
    """Counts the statements of each named call; `log` keeps the text of the last one."""

    def __init__(self) -> None:
        self.counts: dict[str, list[int]] = defaultdict(list)
        self.log: dict[str, list[str]] = {}

    @contextmanager
    def counting(self, name: str) -> Iterator[None]:
        statements: list[str] = []

        def note(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            statements.append(sql)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(note):
            yield
        self.counts[name].append(len(statements))
        self.log[name] = statements


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--profile", help="write a cProfile of the calls to this file")
    parser.add_argument(
        "--log", action="store_true", help="print the statements of the last call of each kind"
    )
    parser.add_argument("--cases", type=int, default=N_CASES)
    arguments = parser.parse_args()
    counter, profile = Counter(), cProfile.Profile()
    *clients, manager = (client_of(name) for name in ("reader00", "reader01", "manager"))
    draw = random.Random(1)
    if arguments.profile:
        profile.enable()
    for _ in range(arguments.cases):
        for place, client in zip(("first", "last"), clients, strict=True):
            label(client, counter, place, draw)
        with counter.counting("dashboard"):
            assert manager.get(f"/api/v1/projects/{SLUG}/dashboard/").status_code == 200
    if arguments.profile:
        profile.disable()
        profile.dump_stats(arguments.profile)
    result: dict[str, Any] = {name: mode(values) for name, values in sorted(counter.counts.items())}
    print(json.dumps(counter.log if arguments.log else result, indent=1 if arguments.log else None))


def label(client: APIClient, counter: Counter, place: str, draw: random.Random) -> None:
    """Claim, save and submit; `place` says whether it is the case's first read or its last."""
    with counter.counting(f"claim {place}"):
        claimed = client.post(
            f"/api/v1/projects/{SLUG}/worklist/next/",
            {"ahead": False},
            HTTP_IDEMPOTENCY_KEY=str(uuid.uuid4()),
        )
    path = f"/api/v1/assignments/{claimed.data['assignment']['id']}/"
    answers = {
        code: {"value": "present" if draw.random() < 0.1 else "absent", "by_rest": False}
        for code in findings()
    }
    document = {"answers": answers, "annotations": [], "comment": "", "not_readable": False}
    with counter.counting("save"):
        saved = client.put(f"{path}draft/", {"document": document}, HTTP_IF_MATCH='"0"')
    body = {"client_uuid": str(uuid.uuid4()), "document": document, "active_ms": 9000, "display_state": {}}
    with counter.counting(f"submit {place}"):
        submitted = client.post(f"{path}submit/", body)
    assert (claimed.status_code, saved.status_code, submitted.status_code) == (200, 200, 200)


def client_of(username: str) -> APIClient:
    client = APIClient(headers={"host": "127.0.0.1"})
    client.force_login(User.objects.get(username=username))
    return client


if __name__ == "__main__":
    main()
