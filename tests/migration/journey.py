"""What people of a project see, and how they go on: through the API only, so that it runs before and after a migration.

`python -m tests.migration.journey`, in the environment of a database, prints `{"seen", "exports", "went_on"}` as JSON.
Going on changes the database. Ids are those in the database; what is made anew is told by its case.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

SLUG = "phantom"
MANAGER, ADJUDICATOR = "manager", "adjudicator"
READERS = ("reader-a", "reader-b", "reader-c", "reader-d")
EXPORTS = ("reads", "consensus", "adjudications")
HOST = "127.0.0.1"


class Person:
    """A signed-in person's requests; each answer is (status, JSON)."""

    def __init__(self, name: str) -> None:
        from django.test import Client

        from labelhub.accounts.models import User

        self.client = Client(headers={"host": HOST})
        self.client.force_login(User.objects.get(username=name))

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        content = "" if body is None else json.dumps(body)
        answer = self.client.generic(
            method, f"/api/v1/{path}", content, "application/json", headers={"host": HOST, **headers}
        )
        return answer.status_code, json.loads(answer.content) if answer.content else None

    def export(self, what: str, format: str) -> str:
        answer = self.client.post(
            f"/api/v1/projects/{SLUG}/exports/", {"what": what, "format": format}, "application/json"
        )
        assert answer.status_code == 200, answer.content
        return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


def exports() -> dict[str, str]:
    manager = Person(MANAGER)
    return {f"{what}.{kind}": manager.export(what, kind) for what in EXPORTS for kind in ("csv", "json")}


def seen() -> dict[str, Any]:
    """Each reader's list and the cases she holds; the adjudicator's list and claimed case; the ranking in force."""
    readers = {name: _reader_sees(Person(name)) for name in READERS}
    return {**readers, ADJUDICATOR: _adjudicator_sees(), "ranking": _ranking()}


def _ranking() -> list[list[Any]]:
    _, page = Person(MANAGER)("GET", f"projects/{SLUG}/ranking/")
    head = [page["ranking"]["id"], page["ranking"]["model_number"]]
    return [head, *([row["case"], row["why"], row["score"], row["is_open"]] for row in page["results"])]


def _reader_sees(reader: Person) -> dict[str, Any]:
    _, worklist = reader("GET", f"projects/{SLUG}/worklist/")
    held = [row["id"] for row in (*worklist["open"], *worklist["returned"])]
    return {
        "open": [[row["id"], row["state"]] for row in worklist["open"]],
        "returned": [[row["id"], row["note"]] for row in worklist["returned"]],
        "submitted": [[row["id"], row["version"]] for row in worklist["submitted"]],
        "held": {pk: _case_as_left(reader, pk) for pk in held},
    }


def _case_as_left(reader: Person, pk: str) -> dict[str, Any]:
    _, view = reader("GET", f"assignments/{pk}/")
    asked = [finding["code"] for finding in view["schema"]["findings"]]
    return {"version": view["draft"]["version"], "document": view["draft"]["document"], "asked": asked}


def _adjudicator_sees() -> dict[str, Any]:
    adjudicator = Person(ADJUDICATOR)
    _, listed = adjudicator("GET", f"projects/{SLUG}/adjudications/")
    states = {row["id"]: row["state"] for row in listed["results"]}
    claimed = next(pk for pk, state in states.items() if state == "claimed")
    _, view = adjudicator("GET", f"adjudications/{claimed}/")
    reads = [[read["label"], read["answers"], len(read["annotations"])] for read in view["reads"]]
    findings = [[finding["code"], finding["kind"], finding["values"]] for finding in view["findings"]]
    return {"listed": states, "claimed": claimed, "reads": reads, "findings": findings}


def go_on(before: dict[str, Any]) -> dict[str, Any]:
    """A draft is finished, a question answered, a case decided, and everybody takes what comes next."""
    done: dict[str, Any] = {}
    for name in READERS:
        reader = Person(name)
        done[name] = [_finish(reader, pk, left) for pk, left in before[name]["held"].items()]
        done[name].append(_next(reader))
    done[ADJUDICATOR] = _decide(Person(ADJUDICATOR), before[ADJUDICATOR])
    return done


def _finish(reader: Person, pk: str, left: dict[str, Any]) -> list[Any]:
    opened, _ = reader("POST", f"assignments/{pk}/open/")
    rest = {code: {"value": "absent", "by_rest": False} for code in left["asked"]}
    document = {
        **left["document"],
        "answers": rest | left["document"]["answers"],
        "comment": "finished later",
    }
    version = f'"{left["version"]}"'
    saved, _ = reader("PUT", f"assignments/{pk}/draft/", {"document": document}, **{"If-Match": version})
    body = {"client_uuid": str(uuid.uuid4()), "document": document, "active_ms": 1000, "display_state": {}}
    submitted, answer = reader("POST", f"assignments/{pk}/submit/", body)
    return [pk, opened, saved, submitted, answer["read"]["version"] if submitted == 200 else answer]


def _next(reader: Person) -> str | None:
    """The case that she is offered next."""
    from labelhub.reading.models import Assignment

    key = {"Idempotency-Key": str(uuid.uuid4())}
    _, answer = reader("POST", f"projects/{SLUG}/worklist/next/", {"ahead": False}, **key)
    given = answer["assignment"]
    return str(Assignment.objects.get(id=given["id"]).case_id) if given else None


def _decide(adjudicator: Person, before: dict[str, Any]) -> list[Any]:
    decisions = [
        {"finding": code, "value": "present", "reason": "seen on both", "annotations": []}
        for code, _, _ in before["findings"]
    ]
    body = {"client_uuid": str(uuid.uuid4()), "decisions": decisions}
    decided, answer = adjudicator("POST", f"adjudications/{before['claimed']}/decide/", body)
    _, following = adjudicator("POST", f"projects/{SLUG}/adjudications/next/")
    return [decided, answer.get("state"), following["adjudication"]]


def travel() -> dict[str, Any]:
    before = seen()
    return {"seen": before, "exports": exports(), "went_on": go_on(before)}


if __name__ == "__main__":
    import django

    django.setup()
    print(json.dumps(travel()))
