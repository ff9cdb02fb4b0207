"""Triggers that let a table only grow, on both databases. An app registers its tables in ``triggers.py``.

They are installed after every ``migrate``, since SQLite drops them silently whenever it rebuilds a table, and
:func:`missing` says which are not there or not as they should be. On PostgreSQL they are ``ENABLE ALWAYS``, so that
``session_replication_role`` does not turn them off either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.signals import post_migrate

_REFUSE: Final = "RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, TG_OP;"
_STATEMENTS: Final = "only_grows"  # the function behind every trigger that refuses a whole statement


@dataclass(frozen=True)
class AppendOnly:
    """One table. ``replaced`` is the condition on ``NEW`` under which an INSERT OR REPLACE, on SQLite, would delete a
    row without asking the trigger on DELETE.

    ``leaves_when`` is a condition on ``OLD`` under which a row may be deleted after all; without one, none may.
    """

    table: str
    replaced: str
    leaves_when: str = ""


_tables: dict[str, AppendOnly] = {}


def register(*tables: AppendOnly) -> None:
    """Have these tables only grow, from the next ``migrate`` on: after the migrations of all apps."""
    _tables.update({one.table: one for one in tables})
    post_migrate.connect(_after_migrate, dispatch_uid="portal.append_only")


def _after_migrate(using: str, **_signal: Any) -> None:
    install(using)


def install(using: str = "default") -> None:
    """Put every trigger in place, as often as wanted; tables that do not exist yet are passed over."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if not present.issuperset(_tables) or not missing(using):
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _drop(connection, cursor)
        for sql in _statements(connection):
            cursor.execute(sql)


def remove(using: str = "default") -> None:
    """Take them away. For tests, around a flush; nothing in the product calls this."""
    connection = connections[using]
    if set(connection.introspection.table_names()).issuperset(_tables):
        with transaction.atomic(using=using), connection.cursor() as cursor:
            _drop(connection, cursor)


@contextmanager
def removed(using: str = "default") -> Iterator[None]:
    """No triggers inside, all of them again afterwards, whatever happened."""
    remove(using)
    try:
        yield
    finally:
        install(using)


def missing(using: str = "default") -> list[str]:
    """Names of triggers that are absent, disabled or not as they were written; empty when all is well."""
    connection = connections[using]
    with connection.cursor() as cursor:
        sound = _sound_on_postgresql(cursor) if connection.vendor == "postgresql" else _sound_on_sqlite(cursor)
    return sorted(set(names(using)) - sound)


def names(using: str = "default") -> list[str]:
    """Every trigger there should be."""
    return sorted(_on_postgresql() if connections[using].vendor == "postgresql" else _on_sqlite())


@dataclass(frozen=True)
class _Trigger:
    """On PostgreSQL: ``kind`` is pg_trigger.tgtype (row 1, before 2, delete 8, update 16, truncate 32)."""

    table: str
    events: str
    kind: int
    function: str
    body: str


def _on_postgresql() -> dict[str, _Trigger]:
    wanted = {}
    refuse = f"BEGIN {_REFUSE} END"
    for one in _tables.values():
        name = f"{one.table}_only_grows"
        if one.leaves_when:
            wanted[name] = _Trigger(one.table, "UPDATE OR TRUNCATE", 50, _STATEMENTS, refuse)
            unless = f"BEGIN IF {one.leaves_when} THEN RETURN OLD; END IF; {_REFUSE} END"
            wanted[f"{name}_delete"] = _Trigger(one.table, "DELETE", 11, f"{name}_delete", unless)
        else:
            wanted[name] = _Trigger(one.table, "UPDATE OR DELETE OR TRUNCATE", 58, _STATEMENTS, refuse)
    return wanted


def _on_sqlite() -> dict[str, str]:
    refusals = {}
    for one in _tables.values():
        replaced = f"WHEN EXISTS (SELECT 1 FROM {one.table} WHERE {one.replaced}) "  # noqa: S608  # constants all
        unless = f"WHEN NOT ({one.leaves_when}) " if one.leaves_when else ""
        for event, condition in (("UPDATE", ""), ("DELETE", unless), ("INSERT", replaced)):
            name = f"{one.table}_only_grows_{event.lower()}"
            refusals[name] = (
                f"CREATE TRIGGER {name} BEFORE {event} ON {one.table} {condition}"
                f"BEGIN SELECT RAISE(ABORT, '{one.table} only grows: {event} refused'); END"
            )
    return refusals


def _statements(connection: BaseDatabaseWrapper) -> Iterator[str]:
    if connection.vendor != "postgresql":
        yield from _on_sqlite().values()
        return
    # Checks of foreign keys still due in this transaction would forbid ALTER TABLE: have them now.
    yield "SET CONSTRAINTS ALL IMMEDIATE"
    yield "SET CONSTRAINTS ALL DEFERRED"
    wanted = _on_postgresql()
    for function, body in {one.function: one.body for one in wanted.values()}.items():
        yield f"CREATE OR REPLACE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$"
    for name, one in wanted.items():
        each = "ROW" if one.kind & 1 else "STATEMENT"
        on = f"BEFORE {one.events} ON {one.table} FOR EACH {each}"
        yield f"CREATE TRIGGER {name} {on} EXECUTE FUNCTION {one.function}()"
        yield f"ALTER TABLE {one.table} ENABLE ALWAYS TRIGGER {name}"


def _drop(connection: BaseDatabaseWrapper, cursor: Any) -> None:
    if connection.vendor == "postgresql":
        for name, one in _on_postgresql().items():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {one.table}")
    else:
        for name in _on_sqlite():
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _sound_on_sqlite(cursor: Any) -> set[str]:
    wanted = _on_sqlite()
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name for name, sql in cursor.fetchall() if wanted.get(name) == sql}


def _sound_on_postgresql(cursor: Any) -> set[str]:
    # tgenabled A: always, also where replication is played back.
    cursor.execute(
        "SELECT t.tgname, c.relname, t.tgtype, p.proname, p.prosrc FROM pg_trigger t "
        "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE t.tgenabled = 'A' AND t.tgrelid IN (SELECT to_regclass(name) FROM unnest(%s::text[]) AS name)",
        [sorted(_tables)],
    )
    found = {name: tuple(rest) for name, *rest in cursor.fetchall()}
    wanted = _on_postgresql().items()
    return {name for name, one in wanted if found.get(name) == (one.table, one.kind, one.function, one.body)}
