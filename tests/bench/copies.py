"""Copies of a project's cases, made by PostgreSQL itself: a million of them in minutes.

`population` makes the first cases through the models; each copy of theirs is a row of its own in every table, with
its own keys. An id of copy k is md5(id of the first | k), so that rows of one copy find each other.
"""

from __future__ import annotations

from django.db import connection, models, transaction

from labelhub.imaging.models import Case, CaseVersion, Instance, Patient, Series, Study
from labelhub.reading.models import CaseRound

COPIED: tuple[type[models.Model], ...] = (Patient, Study, Series, Case, Instance, CaseVersion, CaseRound)
TOKEN = "md5({0}::text || k.k) || md5(k.k || {0}::text)"
# 60 bits of the hash: the same number for a case and for its row of the round.
KEY = "('x' || left(md5({0}::text || k.k), 15))::bit(60)::bigint"
MANIFEST = (
    "jsonb_build_array(jsonb_build_object('instance', md5((t.manifest->0->>'instance') || k.k)::uuid,"
    " 'series', md5((t.manifest->0->>'series') || k.k)::uuid))"
)
OWN: dict[type[models.Model], dict[str, str]] = {
    Patient: {"pseudonym": TOKEN.format("t.pseudonym"), "split_key": TOKEN.format("t.pseudonym")},
    Study: {"source_hash": TOKEN.format("t.source_hash")},
    Series: {"source_hash": TOKEN.format("t.source_hash")},
    Case: {"number": "t.number + k.k * {chunk}", "random_key": KEY.format("t.id")},
    Instance: {
        "source_hash": TOKEN.format("t.source_hash"),
        "content_sha256": TOKEN.format("t.content_sha256"),
        "storage_prefix": "'instances/' || md5(t.id::text || k.k)",
    },
    CaseVersion: {"manifest": MANIFEST, "sha256": TOKEN.format("t.sha256")},
    CaseRound: {"order_key": KEY.format("t.case_id"), "case_number": "t.case_number + k.k * {chunk}"},
}


def copy_cases(*, chunk: int, total: int) -> None:
    """Copy the `chunk` cases of the database until there are `total`, a multiple of `chunk`."""
    n_copies = total // chunk - 1
    if n_copies * chunk + chunk != total:
        raise ValueError(f"{total} is no multiple of {chunk}.")
    with transaction.atomic(), connection.cursor() as cursor:
        # Without triggers: each copy refers to its own copies, which come in the tables' order or later.
        cursor.execute("SET LOCAL session_replication_role = replica")
        for model in COPIED:
            cursor.execute(_statement(model, chunk), [n_copies])


def _statement(model: type[models.Model], chunk: int) -> str:
    fields = [field for field in model._meta.concrete_fields if not field.generated]
    columns = ", ".join(connection.ops.quote_name(field.column) for field in fields)
    values = ", ".join(_value(model, field, chunk) for field in fields)
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} t, generate_series(1, %s) k(k)"


def _value(model: type[models.Model], field: models.Field, chunk: int) -> str:
    own = OWN[model].get(field.name)
    if own:
        return own.replace("{chunk}", str(chunk))
    column = f"t.{connection.ops.quote_name(field.column)}"
    is_copied = field.primary_key or field.related_model in COPIED
    return f"md5({column}::text || k.k)::uuid" if is_copied else column
