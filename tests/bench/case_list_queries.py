"""Queries of each kind of list of `case_lists`, in-process against this environment's database: most of three pages."""

from __future__ import annotations

import json
from typing import Any

import django

django.setup()

from tests.bench.case_lists import LISTS  # noqa: E402
from tests.bench.population import SLUG  # noqa: E402
from tests.bench.queries import Counter, client_of  # noqa: E402


def main() -> None:
    counter, manager = Counter(), client_of("manager")
    for name, query in LISTS.items():
        asked: dict[str, Any] = dict(query)
        for _ in range(3):
            with counter.counting(name):
                answer = manager.get(f"/api/v1/projects/{SLUG}/cases/", asked)
            assert answer.status_code == 200, answer.content
            if answer.data["next"] is None:
                break
            asked["cursor"] = answer.data["next"]
    print(json.dumps({name: max(counts) for name, counts in counter.counts.items()}))


if __name__ == "__main__":
    main()
