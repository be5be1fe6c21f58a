"""Columns with one writer: a machine's state is changed by its one function, a case's slots by one module."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READ_ONLY = {"filter", "exclude", "get", "Q", "When", "count", "aggregate", "annotate"}


def writes(source: str, model: str, columns: set[str]) -> list[int]:
    """Lines that write one of the columns of a model: `model.objects....update(...)`, `.create(...)`,
    `Model(...)`, and `anything.column = ...` where the module imports the model.

    What is of another class by its name or its parameter's annotation is left alone.
    """
    tree = ast.parse(source)
    imported = {
        alias.asname or alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }
    if model not in imported:
        return []
    lines = []
    for node, annotated in _annotated(tree):
        if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            flat = [part for target in targets for part in _parts(target)]
            lines += [
                part.lineno
                for part in flat
                if isinstance(part, ast.Attribute)
                and part.attr in columns
                and not _is_of_another(model, part.value, annotated)
            ]
        elif (
            isinstance(node, ast.Call)
            and _name(node.func) not in READ_ONLY
            and not _is_of_another(model, node.func, annotated)
        ):
            name = _name(node.func)
            given = {keyword.arg for keyword in node.keywords} & columns
            fields = {
                element.value
                for keyword in node.keywords
                if keyword.arg == "update_fields" and isinstance(keyword.value, ast.List | ast.Tuple)
                for element in keyword.value.elts
                if isinstance(element, ast.Constant)
            } & columns
            is_write = name in {"update", "create", "get_or_create", "update_or_create", model}
            if (given and is_write) or fields:
                lines.append(node.lineno)
    return sorted(lines)


def _annotated(tree: ast.AST) -> Iterator[tuple[ast.AST, dict[str, str]]]:
    """Every node with the classes that annotate the parameters of the function around it."""
    inside: dict[ast.AST, dict[str, str]] = {}
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            every = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
            classes = {arg.arg: arg.annotation.id for arg in every if isinstance(arg.annotation, ast.Name)}
            for node in ast.walk(function):
                inside[node] = inside.get(node, {}) | classes
    return ((node, inside.get(node, {})) for node in ast.walk(tree))


def _is_of_another(model: str, receiver: ast.expr, annotated: dict[str, str]) -> bool:
    while isinstance(receiver, ast.Attribute | ast.Call | ast.Subscript):
        receiver = receiver.func if isinstance(receiver, ast.Call) else receiver.value
    name = receiver.id if isinstance(receiver, ast.Name) else ""
    known = annotated.get(name, name if name[:1].isupper() else "Any")
    return known not in (model, "Any")


def _parts(target: ast.expr) -> list[ast.expr]:
    return (
        [part for each in target.elts for part in _parts(each)] if isinstance(target, ast.Tuple) else [target]
    )


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""


OWNED = {
    "the state of an assignment": (
        "Assignment",
        {"state"},
        {"labelhub/reading/services/assignments.py"},
    ),
    "the state and the letters of an adjudication": (
        "Adjudication",
        {"state", "letters", "adjudicator", "decided_at"},
        {"labelhub/consensus/services/adjudications.py"},
    ),
    "the slots of a case": (
        "CaseRound",
        {
            "n_needed",
            "n_extra",
            "n_open",
            "n_submitted",
            "begun_seq",
            "closed_at",
            "settled_schema",
            "settled_protocol",
        },
        {"labelhub/reading/services/case_rounds.py"},
    ),
    "the row by which a case is listed": (
        "CaseRound",
        {"listed_in", "is_flagged", "n_discordant", "newest_read_at"},
        {"labelhub/reading/services/listed_rows.py", "labelhub/reading/services/case_rounds.py"},
    ),
    "the state and the attempt of a job": ("Job", {"state", "attempt"}, {"labelhub/core/jobs.py"}),
}


@pytest.mark.parametrize("what", OWNED)
def test_nobody_else_writes_the_columns(what: str) -> None:
    model, columns, owners = OWNED[what]
    found = [
        f"{path}:{line}"
        for file in sorted((ROOT / "labelhub").rglob("*.py"))
        if "migrations" not in file.parts and (path := file.relative_to(ROOT).as_posix()) not in owners
        for line in writes(file.read_text(encoding="utf-8"), model, columns)
    ]
    assert found == []


PLANTED = (
    "row.state = 1",
    "row.state, row.x = 1, 2",
    "Assignment.objects.filter(id=1).update(state=1)",
    "Assignment.objects.create(state=1)",
    "Assignment(state=1)",
    "row.save(update_fields=['state'])",
    "def f(row: Assignment): row.state = 1",
    "def f(row: Any): row.state = 1",
    "def f(row: QuerySet[Assignment]): row.update(state=1)",
)
INNOCENT = (
    "Assignment.objects.filter(state=1)",
    "x = row.state",
    "row.update(lease=1)",
    "def f(row: Job): row.state = 1",
    "Job.objects.filter(id=1).update(state=1)",
)


@pytest.mark.parametrize("line", PLANTED)
def test_a_planted_write_is_found(line: str) -> None:
    assert writes(f"from m import Assignment\n{line}", "Assignment", {"state"}) == [2]


@pytest.mark.parametrize("line", INNOCENT)
def test_an_innocent_neighbour_is_left_alone(line: str) -> None:
    assert writes(f"from m import Assignment\n{line}", "Assignment", {"state"}) == []
