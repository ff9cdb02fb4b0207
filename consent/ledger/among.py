"""``subject__among=ids``: like ``__in`` with one parameter instead of thousands.

A page of two thousand ids costs Django and psycopg more as two thousand parameters than the rows it finds.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import ForeignKey, Lookup, UUIDField
from django.db.models.sql.compiler import SQLCompiler


@ForeignKey.register_lookup
@UUIDField.register_lookup
class Among(Lookup[Iterable[UUID]]):
    """The column, a UUID or a reference to one, is one of these."""

    lookup_name = "among"
    prepare_rhs = False

    def as_postgresql(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s::uuid[])", [*params, self.param(self.rhs)]

    def as_sqlite(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> tuple[str, list[Any]]:
        column, params = self.process_lhs(compiler, connection)
        among = "(SELECT value FROM json_each(%s))"  # SQLite keeps a UUID as its 32 hexadecimal digits
        return f"{column} IN {among}", [*params, self.param(self.rhs)]

    @staticmethod
    def param(values: Iterable[UUID]) -> str:
        """The values as the one parameter that stands for them."""
        if connection.vendor == "sqlite":
            return json.dumps([value.hex for value in values])
        return "{" + ",".join(map(str, values)) + "}"
