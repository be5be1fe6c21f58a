"""Queries that the ORM writes once: the paths that a reader waits for run them again and again with other values.

Building and compiling a queryset costs the server several times the processor time of sending it. `Prepared` compiles
one on first use, with a `Place` wherever a value will stand, and afterwards only fills in values. The query stays a
queryset in the code that uses it; rows come back as its model, with what was selected beside it.

    OWN = Prepared(lambda reader: Assignment.objects.filter(reader_id=reader), reader=UUIDField())
    OWN.first(reader=user.id)

`PreparedUpdate` is the same for an UPDATE, `PreparedInsert` for a row.

The shape must not depend on values: no lists of varying length, no None where a comparison stands. A pooler between
LabelHub and PostgreSQL has to keep a session for each connection.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any
from weakref import WeakSet

from django.db import connection, transaction
from django.db.models import AutoField, Expression, Field, Model, QuerySet
from django.db.models.query import get_related_populators
from django.db.models.sql import UpdateQuery

from labelhub.core.postgres.plans import planned


class Place(Expression):
    """Where a value will stand. Compiled, it is its own parameter."""

    def __init__(self, name: str, field: Field[Any, Any]) -> None:
        super().__init__(output_field=field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]


@dataclass(frozen=True)
class _Compiled:
    sql: str
    parameters: tuple[Any, ...]
    compiler: Any
    converters: Any


class _Statement:
    """Compiled on first use, once for each kind of database. Every statement of the process is known to `ALL`."""

    def __init__(self) -> None:
        self._compiled: dict[str, _Compiled] = {}
        ALL.add(self)

    def compiled(self) -> _Compiled:
        found = self._compiled.get(connection.vendor)
        if found is None:
            found = self._compile()
            if connection.vendor == "postgresql":
                found = _numbered(found)
            self._compiled[connection.vendor] = found
        return found

    def _compile(self) -> _Compiled:
        raise NotImplementedError


ALL: WeakSet[_Statement] = WeakSet()


class Prepared(_Statement):
    """A queryset of model instances with places for values. `build` gets one `Place` for each name of `fields`."""

    def __init__(self, build: Callable[..., QuerySet[Any]], **fields: Field[Any, Any]) -> None:
        super().__init__()
        self._build = build
        self._places = {name: Place(name, field) for name, field in fields.items()}

    def all(self, **values: Any) -> list[Any]:
        """The rows, in the queryset's order."""
        compiled = self.compiled()
        return _instances(compiled.compiler, _rows(compiled, values))

    def tuples(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows of a `values_list` queryset, which may be a union."""
        return [tuple(row) for row in _rows(self.compiled(), values)]

    def first(self, **values: Any) -> Any:
        """The first row or None; the queryset itself says how many are asked for."""
        rows = self.all(**values)
        return rows[0] if rows else None

    def _compile(self) -> _Compiled:
        compiler = self._build(**self._places).query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        converters = compiler.get_converters(chain(each[0] for each in compiler.select))
        return _Compiled(sql, tuple(parameters), compiler, converters)


class PreparedUpdate(_Statement):
    """An UPDATE with places for values. `build` gives the rows and, by column, what they become."""

    def __init__(
        self, build: Callable[..., tuple[QuerySet[Any], dict[str, Any]]], **fields: Field[Any, Any]
    ) -> None:
        super().__init__()
        self._build = build
        self._places = {name: Place(name, field) for name, field in fields.items()}

    def run(self, **values: Any) -> int:
        """How many rows were changed."""
        compiled = self.compiled()
        with connection.cursor() as cursor:
            _execute(cursor, compiled, values)
            changed: int = cursor.rowcount
        return changed

    def _compile(self) -> _Compiled:
        rows, become = self._build(**self._places)
        query: Any = rows.query.chain(UpdateQuery)
        query.add_update_values(become)
        compiler = query.get_compiler(connection=connection)
        sql, parameters = compiler.as_sql()
        return _Compiled(sql, tuple(parameters), compiler, None)


class PreparedInsert(_Statement):
    """An INSERT of one row of a model, whose key the database does not have to tell.

    `looked_up`: by column, a queryset of the one value that the database looks up as it inserts; it gets the `Place`s
    of the row's other columns by their names.
    """

    def __init__(
        self, model: type[Model], **looked_up: Callable[[dict[str, Place]], QuerySet[Any, Any]]
    ) -> None:
        super().__init__()
        self._model = model
        self._looked_up = looked_up

    def run(self, row: Model) -> None:
        """Insert the row as it stands; what is looked up is set. Raises IntegrityError as `save` does."""
        compiled = self.compiled()
        places = [each for each in compiled.parameters if isinstance(each, Place)]
        values = {place.name: place.output_field.pre_save(row, True) for place in places}
        with connection.cursor() as cursor:
            _execute(cursor, compiled, values)
            found = cursor.fetchone() if self._looked_up else ()
        for name, value in zip(self._looked_up, found, strict=True):
            setattr(row, name, self._field(name).to_python(value))
        row._state.adding, row._state.db = False, connection.alias

    def _compile(self) -> _Compiled:
        fields = [field for field in self._model._meta.concrete_fields if not isinstance(field, AutoField)]
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(field.column)) for field in fields)
        places = {field.attname: Place(field.attname, field) for field in fields}
        values: list[str] = []
        parameters: list[Any] = []
        for name, place in places.items():
            value, of_value = self._look_up(name, places) if name in self._looked_up else ("%s", [place])
            values.append(value)
            parameters += of_value
        table = quote(self._model._meta.db_table)
        sql = f"INSERT INTO {table} ({columns}) VALUES ({', '.join(values)})"  # noqa: S608  (the model's own names)
        if self._looked_up:
            sql += " RETURNING " + ", ".join(quote(str(self._field(name).column)) for name in self._looked_up)
        return _Compiled(sql, tuple(parameters), None, None)

    def _look_up(self, name: str, places: dict[str, Place]) -> tuple[str, list[Any]]:
        sql, parameters = self._looked_up[name](places).query.get_compiler(connection=connection).as_sql()
        return f"({sql})", list(parameters)

    def _field(self, name: str) -> Any:
        return next(field for field in self._model._meta.concrete_fields if field.attname == name)


def prepare_all() -> None:
    """Compile every statement known, and have PostgreSQL plan it on this thread's connection.

    Raises DatabaseError where the database is away or not migrated.
    """
    is_postgres = connection.vendor == "postgresql"
    for statement in list(ALL):
        # PostgreSQL's compiler wants a transaction where rows are locked; one for each statement, so that no lock on a
        # table is kept while the next is waited for. On SQLite it would wait for the writer.
        with transaction.atomic() if is_postgres else nullcontext(), connection.cursor() as cursor:
            compiled = statement.compiled()
            if is_postgres:
                n = len(compiled.parameters)
                cursor.execute(f"EXPLAIN {planned(cursor, compiled.sql, n)}", [None] * n)


def attach(rows: Iterable[Model], name: str, related: Iterable[Model], *, by: str) -> None:
    """Give each row its `related` rows as `prefetch_related(name)` does; `by`: their column with the row's key."""
    of_row: dict[Any, list[Model]] = defaultdict(list)
    for each in related:
        of_row[getattr(each, by)].append(each)
    for row in rows:
        known = getattr(row, name).get_queryset()
        known._result_cache, known._prefetch_done = of_row[row.pk], True
        cache = row.__dict__.setdefault("_prefetched_objects_cache", {})
        cache[name] = known


def _rows(compiled: _Compiled, values: dict[str, Any]) -> Iterable[Any]:
    with connection.cursor() as cursor:
        _execute(cursor, compiled, values)
        rows: Iterable[Any] = cursor.fetchall()
    return compiled.compiler.apply_converters(rows, compiled.converters) if compiled.converters else rows


def _execute(cursor: Any, compiled: _Compiled, values: dict[str, Any]) -> None:
    parameters = [
        _prepared(each, values[each.name]) if isinstance(each, Place) else each
        for each in compiled.parameters
    ]
    is_postgres = connection.vendor == "postgresql"
    sql = planned(cursor, compiled.sql, len(parameters)) if is_postgres else compiled.sql
    cursor.execute(sql, parameters)


def _numbered(compiled: _Compiled) -> _Compiled:
    """The statement for PREPARE: its places numbered, and its constants in its text.

    A plan for any value may use the index of the rows of one state only where the state is no parameter.
    """
    parts = compiled.sql.split("%s")
    text, places = [parts[0]], []
    with connection.cursor() as cursor:
        for each, part in zip(compiled.parameters, parts[1:], strict=True):
            if isinstance(each, Place):
                places.append(each)
                text += [f"${len(places)}", part]
            else:
                literal: bytes = cursor.cursor.mogrify("%s", [each])
                text += [literal.decode().replace("%", "%%"), part]
    return replace(compiled, sql="".join(text), parameters=tuple(places))


def _prepared(place: Place, value: Any) -> Any:
    """As `save` and `update` prepare a value: None is NULL also for JSON, and a row stands for its key."""
    if isinstance(value, Model):
        value = value.pk
    if value is None:
        return None
    return place.output_field.get_db_prep_value(value, connection, prepared=False)


def _instances(compiler: Any, rows: Any) -> list[Any]:
    """Model instances with related objects and annotations, as Django's ModelIterable makes them."""
    select, info = compiler.select, compiler.klass_info
    first, last = info["select_fields"][0], info["select_fields"][-1] + 1
    names = [column[0].target.attname for column in select[first:last]]
    populators = get_related_populators(info, select, connection.alias)  # type: ignore[call-arg]
    result = []
    for row in rows:
        instance = info["model"].from_db(connection.alias, names, row[first:last])
        for populator in populators:
            populator.populate(row, instance)
        for name, position in compiler.annotation_col_map.items():
            setattr(instance, name, row[position])
        result.append(instance)
    return result
