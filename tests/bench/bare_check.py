"""`python -m tests.bench.bare_check`, in LabelHub's environment: the bare pair does what it says, and no more.

Makes its tables, runs both calls in-process, and fails where a call makes other statements than the lists say.
Prints how many each call makes.
"""

from __future__ import annotations

import json
import os
import uuid
from typing import Any

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.bare_settings"
django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

from labelhub.accounts.models import User  # noqa: E402
from tests.bench.bare_pair import AUDIT, INSERT, SELECT, UPDATE  # noqa: E402
from tests.bench.population import findings  # noqa: E402

N_CASES = 50_000
TABLES = """
CREATE TABLE bare_case (id uuid PRIMARY KEY, position integer NOT NULL, reader text, state text NOT NULL);
CREATE INDEX bare_case_open ON bare_case (position) WHERE reader IS NULL;
CREATE TABLE bare_answer (
  id bigserial PRIMARY KEY, read uuid NOT NULL, finding text NOT NULL, value text NOT NULL, by_rest boolean NOT NULL
);
CREATE UNIQUE INDEX bare_answer_once ON bare_answer (read, finding);
CREATE TABLE bare_audit (
  id bigserial PRIMARY KEY, at timestamptz NOT NULL, reader text NOT NULL, action text NOT NULL, object uuid NOT NULL
);
"""
FILL = "INSERT INTO bare_case SELECT gen_random_uuid(), n, NULL, 'waiting' FROM generate_series(1, %s) n"
# A signed-in session is two rows: Django's session and the person.
SESSION = ('SELECT "django_session"', 'SELECT "accounts_user"')
# How each statement of a call begins, in order.
CLAIM = (*SESSION, SELECT, UPDATE, AUDIT)
SUBMIT = (*SESSION, INSERT, AUDIT)


def main() -> None:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(FILL, [N_CASES])
        cursor.execute("ANALYZE bare_case")
    answers = {code: {"value": "absent", "by_rest": False} for code in findings()}
    read = {"client_uuid": str(uuid.uuid4()), "document": {"answers": answers}}
    calls = {"claim": statements("claim", {"ahead": False}), "submit": statements("submit", read)}
    for name, expected in (("claim", CLAIM), ("submit", SUBMIT)):
        made = calls[name]
        if len(made) != len(expected) or not all(map(str.startswith, made, expected)):
            raise SystemExit(f"The bare {name} makes other statements than its list says: {made}")
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM bare_answer")
        if cursor.fetchone() != (len(answers),):
            raise SystemExit("The bare submit does not write one row an answer.")
    n_statements = {name: len(made) for name, made in calls.items()}
    print(json.dumps({"statements": n_statements, "sessions": sessions()}))


def sessions() -> dict[str, str]:
    """A signed-in session for each reader, by her name."""
    keys = {}
    for user in User.objects.filter(username__startswith="reader"):
        client = Client()
        client.force_login(user)
        keys[user.username] = client.cookies["sessionid"].value
    return keys


def statements(name: str, body: dict[str, Any]) -> list[str]:
    """The statements that a call of a signed-in person makes."""
    client, made = Client(headers={"host": "127.0.0.1"}), []

    def note(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        made.append(sql)
        return execute(sql, params, many, context)

    client.force_login(User.objects.order_by("username")[0])
    with connection.execute_wrapper(note):
        answer = client.post(f"/api/v1/bare/{name}/", body, content_type="application/json")
    if answer.status_code != 200:
        raise SystemExit(f"The bare {name} answers {answer.status_code}.")
    return made


if __name__ == "__main__":
    main()
