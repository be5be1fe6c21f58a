# ruff: noqa: T201
"""Writes docs/actions.md: every operation of the API, who may do it, and on which pages it is done.

`--check` writes nothing and fails where the table is not current. Both fail where the API and the pages differ: an
operation with neither a page nor a reason to have none, or a call of the front end that no operation answers.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from without_page import WITHOUT_PAGE

ROOT = Path(__file__).resolve().parents[1]
TABLE = ROOT / "docs" / "actions.md"
API_ROOT = "/api/v1"
COMMAND = "python .ci/actions.py"
ANY_METHOD = "*"
"""Of an address that the front end hands to a link or to another client."""
VALUE = "{}"
EVERY_PAGE = "every page"
HEAD = f"""# Every action, by API and by page

What a page does, a script can do as well: pages have no other way than the API. This page says where each operation of
the API (below `{API_ROOT}`) is done, and who may do it. `:slug` and the like stand for what an address holds. A page is
named where its code reaches the call. The schema is at `{API_ROOT}/schema/`, to be tried out at `{API_ROOT}/docs/`.

Do not edit this page. `{COMMAND}` writes it, from `docs/openapi.json` and the front end's source. `make check`
fails while it is not current, while an operation has neither a page nor a reason to have none (`.ci/without_page.py`),
and while a page calls what the API does not have.
"""


@dataclass(frozen=True)
class Operation:
    method: str
    path: str
    what: str
    who: str
    group: str

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Call:
    """`path` has VALUE where the front end puts something in; `pages` are addresses or parts of every page."""

    method: str
    path: str
    file: str
    pages: tuple[str, ...]


def operations_of(schema: Mapping[str, Any]) -> list[Operation]:
    return [
        Operation(
            method.upper(),
            path.removeprefix(API_ROOT),
            _first_sentence(operation.get("description", "")),
            operation["x-policy"],
            operation["tags"][0],
        )
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def calls_of_front_end() -> list[Call]:
    printed = subprocess.run(
        ("node", "frontend/scripts/calls.mjs", "frontend/src"),
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    ).stdout
    rows = json.loads(printed)
    return [Call(row["method"], row["path"], row["file"], tuple(row["pages"])) for row in rows]


def answers(operation: Operation, call: Call) -> bool:
    if call.method not in (operation.method, ANY_METHOD):
        return False
    path = call.path.partition("?")[0]
    # What is put in behind the last slash may be a query that is there or not.
    return any(_is_of(operation.path, asked) for asked in (path, path.removesuffix(VALUE)))


def _is_of(template: str, asked: str) -> bool:
    ours, theirs = template.split("/"), asked.split("/")
    return len(ours) == len(theirs) and all(
        their == VALUE if our.startswith("{") else our == their
        for our, their in zip(ours, theirs, strict=True)
    )


def pages_of(operations: Iterable[Operation], calls: list[Call]) -> dict[Operation, list[str]]:
    return {
        operation: _told({page for call in calls if answers(operation, call) for page in call.pages})
        for operation in operations
    }


def _told(pages: set[str]) -> list[str]:
    """Addresses say nothing more of what is done on every page; its parts do."""
    return sorted(page for page in pages if EVERY_PAGE not in pages or not page.startswith("/"))


def faults(
    pages: Mapping[Operation, list[str]], calls: Iterable[Call], without_page: Mapping[str, str]
) -> list[str]:
    """What keeps the table from being whole, in sentences that say what to do."""
    found = [
        f"{call.file} calls {call.method} {call.path}, which the API does not have. If a word in it has the type "
        "`string`, give it a type that says which words there are."
        for call in calls
        if not any(answers(operation, call) for operation in pages)
    ]
    for operation, of_operation in pages.items():
        name = operation.name
        if not operation.what:
            found.append(f"{name} does not say what it does: write a docstring in its method.")
        if not of_operation and name not in without_page:
            found.append(f"{name} is done on no page: give it one, or its reason in WITHOUT_PAGE.")
        if of_operation and name in without_page:
            found.append(f"{name} is done on {', '.join(of_operation)}: take it out of WITHOUT_PAGE.")
    known = {operation.name for operation in pages}
    return [
        *found,
        *(
            f"{name} is no operation: take it out of WITHOUT_PAGE."
            for name in without_page
            if name not in known
        ),
    ]


def table(pages: Mapping[Operation, list[str]], without_page: Mapping[str, str]) -> str:
    done = [operation for operation, where in pages.items() if where]
    lines = [
        HEAD,
        f"{len(pages)} operations: {len(done)} are done on pages, {len(pages) - len(done)} are not, with reasons.",
        "",
        "## By operation",
    ]
    for group in dict.fromkeys(operation.group for operation in done):
        lines += ["", f"### {group}", "", *_head("operation", "what it does", "who may", "pages")]
        lines += [_line(*_said(row), ", ".join(map(_page, pages[row]))) for row in done if row.group == group]
    lines += ["", "## Without a page", "", *_head("operation", "what it does", "who may", "why")]
    lines += [_line(*_said(row), without_page[row.name]) for row in pages if row not in done]
    lines += ["", "## By page", "", *_head("page", "operations")]
    for page in sorted({page for where in pages.values() for page in where}):
        names = [_code(operation.name) for operation, where in pages.items() if page in where]
        lines.append(_line(_page(page), ", ".join(names)))
    return "\n".join(lines) + "\n"


def _head(*cells: str) -> list[str]:
    return [_line(*cells), "|" + "---|" * len(cells)]


def _line(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _said(operation: Operation) -> tuple[str, str, str]:
    return _code(operation.name), operation.what, operation.who


def _page(page: str) -> str:
    return _code(page) if page.startswith("/") else page


def _code(text: str) -> str:
    return f"`{text}`"


def _first_sentence(text: str) -> str:
    line = " ".join(text.split("\n\n")[0].split())
    return (line.partition(". ")[0].removesuffix(".") + ".").replace("|", "\\|") if line else ""


def main(argv: list[str]) -> int:
    operations = operations_of(json.loads((ROOT / "docs" / "openapi.json").read_text()))
    calls = calls_of_front_end()
    pages = pages_of(operations, calls)
    if found := faults(pages, calls, WITHOUT_PAGE):
        print("\n".join(found), file=sys.stderr)
        return 1
    written = table(pages, WITHOUT_PAGE)
    if "--check" not in argv:
        TABLE.write_text(written)
    elif not TABLE.exists() or TABLE.read_text() != written:
        print(f"{TABLE.relative_to(ROOT)} is not current. Run: {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
