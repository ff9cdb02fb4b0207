"""What the question "does anything hold this row?" asks of the databases beyond the ORM."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, CharField, Exists, Expression, F, Field, Func, QuerySet, UUIDField
from django.db.models.expressions import RawSQL
from django.db.models.sql.compiler import SQLCompiler

from portal.subjects.models import Subject


class Key(Func):
    """A primary key, or a foreign key, as the text that ``str()`` makes of it in Python."""

    output_field = CharField()

    template = "CAST(%(expressions)s AS text)"

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        """SQLite keeps a UUID as its 32 hexadecimal digits."""
        source = self.get_source_expressions()[0]
        if not isinstance(_end_of(source.output_field), UUIDField):
            return self.as_sql(compiler, connection, **extra)
        column, params = compiler.compile(source)
        pieces = [f"substr({column}, {start}, {length})" for start, length in _PIECES]
        return "(" + " || '-' || ".join(pieces) + ")", [*params] * len(pieces)


_PIECES: Final = ((1, 8), (9, 4), (13, 4), (17, 4), (21, 12))


def _end_of(field: Field[Any, Any]) -> Field[Any, Any]:
    """The field at the end of a foreign key."""
    while field.is_relation:
        field = field.target_field  # type: ignore[attr-defined]  # what a foreign key points at
    return field


def among(people: QuerySet[Any], value: Any) -> Exists:
    """Whether ``value``, an id of a Subject, is among those that ``people`` gives: one column of a queryset.

    As EXISTS and never as NOT IN: the database may then go by its indexes, and an empty value is among nobody.
    """
    return Exists(people.order_by().filter(**{column_of(people): value}))


def column_of(people: QuerySet[Any]) -> str:
    """The one field that a queryset of ids selects; ``pk`` where it selects whole rows."""
    selected = people.query.values_select
    return str(selected[0]) if selected else "pk"


class MergedWith(Expression):
    """Whether the person at ``path`` was merged with one of ``people``: in either direction, over any number of merges.

    Each of ``people`` is a queryset of ids. Goes out from the few merges there are, and not from the people.
    """

    output_field = BooleanField()

    def __init__(self, path: str, people: Sequence[QuerySet[Any]]) -> None:
        super().__init__()
        self.path: Any = F(path)
        self.people = list(people)

    @property
    def identity(self) -> tuple[Any, ...]:
        """Like itself alone: to compare the querysets would be to run them."""
        return (type(self), id(self))

    def get_source_expressions(self) -> list[Any]:
        return [self.path]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.path,) = exprs

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = compiler.compile(self.path)
        kin, values = self._kin(connection)
        # A row without a person is nobody's: NULL IN (...) would say "unknown", and hold it.
        return f"COALESCE({column} IN ({kin}), FALSE)", (*params, *values)

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        """As EXISTS, which becomes a join. PostgreSQL takes IN for a filter that half of all rows pass, and to apply
        it early reads the whole table of people for a batch of a few."""
        column, params = compiler.compile(self.path)
        kin, values = self._kin(connection)
        sql = f"EXISTS (SELECT 1 FROM ({kin}) AS kin WHERE kin.id = {column})"  # noqa: S608  # the ORM's own SQL
        return sql, (*values, *params)

    def _kin(self, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        """The query for everybody merged with one of the people."""
        starts, values = [], []
        for people in self.people:
            neighbour = people.order_by().filter(**{column_of(people): RawSQL("edge.one", [])})
            sql, more = neighbour.values(column_of(people)).query.get_compiler(connection=connection).as_sql()
            starts.append(f"SELECT edge.two FROM edge WHERE EXISTS ({sql})")  # noqa: S608  # the ORM's own SQL
            values += more
        table = connection.ops.quote_name(Subject._meta.db_table)
        return _MERGED % {"table": table, "starts": " UNION ".join(starts)}, values


_MERGED: Final = (
    "WITH RECURSIVE edge(one, two) AS ("
    "SELECT id, merged_into_id FROM %(table)s WHERE merged_into_id IS NOT NULL "
    "UNION ALL SELECT merged_into_id, id FROM %(table)s WHERE merged_into_id IS NOT NULL), "
    "family(id) AS (%(starts)s UNION SELECT edge.two FROM family JOIN edge ON edge.one = family.id) "
    "SELECT id FROM family"
)
