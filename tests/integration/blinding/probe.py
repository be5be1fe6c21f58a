"""Every route with every method as reader B, each in a transaction that is rolled back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from rest_framework.test import APIClient

from labelhub.accounts.models import User
from tests.factories.reading import document
from tests.factories.routes import METHODS, api_routes
from tests.integration.blinding.worlds import Pinned

# What two identical requests in one world may differ in: a fresh CSRF token, and times that depend on the clock
# and are of B's own making. Fields of JSON bodies by name, then cookies by name.
VOLATILE_FIELDS = ("csrf_token", "lease_until", "submitted_at", "slip_until", "opened_at")
VOLATILE_COOKIES = ("csrftoken", "sessionid")
MASK = "(masked)"
CSRF_TOKEN = re.compile(r'(?<=X-CSRFTOKEN"\] = ")\w{64}')
QUERIES = ("", "?cursor=x", "?ordering=score")
STATIC = ("schema", "docs")  # slow to make, and without filters
FIXED_ID = "5f1c9f3c-5a64-4f0c-9a43-2f1d7a8f0c11"


@dataclass(frozen=True)
class Probe:
    """One request: `name` says the route, the method, the object and the variant."""

    name: str
    method: str
    url: str
    body: Any
    headers: dict[str, str]


@dataclass(frozen=True)
class Seen:
    """All that B can see of an answer."""

    status: int
    headers: tuple[tuple[str, str], ...]
    cookies: tuple[tuple[str, str], ...]
    body: Any


def probes(world: Pinned, theirs: dict[str, Any]) -> Iterator[Probe]:
    """Each route for B's own objects and for the others', each method, plain and with content."""
    own = {f"own {name}": {"assignment_id": row.id} for name, row in world.mine.items()}
    images = {f"own {name}": {"instance_id": row.case.instances.get().id} for name, row in world.mine.items()}
    images["untouched"] = {"instance_id": world.untouched.instances.get().id}
    fixed = {
        **{
            name: FIXED_ID
            for name in ("import_id", "upload_id", "export_id", "invitation_id", "deletion_id", "filter_id")
        },
        "slug": world.project.slug,
        "user_id": world.people.second_reader.id,
        "role": "reader",
        "case_id": world.untouched.id,
        "flag_id": theirs["flag_id"],
        "frame": 1,
        "number": 1,
    }
    for route in api_routes():
        objects = {"others'": theirs}
        if "assignment_id" in route.arguments:
            objects |= own
        if "instance_id" in route.arguments:
            objects = images
        for subject, values in objects.items():
            url = route.url({**fixed, **values})
            for method in METHODS:
                yield from _variants(f"{method} {route.name} of {subject}", method, url, route.name)


def _variants(name: str, method: str, url: str, route: str) -> Iterator[Probe]:
    if method in ("get", "head", "options"):
        for query in QUERIES if method == "get" and route not in STATIC else ("",):
            yield Probe(name + query, method, url + query, None, {})
        return
    yield Probe(f"{name}, empty", method, url, {}, {})
    for number, body in enumerate(_bodies(route)):
        headers = {"idempotency-key": FIXED_ID, "if-match": '"0"'}
        yield Probe(f"{name}, content {number}", method, url, body, headers)
    yield Probe(f"{name}, saved before", method, url, {"document": document()}, {"if-match": '"1"'})


def _bodies(route: str) -> list[Any]:
    whole = {"client_uuid": FIXED_ID, "document": document({"nodule": "uncertain"})}
    return {
        "session": [{"username": "nobody", "password": "wrong"}],
        "invitation": [{"token": "unknown"}],
        "invitation-accept": [{"token": "unknown"}],
        "worklist-next": [{"ahead": True}, {"ahead": False}],
        "assignment-draft": [{"document": document()}, {"document": {"answers": {"cyst": {}}}}],
        "assignment-submit": [whole, {**whole, "document": {"answers": {}}}],
        "assignment-amend": [{**whole, "reason": "slip"}, {**whole, "reason": "seen again"}],
        "assignment-skip": [{"reason": "conflict"}],
        "assignment-flag": [{"client_uuid": FIXED_ID, "kind": "urgent", "text": "look"}],
    }.get(route, [])


def look(world: Pinned, reader: User, asked: list[Probe]) -> dict[str, Seen]:
    """What B sees. Nothing that one request changes reaches the next."""
    client = APIClient(raise_request_exception=False)
    client.force_login(reader)
    cookies = client.cookies.output()
    result = {}
    for probe in asked:
        with transaction.atomic():
            answer = getattr(client, probe.method)(probe.url, probe.body, headers=probe.headers)
            result[probe.name] = _seen(answer)
            transaction.set_rollback(True)
        client.cookies.clear()
        client.cookies.load(cookies.replace("Set-Cookie: ", ""))
    return result


def _seen(answer: Any) -> Seen:
    content = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return Seen(
        status=answer.status_code,
        headers=tuple(sorted(answer.headers.items())),
        cookies=tuple(
            sorted(
                (key, MASK if key in VOLATILE_COOKIES else item.value) for key, item in answer.cookies.items()
            )
        ),
        body=_masked(_parsed(content)),
    )


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content)
    except ValueError:
        return CSRF_TOKEN.sub(MASK, content.decode())


def _masked(value: Any) -> Any:
    """The body with each volatile field that has a value replaced; whether it has one stays visible."""
    if isinstance(value, dict):
        return {
            key: MASK if key in VOLATILE_FIELDS and item is not None else _masked(item)
            for key, item in value.items()
        }
    return [_masked(item) for item in value] if isinstance(value, list) else value


def differences(one: dict[str, Seen], other: dict[str, Seen]) -> list[str]:
    """Names of the requests that were answered differently, with both answers."""
    assert one.keys() == other.keys()
    return [f"{name}\n  {one[name]}\n  {other[name]}" for name in one if one[name] != other[name]]
