"""Answers that come late, or never: what a slow or lost server is to a page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, Request, Route

LOST = r"net::ERR_FAILED"


@contextmanager
def answers_held(page: Page, pattern: str) -> Iterator[list[Route]]:
    """Requests of this kind wait for whoever takes them from the list; later ones go through."""
    held: list[Route] = []
    # Playwright cannot take a built-in method as a handler.
    page.route(pattern, lambda route: held.append(route))
    yield held
    page.unroute(pattern)


def let_through(page: Page, route: Route) -> None:
    """Send the request on and wait until the page has its answer."""
    with page.expect_event("requestfinished", lambda request: request == route.request):
        route.continue_()


def refuse(page: Page, route: Route, status: int, code: str, message: str) -> None:
    with page.expect_event("requestfinished", lambda request: request == route.request):
        route.fulfill(status=status, json={"code": code, "message": message, "details": None})


def lose_the_answer(route: Route) -> None:
    """The server has it, and the page does not know."""
    route.fetch()
    route.abort()


def requests_of(page: Page, method: str, ending: str) -> list[Request]:
    """Those that are made from now on."""
    made: list[Request] = []

    def note(request: Request) -> None:
        if request.method == method and request.url.endswith(ending):
            made.append(request)

    page.on("request", note)
    return made
