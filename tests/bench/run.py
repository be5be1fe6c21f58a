"""Every bench, each in a process of its own, as one table: `make bench`, or `python -m tests.bench.run [NAME ...]`.

`--write` puts the table into docs/benchmarks.md. The exit code is 1 when a bar is missed or a bench fails.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from labelhub.launch.paths import ROOT
from tests.bench.report import MARK, Row, machine, say

BENCHES = (
    "phantoms",
    "label_loop",
    "dashboard",
    "campaign",
    "ranking_latency",
    "faults",
    "contact_sheet",
    "first_image",
    "cxr_loop",
    "demo_start",
)
PAGE = ROOT / "docs" / "benchmarks.md"
BEGIN, END = "<!-- table: written by `python -m tests.bench.run --write` -->", "<!-- end of table -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all without any")
    parser.add_argument("--write", action="store_true", help="put the table into docs/benchmarks.md")
    arguments = parser.parse_args()
    unknown = set(arguments.names) - set(BENCHES)
    if unknown:
        parser.error(f"there is no bench {', '.join(sorted(unknown))}")
    names = arguments.names or [name for name in BENCHES if find_spec(f"tests.bench.{name}")]
    where = machine()
    rows = [(name, row) for name in names for row in measured(name)]
    table = as_table(rows)
    print(f"{where}\n\n{table}")
    if arguments.write:
        write(PAGE, f"Measured on {where}.\n\n{table}")
    return int(any(row.passed is False for _, row in rows))


def measured(name: str) -> list[Row]:
    """The rows of one bench; a bench that ends without any is a row that missed."""
    say(f"== {name}")
    process = subprocess.Popen(
        [sys.executable, "-m", f"tests.bench.{name}"], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    rows = [Row(**json.loads(line.removeprefix(MARK))) for line in process.stdout if line.startswith(MARK)]
    code = process.wait()
    if code != 0 and all(row.passed is not False for row in rows):
        rows.append(Row(f"{name} ran to its end", f"exit code {code}", "0", passed=False))
    return rows


def as_table(rows: list[tuple[str, Row]]) -> str:
    lines = ["| what | measured | bar | | command |", "|---|---|---|---|---|"]
    for name, row in rows:
        verdict = {True: "met", False: "**missed**", None: ""}[row.passed]
        cells = (row.what, row.measured, row.bar, verdict, f"`python -m tests.bench.{name}`")
        lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
    return "\n".join(lines)


def write(page: Path, table: str) -> None:
    """Replace what lies between the page's two marks."""
    text = page.read_text(encoding="utf-8")
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{table}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
