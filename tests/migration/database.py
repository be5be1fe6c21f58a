"""The migration test's hand in a database: `python -m tests.migration.database` with one of

create NAME, drop NAME    a database of the server (PostgreSQL: it is not the test database that is migrated)
fill FILE                 restore a dump into the empty database
verify                    print which reads do not agree with their hash, and the audit chain's first fault
seen                      print how many cases each person has seen, and how
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

import django

django.setup()

from django.db import connection  # noqa: E402
from django.db.models import Count  # noqa: E402

from labelhub.core import audit  # noqa: E402
from labelhub.reading.models import CaseSeen, Read  # noqa: E402
from labelhub.reading.stored import altered_reads  # noqa: E402


def main(what: str, name: str = "") -> None:
    if what in ("verify", "seen"):
        print(json.dumps(verify() if what == "verify" else seen()))
    elif what == "fill":
        fill(gzip.decompress(Path(name).read_bytes()).decode())
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"{what.upper()} DATABASE {connection.ops.quote_name(name)}")


def fill(statements: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The dump's tables come in the order of their names.
            cursor.connection.executescript(f"PRAGMA foreign_keys=OFF;{statements}PRAGMA foreign_keys=ON;")
        else:
            cursor.execute(statements)


def verify() -> dict[str, object]:
    """How many reads there are, which do not verify against their hash, and the audit chain's first fault."""
    wrong = [str(read.id) for read in altered_reads()]
    return {"n_reads": Read.objects.count(), "wrong": wrong, "chain": audit.verify_chain().fault}


def seen() -> list[list[object]]:
    rows = (
        CaseSeen.objects.values_list("user__username", "how")
        .annotate(n=Count("id"))
        .order_by("user__username")
    )
    return [list(row) for row in rows]


if __name__ == "__main__":
    main(*sys.argv[1:])
