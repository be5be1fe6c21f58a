"""The single page: the built index.html for every path that is not the API or a static file."""

from __future__ import annotations

from functools import lru_cache

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@lru_cache(maxsize=1)
def _index_html() -> bytes:
    return (settings.FRONTEND_DIST / "index.html").read_bytes()


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Public: the page holds no data, only the program that asks the API."""
    try:
        return HttpResponse(_index_html(), headers={"Cache-Control": "no-cache"})
    except FileNotFoundError:
        return HttpResponse(
            "The pages are not built. Run: make setup\n", status=503, content_type="text/plain"
        )
