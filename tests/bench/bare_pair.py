"""The bare pair: what claim and submit cost where nothing is done but the least that they must do.

Two plain Django views with raw SQL, served by the same server, options, entry point and middleware as LabelHub:
a signed-in session and CSRF; a claim is one SELECT and one UPDATE, a submit one INSERT of 14 rows, each with one
audit row. The label loop divides LabelHub's CPU by this one's. `tests.bench.bare_check` asserts the statements.
"""

from __future__ import annotations

import json

from django.core.exceptions import PermissionDenied
from django.db import connection, transaction
from django.http import HttpRequest, JsonResponse
from django.urls import path

from labelhub.accounts.models import User

SELECT = (
    "SELECT id FROM bare_case WHERE reader IS NULL ORDER BY position LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED"
)
UPDATE = "UPDATE bare_case SET reader = %s, state = 'open' WHERE id = %s"
INSERT = "INSERT INTO bare_answer (read, finding, value, by_rest) VALUES "
AUDIT = "INSERT INTO bare_audit (at, reader, action, object) VALUES (now(), %s, %s, %s)"


def ready(request: HttpRequest) -> JsonResponse:
    return JsonResponse({})


def claim(request: HttpRequest) -> JsonResponse:
    reader = signed_in(request)
    json.loads(request.body)
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(SELECT)
        (case,) = cursor.fetchone()
        cursor.execute(UPDATE, [reader, case])
        cursor.execute(AUDIT, [reader, "claimed", case])
    return JsonResponse({"assignment": {"id": str(case), "state": "open"}, "message": ""})


def submit(request: HttpRequest) -> JsonResponse:
    reader = signed_in(request)
    body = json.loads(request.body)
    read, answers = body["client_uuid"], body["document"]["answers"]
    rows = [(read, code, answer["value"], answer["by_rest"]) for code, answer in answers.items()]
    with transaction.atomic(), connection.cursor() as cursor:
        values = ", ".join(["(%s, %s, %s, %s)"] * len(rows))
        cursor.execute(INSERT + values, [value for row in rows for value in row])
        cursor.execute(AUDIT, [reader, "submitted", read])
    return JsonResponse({"read": {"id": read, "version": 1}, "late": False})


def signed_in(request: HttpRequest) -> str:
    """Who asks, as any view behind a sign-in must know it."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return str(request.user.id)


urlpatterns = [
    path("api/v1/session/", ready),
    path("api/v1/bare/claim/", claim),
    path("api/v1/bare/submit/", submit),
]
