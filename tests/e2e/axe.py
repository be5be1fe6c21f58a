"""The accessibility rules of axe-core on a page as it stands."""

from __future__ import annotations

from functools import cache
from typing import Any

from playwright.sync_api import Page

from tests.e2e.running import ROOT

SCRIPT = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"


@cache
def _source() -> str:
    return SCRIPT.read_text()


def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, with the elements that break it."""
    # Evaluated through the debugger, which the page's policy for scripts does not bind.
    page.evaluate(_source())
    found: list[dict[str, Any]] = page.evaluate(
        "axe.run(document, {resultTypes: ['violations']}).then((result) => result.violations)"
    )
    return [
        f"{page.url}: {rule['id']} ({rule['help']}): {node['html'][:160]}"
        for rule in found
        for node in rule["nodes"]
    ]
