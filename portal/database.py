"""What the portal asks of its databases beyond the ORM: a clock that all processes share, row locks, and
long lists of values.

The database's clock is the only one that orders or expires anything that several processes look at: a worker
whose own clock is ten minutes off then neither sends early nor holds a permit too long.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import DateTimeField, Field, ForeignKey, Func, Lookup, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)
LOCK_NOT_AVAILABLE: Final = "55P03"
"""PostgreSQL's SQLSTATE (its manual, appendix A)."""


class ClockTimestamp(Func):
    """The database's wall clock at this very statement, not at the start of its transaction."""

    function = "clock_timestamp"
    output_field = DateTimeField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return super().as_sql(
            compiler, connection, template="strftime('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f000', 'now')", **extra
        )


@Field.register_lookup
@ForeignKey.register_lookup  # which inherits none
class Among(Lookup[Any]):
    """``digest__among=[…]``: as ``__in``, but one parameter whatever the number of values: text, numbers or UUIDs.

    With a thousand values ``__in`` spends most of its time on placeholders, in Django and in the driver. A set is
    taken as it is; of a list the ORM looks at each value first.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, self.param(self.rhs))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        sql = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608  # the ORM's column name; values are a parameter
        return sql, (*params, self.param(self.rhs))

    @staticmethod
    def param(values: Iterable[Any]) -> str:
        """The values as the one parameter that stands for them, written out: the driver takes ten times as long."""
        if connection.vendor == "sqlite":  # which keeps a UUID as its 32 hexadecimal digits
            return json.dumps([value.hex if isinstance(value, UUID) else value for value in values])
        texts = [str(value) for value in values]
        if any(mark in text for mark in '"\\' for text in texts):
            texts = [text.replace("\\", "\\\\").replace('"', '\\"') for text in texts]
        return '{"' + '","'.join(texts) + '"}' if texts else "{}"


class Compiled:
    """A query whose SQL the ORM compiles once in each process, for what is asked again with every mail.

    Saying a small query takes the ORM several times as long as the database takes to answer it. ``build`` makes the
    query, with ``values_list()`` and any values; those it is asked with take their places, in the order of the SQL and
    as the database wants them. So its conditions must be such as read the same whatever the value: ``=``, ``among``.
    """

    def __init__(self, build: Callable[[], QuerySet[Any, Any]]) -> None:
        self._build = build
        self._compiler: SQLCompiler | None = None
        self._sql = ""
        self._params: tuple[Any, ...] = ()
        self._converters: dict[Any, Any] = {}

    def rows(self, *params: Any) -> Iterator[Sequence[Any]]:
        """The answer, as ``values_list()`` gives it; without ``params``, to the query as it was built."""
        compiler = self._compiler or self._compile()
        with connection.cursor() as cursor:
            cursor.execute(self._sql, params or self._params)
            rows = cursor.fetchall()
        return iter(compiler.apply_converters(rows, self._converters) if self._converters else rows)

    def _compile(self) -> SQLCompiler:
        compiler: SQLCompiler = self._build().query.get_compiler(connection=connection)
        self._sql, self._params = compiler.as_sql()
        self._converters = compiler.get_converters([column for column, _sql, _alias in compiler.select])
        self._compiler = compiler
        return compiler


def database_now() -> datetime:
    """The database's clock, as an aware datetime in UTC."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
        else:
            cursor.execute("SELECT clock_timestamp()")
        return as_datetime(cursor.fetchone()[0])


def as_datetime(said: datetime | str) -> datetime:
    """A time as a statement without the ORM answers it (SQLite: as text), as an aware datetime in UTC."""
    if isinstance(said, str):
        return datetime.fromisoformat(said).replace(tzinfo=UTC)
    return said.astimezone(UTC)


def is_lock_timeout(error: BaseException) -> bool:
    """Whether PostgreSQL gave up waiting for somebody else's lock (``lock_timeout``), and nothing else is wrong."""
    return getattr(error.__cause__, "sqlstate", None) == LOCK_NOT_AVAILABLE


def locked(queryset: QuerySet[M], *, skip_locked: bool = False) -> QuerySet[M]:
    """The rows under ``FOR NO KEY UPDATE``; on SQLite as they are, its transactions being exclusive already."""
    if not connection.features.has_select_for_update:
        return queryset
    return queryset.select_for_update(no_key=True, skip_locked=skip_locked, of=("self",))
