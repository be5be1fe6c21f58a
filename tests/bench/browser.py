"""A reader's browser as far as the server can tell: one connection, a session cookie, CSRF, JSON."""

from __future__ import annotations

import http.client
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any


class Unanswered(Exception):
    """The connection broke before an answer came: the request may or may not have been carried out."""


@dataclass
class Answer:
    status: int
    body: Any


@dataclass
class Browser:
    port: int
    cookies: dict[str, str] = field(default_factory=dict)
    timings: dict[str, list[float]] = field(default_factory=dict)
    _connection: http.client.HTTPConnection | None = None

    def sign_in(self, username: str, password: str) -> None:
        self.call("GET", "session/")
        answer = self.call("POST", "session/", {"username": username, "password": password})
        if answer.status != 200:
            raise RuntimeError(f"{username} could not sign in: {answer.status} {answer.body}")

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        name: str = "",
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """One request. `name` files its latency. Raises Unanswered when the server goes away."""
        started = time.perf_counter()
        try:
            answer = self._exchange(method, f"/api/v1/{path}", body, headers or {})
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise Unanswered(str(error)) from error
        if name:
            self.timings.setdefault(name, []).append(time.perf_counter() - started)
        return answer

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _exchange(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        sent = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), **headers}
        if method not in ("GET", "HEAD"):
            sent["X-CSRFToken"] = self.cookies.get("csrftoken", "")
            sent["Content-Type"] = "application/json"
        self._connection.request(method, path, None if body is None else json.dumps(body), sent)
        reply = self._connection.getresponse()
        content = reply.read()
        for cookie in reply.headers.get_all("Set-Cookie") or []:
            key, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[key] = value
        return Answer(reply.status, json.loads(content) if content else None)


def new_id() -> str:
    return str(uuid.uuid4())
