"""What pytest's reports (JUnit XML) say of a run: how many ran and failed, what was left out, what was run again."""

from __future__ import annotations

import contextlib
from collections import Counter
from pathlib import Path
from xml.etree import ElementTree


def read_report(path: Path, left_out: Counter[str]) -> str:
    """Counts of one pytest run; adds the reasons of its skipped tests to `left_out`."""
    if not path.exists():
        return ""
    report = _parsed(path)
    totals = _totals(report)
    left_out.update(skip.get("message", "no reason given") for skip in report.iter("skipped"))
    ran = totals["tests"] - totals["skipped"]
    return f"{ran} ran, {totals['failures'] + totals['errors']} failed, {totals['skipped']} left out"


def n_failed(path: Path) -> int:
    totals = _totals(_parsed(path))
    return totals["failures"] + totals["errors"]


def ran_again(path: Path) -> list[str]:
    """The tests of a second run, by module and name."""
    return [f"{case.get('classname')}.{case.get('name')}" for case in _parsed(path).iter("testcase")]


def _totals(report: ElementTree.Element) -> Counter[str]:
    totals: Counter[str] = Counter()
    for suite in report.iter("testsuite"):
        totals.update({key: int(suite.get(key, 0)) for key in ("tests", "failures", "errors", "skipped")})
    return totals


def _parsed(path: Path) -> ElementTree.Element:
    """A report; an empty one where a run wrote none, or was ended while it wrote."""
    with contextlib.suppress(ElementTree.ParseError, FileNotFoundError):
        return ElementTree.parse(path).getroot()
    return ElementTree.Element("testsuites")
