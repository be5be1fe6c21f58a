"""One error shape for everything: {code, message, details}."""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import Http404, HttpRequest, JsonResponse
from rest_framework import exceptions
from rest_framework.response import Response

from labelhub.core.errors import LabelHubError

logger = logging.getLogger(__name__)

_CODES = {
    exceptions.NotAuthenticated: ("not_signed_in", "Sign in and try again."),
    exceptions.AuthenticationFailed: ("not_signed_in", None),
    exceptions.PermissionDenied: ("not_allowed", None),
    exceptions.NotFound: ("not_found", "There is nothing here that you may see."),
    exceptions.MethodNotAllowed: ("method_not_allowed", None),
    exceptions.UnsupportedMediaType: ("unsupported_media_type", None),
    exceptions.NotAcceptable: ("not_acceptable", None),
    exceptions.Throttled: ("too_many_requests", None),
    exceptions.ParseError: ("malformed", None),
    exceptions.ValidationError: ("malformed", "Some fields are not right: see details."),
}


def exception_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Shape our errors, DRF's and Django's alike. Anything else becomes a logged 500 without internals."""
    if isinstance(error, LabelHubError):
        return _answer(error.status, error.code, error.message, error.details)
    if isinstance(error, Http404 | ObjectDoesNotExist):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if not isinstance(error, exceptions.APIException):
        return None
    code, message = _CODES.get(type(error), ("error", None))
    details = error.detail if isinstance(error, exceptions.ValidationError) else {}
    response = _answer(error.status_code, code, message or str(error.detail), details)
    if wait := getattr(error, "wait", None):
        response["Retry-After"] = str(int(wait) + 1)
    if getattr(error, "auth_header", None):
        response["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    return response


def _answer(status: int, code: str, message: str, details: Any) -> Response:
    return Response({"code": code, "message": message, "details": details}, status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> JsonResponse:
    return JsonResponse(
        {"code": "csrf_failed", "message": "Reload the page and try again.", "details": {}}, status=403
    )


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    return JsonResponse(
        {"code": "not_found", "message": "There is nothing here that you may see.", "details": {}}, status=404
    )


def server_error(request: HttpRequest) -> JsonResponse:
    return JsonResponse(
        {
            "code": "internal",
            "message": "Something went wrong on the server. Nothing you saved is lost; try again.",
            "details": {},
        },
        status=500,
    )
