"""docs/actions.md: an operation has a page or a reason, and a call of the front end has an operation."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any

import pytest

from tests.unit.launch.running import ROOT

sys.path.append(str(ROOT / ".ci"))  # as when it is run: its data stands beside it
actions = import_module("actions")


def operation(name: str, what: str = "Does it.") -> Any:
    method, path = name.split()
    return actions.Operation(method, path, what, "manager of the project", "projects")


def call(name: str, *pages: str) -> Any:
    method, path = name.split()
    return actions.Call(method, path, "features/x/api/x.ts", pages)


@pytest.mark.parametrize(
    ("called", "answered"),
    [
        ("GET /cases/{}/", True),
        ("POST /cases/{}/", False),
        ("* /cases/{}/", True),
        ("GET /cases/{}/?{}", True),
        ("GET /cases/{}/?same_as={}&keep={}", True),
        ("GET /cases/{}/{}", True),  # a query that is there or not
        ("GET /cases/{}/{}/", False),
        ("GET /cases/", False),
        ("GET /cases/7/", False),
        ("GET /people/{}/", False),
        ("GET {}", False),
    ],
)
def test_an_operation_answers_calls_of_its_method_and_path(called: str, answered: bool) -> None:
    assert actions.answers(operation("GET /cases/{case_id}/"), call(called)) is answered


def test_a_value_is_not_taken_for_a_word_of_the_path() -> None:
    called = call("POST /projects/{}/cases/{}/")
    assert actions.answers(operation("POST /projects/{slug}/cases/{number}/"), called)
    assert not actions.answers(operation("POST /projects/{slug}/cases/exclude/"), called)


def test_pages_are_those_of_all_calls_and_every_page_stands_for_each() -> None:
    listed, session = operation("GET /cases/"), operation("GET /session/")
    calls = [call("GET /cases/?{}", "/b"), call("GET /cases/", "/a", "/b"), call("GET /session/", "/a")]
    calls.append(call("GET /session/", "every page", "sign-in"))
    assert actions.pages_of([listed, session], calls) == {
        listed: ["/a", "/b"],
        session: ["every page", "sign-in"],
    }


def faults(operations: list[Any], calls: list[Any], without_page: dict[str, str]) -> list[str]:
    found: list[str] = actions.faults(actions.pages_of(operations, calls), calls, without_page)
    return found


def test_nothing_is_missing_where_each_has_a_page_or_a_reason() -> None:
    operations = [operation("GET /cases/"), operation("GET /frames/{frame}")]
    assert faults(operations, [call("GET /cases/", "/a")], {"GET /frames/{frame}": "For scripts."}) == []


@pytest.mark.parametrize(
    ("planted", "said"),
    [
        (([operation("GET /cases/")], [], {}), "GET /cases/ is done on no page"),
        (([operation("GET /cases/")], [call("GET /cases/")], {}), "GET /cases/ is done on no page"),
        (
            ([operation("GET /cases/")], [call("GET /cases/", "/a")], {"GET /cases/": "For scripts."}),
            "GET /cases/ is done on /a: take it out",
        ),
        (([], [call("PUT /cases/{}/", "/a")], {}), "features/x/api/x.ts calls PUT /cases/{}/"),
        (([], [], {"GET /gone/": "For scripts."}), "GET /gone/ is no operation"),
        (([operation("GET /cases/", "")], [call("GET /cases/", "/a")], {}), "does not say what it does"),
    ],
)
def test_what_is_missing_is_told(planted: Any, said: str) -> None:
    (told,) = faults(*planted)
    assert said in told


def test_the_table_says_what_who_where_and_why() -> None:
    schema = {
        "paths": {
            "/api/v1/cases/": {
                "get": {"description": "The cases. By number.", "x-policy": "manager", "tags": ["cases"]},
                "delete": {"description": "Gone\nfor good", "x-policy": "nobody", "tags": ["cases"]},
            }
        }
    }
    listed, deleted = actions.operations_of(schema)
    written = actions.table({listed: ["/a", "sign-in"], deleted: []}, {"DELETE /cases/": "For scripts."})
    assert "| `GET /cases/` | The cases. | manager | `/a`, sign-in |" in written
    assert "| `DELETE /cases/` | Gone for good. | nobody | For scripts. |" in written
    assert "| `/a` | `GET /cases/` |" in written


def test_a_table_that_is_not_current_fails(
    tmp_path: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "docs").mkdir()
    schema = '{"paths": {"/api/v1/a/": {"get": {"description": "A.", "x-policy": "b", "tags": ["a"]}}}}'
    (tmp_path / "docs" / "openapi.json").write_text(schema)
    monkeypatch.setattr(actions, "ROOT", tmp_path)
    monkeypatch.setattr(actions, "TABLE", tmp_path / "docs" / "actions.md")
    monkeypatch.setattr(actions, "WITHOUT_PAGE", {})
    monkeypatch.setattr(actions, "calls_of_front_end", lambda: [call("GET /a/", "/a")])
    assert actions.main(["--check"]) == 1
    assert "docs/actions.md is not current. Run: python .ci/actions.py" in capsys.readouterr().err
    assert actions.main([]) == 0
    assert actions.main(["--check"]) == 0
    monkeypatch.setattr(actions, "calls_of_front_end", lambda: [call("GET /a/", "/b")])
    assert actions.main(["--check"]) == 1
