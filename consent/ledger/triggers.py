"""Triggers that refuse every change to events and wordings, on both databases.

They are installed after every ``migrate``, since SQLite drops them silently whenever it rebuilds a table, and
:func:`missing` says which are not there or not as they should be. On PostgreSQL they are ``ENABLE ALWAYS``, so that
``session_replication_role`` does not turn them off either.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.db import connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

EVENTS: Final = "consent_ledger_event"
TEXTS: Final = "consent_ledger_text"
TABLES: Final = (EVENTS, TEXTS)
_FUNCTION: Final = "consent_ledger_only_grows"
_BODY: Final = "BEGIN RAISE EXCEPTION '% only grows: % refused', TG_TABLE_NAME, TG_OP; END"
# What an INSERT OR REPLACE on SQLite would replace: it deletes without asking the trigger on DELETE.
_REPLACES: Final = {
    EVENTS: "id = NEW.id",
    # The same wording may be offered again and is then passed over; another under its name may not.
    TEXTS: "digest = NEW.digest AND (language <> NEW.language OR body <> NEW.body)",
}


def _on_postgresql() -> dict[str, str]:
    return {
        f"{table}_only_grows": (
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION {_FUNCTION}()"
        )
        for table in TABLES
    }


def _on_sqlite() -> dict[str, str]:
    refusals = {}
    for table in TABLES:
        replaced = f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {_REPLACES[table]}) "  # noqa: S608  # constants all
        for event, condition in (("UPDATE", ""), ("DELETE", ""), ("INSERT", replaced)):
            name = f"{table}_only_grows_{event.lower()}"
            refusals[name] = (
                f"CREATE TRIGGER {name} BEFORE {event} ON {table} {condition}"
                f"BEGIN SELECT RAISE(ABORT, '{table} only grows: {event} refused'); END"
            )
    return refusals


def install(using: str = "default") -> None:
    """Put every trigger in place, as often as wanted; tables that do not exist yet are passed over."""
    connection = connections[using]
    present = set(connection.introspection.table_names())
    if not present.issuperset(TABLES) or not missing(using):
        return
    with transaction.atomic(using=using), connection.cursor() as cursor:
        _drop(connection, cursor)
        if connection.vendor == "postgresql":
            # Checks of foreign keys still due in this transaction would forbid ALTER TABLE: have them now.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            cursor.execute(f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${_BODY}$$")
        for sql in _wanted(connection).values():
            cursor.execute(sql)
        if connection.vendor == "postgresql":
            for table in TABLES:
                cursor.execute(f"ALTER TABLE {table} ENABLE ALWAYS TRIGGER {table}_only_grows")


def remove(using: str = "default") -> None:
    """Take them away. For tests, around a flush; nothing in the product calls this."""
    connection = connections[using]
    if set(connection.introspection.table_names()).issuperset(TABLES):
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
    wanted = _wanted(connection)
    with connection.cursor() as cursor:
        sound = _sound_on_postgresql(cursor) if connection.vendor == "postgresql" else _sound_on_sqlite(cursor, wanted)
    return sorted(set(wanted) - sound)


def _wanted(connection: BaseDatabaseWrapper) -> dict[str, str]:
    return _on_postgresql() if connection.vendor == "postgresql" else _on_sqlite()


def _drop(connection: BaseDatabaseWrapper, cursor: Any) -> None:
    for name in _wanted(connection):
        on = f" ON {name.removesuffix('_only_grows')}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


def _sound_on_sqlite(cursor: Any, wanted: dict[str, str]) -> set[str]:
    cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
    return {name for name, sql in cursor.fetchall() if wanted.get(name) == sql}


def _sound_on_postgresql(cursor: Any) -> set[str]:
    # tgtype 58: before (2), delete (8), update (16), truncate (32), once for each statement; tgenabled A: always.
    cursor.execute(
        "SELECT t.tgname FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid "
        "WHERE t.tgrelid = ANY(ARRAY[to_regclass(%s), to_regclass(%s)]) "
        "AND t.tgenabled = 'A' AND t.tgtype = 58 AND p.proname = %s AND p.prosrc = %s",
        [*TABLES, _FUNCTION, _BODY],
    )
    return {name for (name,) in cursor.fetchall()}
