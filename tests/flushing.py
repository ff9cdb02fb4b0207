"""Emptying the database after a test that commits: only what holds rows, and no DDL where no trigger is in the way.

Django's own flush truncates every table and makes content types, permissions and groups anew, which takes longer than
most tests do. Those are left alone here as long as they are what ``migrate`` made; else Django's own flush is done.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext
from functools import cache
from typing import Any, Final

from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.test import TransactionTestCase

from portal import append_only

MADE_BY_MIGRATE: Final = (ContentType, Permission, Group, Group.permissions.through)


def flusher(by_django: Callable[[TransactionTestCase], None]) -> Callable[[TransactionTestCase], None]:
    """What to put in place of ``TransactionTestCase._fixture_teardown``; call it while the database is as migrated."""
    as_migrated = made_by_migrate()

    def flush(case: TransactionTestCase) -> None:
        if made_by_migrate() == as_migrated:
            empty()
        else:
            with append_only.removed():
                by_django(case)

    return flush


def made_by_migrate() -> list[list[tuple[Any, ...]]]:
    """The rows that ``migrate`` makes itself."""
    return [list(model._base_manager.order_by("pk").values_list()) for model in MADE_BY_MIGRATE]


def empty() -> None:
    """Delete every other row. Triggers that refuse it stand aside meanwhile."""
    filled = with_rows()
    in_the_way = append_only._tables.keys() & filled
    with (
        append_only.removed() if in_the_way else nullcontext(),
        # Foreign keys are looked at when the transaction ends (PostgreSQL), or not at all (SQLite).
        connection.constraint_checks_disabled(),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        for name in filled:
            cursor.execute(f"DELETE FROM {connection.ops.quote_name(name)}")


def with_rows() -> set[str]:
    """The tables that hold any row."""
    asked = [f"EXISTS (SELECT 1 FROM {connection.ops.quote_name(name)})" for name in tables()]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(asked)}")
        return {name for name, holds in zip(tables(), cursor.fetchone(), strict=True) if holds}


@cache
def tables() -> tuple[str, ...]:
    """The tables of all models but those of :data:`MADE_BY_MIGRATE`."""
    left = {model._meta.db_table for model in MADE_BY_MIGRATE}
    return tuple(sorted({*connection.introspection.django_table_names(only_existing=True)} - left))
