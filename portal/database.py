"""What the portal asks of its databases beyond the ORM: a clock that all processes share, row locks, and
long lists of values.

The database's clock is the only one that orders or expires anything that several processes look at: a worker
whose own clock is ten minutes off then neither sends early nor holds a permit too long.
"""

import json
from datetime import UTC, datetime
from typing import Any, TypeVar

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, DateTimeField, Func, Lookup, Model, QuerySet
from django.db.models.sql.compiler import SQLCompiler

M = TypeVar("M", bound=Model)


class ClockTimestamp(Func):
    """The database's wall clock at this very statement, not at the start of its transaction."""

    function = "clock_timestamp"
    output_field = DateTimeField()

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **extra: Any) -> tuple[str, Any]:
        return super().as_sql(
            compiler, connection, template="strftime('%%%%Y-%%%%m-%%%%d %%%%H:%%%%M:%%%%f000', 'now')", **extra
        )


@CharField.register_lookup
class Among(Lookup[Any]):
    """``digest__among=[…]``: as ``__in``, but one parameter whatever the number of values.

    With a thousand values ``__in`` spends most of its time on placeholders, in Django and in the driver.
    """

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", (*params, list(self.rhs))

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, tuple[Any, ...]]:
        column, params = self.process_lhs(compiler, connection)
        sql = f"{column} IN (SELECT value FROM json_each(%s))"  # noqa: S608  # the ORM's column name; values are a parameter
        return sql, (*params, json.dumps(list(self.rhs)))


def database_now() -> datetime:
    """The database's clock, as an aware datetime in UTC."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT strftime('%Y-%m-%d %H:%M:%f', 'now')")
            return datetime.fromisoformat(cursor.fetchone()[0]).replace(tzinfo=UTC)
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
        return now.astimezone(UTC)


def locked(queryset: QuerySet[M], *, skip_locked: bool = False) -> QuerySet[M]:
    """The rows under ``FOR NO KEY UPDATE``; on SQLite as they are, its transactions being exclusive already."""
    if not connection.features.has_select_for_update:
        return queryset
    return queryset.select_for_update(no_key=True, skip_locked=skip_locked, of=("self",))
