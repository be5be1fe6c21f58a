"""What a reader of a bench does over HTTP: claim a case, answer 14 findings, submit."""

from __future__ import annotations

import random
from typing import Any

from tests.bench.browser import Browser, new_id


class Labels:
    """Makes labels as one reader, with or without a draft save."""

    def __init__(self, at: Browser, findings: list[str], seed: int) -> None:
        self.at, self.findings = at, findings
        self.draw = random.Random(seed)

    def saved(self) -> None:
        self._label(save=True)

    def plain(self) -> None:
        self._label(save=False)

    def body(self) -> dict[str, Any]:
        """14 answers, a tenth of them present: two readers differ somewhere in most cases."""
        answers = {
            code: {"value": "present" if self.draw.random() < 0.1 else "absent", "by_rest": False}
            for code in self.findings
        }
        document = {"answers": answers, "annotations": [], "comment": "", "not_readable": False}
        return {"client_uuid": new_id(), "document": document, "active_ms": 9000, "display_state": {}}

    def _label(self, *, save: bool) -> None:
        headers = {"Idempotency-Key": new_id()}
        claimed = answered(
            self.at, "POST", "projects/bench/worklist/next/", {"ahead": False}, "claim", headers
        )
        path, body = f"assignments/{claimed['assignment']['id']}/", self.body()
        if save:
            draft = {"document": body["document"]}
            answered(self.at, "PUT", f"{path}draft/", draft, "save", {"If-Match": '"0"'})
        answered(self.at, "POST", f"{path}submit/", body, "submit")


def answered(browser: Browser, method: str, path: str, body: Any, name: str, headers: Any = None) -> Any:
    """The answer's body. Raises RuntimeError for any answer but 200: a bench of refusals measures nothing."""
    answer = browser.call(method, path, body, name=name, headers=headers)
    if answer.status != 200:
        raise RuntimeError(f"{method} {path}: {answer.status} {answer.body}")
    return answer.body


def signed_in(port: int, world: dict[str, Any]) -> list[Labels]:
    """Every reader of `population`'s project, each in a browser of her own."""
    result = []
    for seed, name in enumerate(world["readers"]):
        browser = Browser(port)
        browser.sign_in(name, world["password"])
        result.append(Labels(browser, world["findings"], seed))
    return result
