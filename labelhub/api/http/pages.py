"""The single page: the built index.html for every path that is not the API or a static file."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe


@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """Public: the page holds no data, only the program that asks the API.

    It is read anew each time: it names the files of one build, and a front end may be built under a running server.
    """
    try:
        page = (settings.FRONTEND_DIST / "index.html").read_bytes()
    except FileNotFoundError:
        return HttpResponse(
            "The pages are not built. Run: make setup, then start LabelHub again.\n",
            status=503,
            content_type="text/plain",
        )
    return HttpResponse(page, headers={"Cache-Control": "no-cache"})
