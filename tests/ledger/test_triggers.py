"""Nobody changes an event or a wording, whatever door they come by; and the guard is seen to stand."""

from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection, models, transaction

from consent.ledger.managers import AppendOnlyError
from consent.ledger.models import Event, Text
from portal import append_only
from portal.organisation.versions import Current
from portal.subjects.models import Subject
from tests.ledger.acting import says, yes_to

on_postgresql = connection.vendor == "postgresql"
CHANGES = [
    "UPDATE consent_ledger_event SET decision = 'granted'",
    "DELETE FROM consent_ledger_event",
    "UPDATE consent_ledger_text SET body = 'Yes to everything.'",
    "DELETE FROM consent_ledger_text",
    *(["TRUNCATE consent_ledger_event CASCADE", "TRUNCATE subjects_subject CASCADE"] if on_postgresql else []),
]


def refused(sql: str, params: list[Any] | None = None) -> None:
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, params)


@pytest.fixture
def event(joan: Subject) -> Event:
    return says(joan, yes_to("newsletter")).events[0]


@pytest.mark.parametrize("sql", CHANGES)
def test_plain_sql_is_refused(event: Event, sql: str) -> None:
    if sql.startswith("TRUNCATE"):
        with connection.cursor() as cursor:
            # A table with unchecked foreign keys cannot be truncated at all; have them checked first.
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    refused(sql)
    assert Event.objects.get().decision == event.decision


def test_the_orm_is_refused_in_words(event: Event) -> None:
    with pytest.raises(AppendOnlyError):
        Event.objects.update(decision="withdrawn")
    with pytest.raises(AppendOnlyError):
        Event.objects.all().delete()
    for change in (event.save, event.delete):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            change()


def test_replacing_a_row_is_refused(event: Event) -> None:
    if on_postgresql:
        sql = "INSERT INTO consent_ledger_text (digest, language, body) VALUES (%s, '', '') ON CONFLICT (digest) "
        refused(sql + "DO UPDATE SET body = 'Yes to all.'", [event.text_id])
        return
    columns = ", ".join(f'"{field.column}"' for field in Event._meta.local_fields)
    events = "consent_ledger_event"
    refused(f"INSERT OR REPLACE INTO {events} ({columns}) SELECT {columns} FROM {events}")  # constants
    sql = "REPLACE INTO consent_ledger_text (digest, language, body) VALUES (%s, 'en-gb', 'Yes to all.')"
    refused(sql, [event.text_id])


def test_the_triggers_stand_after_migrate(db: None) -> None:
    assert append_only.missing() == []


def test_each_missing_trigger_is_named(db: None) -> None:
    name = next(name for name in append_only.names() if "ledger_event" in name)
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (f" ON {name.removesuffix('_only_grows')}" if on_postgresql else ""))
    assert append_only.missing() == [name]
    append_only.install()
    assert append_only.missing() == []


def test_a_disabled_or_emptied_trigger_counts_as_missing(db: None) -> None:
    with connection.cursor() as cursor:
        if on_postgresql:
            cursor.execute("ALTER TABLE consent_ledger_event ENABLE TRIGGER consent_ledger_event_only_grows")
            assert append_only.missing() == ["consent_ledger_event_only_grows"]
            append_only.install()
            cursor.execute(
                "CREATE OR REPLACE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN RETURN NULL; END$$"
            )
            assert set(append_only.missing()) == {name for name in append_only.names() if name.endswith("_only_grows")}
        else:
            cursor.execute("DROP TRIGGER consent_ledger_event_only_grows_update")
            cursor.execute(
                "CREATE TRIGGER consent_ledger_event_only_grows_update BEFORE UPDATE ON consent_ledger_event "
                "BEGIN SELECT 1; END"
            )
            assert append_only.missing() == ["consent_ledger_event_only_grows_update"]
    append_only.install()
    assert append_only.missing() == []


def test_they_stand_aside_and_come_back_whatever_happens(event: Event) -> None:
    def a_flush_that_fails() -> None:
        with append_only.removed():
            assert append_only.missing()
            Text.objects.filter(pk=event.text_id).update(body="x")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        a_flush_that_fails()
    assert append_only.missing() == []
    refused("DELETE FROM consent_ledger_event")


def test_without_the_tables_there_is_nothing_to_install(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connection.introspection, "table_names", list)
    append_only.install()
    append_only.remove()
    monkeypatch.undo()
    assert append_only.missing() == []


@pytest.mark.django_db(transaction=True)
def test_migrate_brings_back_what_a_table_rebuild_dropped() -> None:
    field = models.CharField(max_length=81, blank=True)
    field.set_attributes_from_name("notice")
    with connection.schema_editor() as editor:
        editor.alter_field(Event, Event._meta.get_field("notice"), field)
    try:
        # SQLite has rebuilt the table, without its triggers; PostgreSQL has kept both.
        assert bool(append_only.missing()) is not on_postgresql
        call_command("migrate", verbosity=0)
        assert append_only.missing() == []
    finally:
        with connection.schema_editor() as editor:
            editor.alter_field(Event, field, Event._meta.get_field("notice"))
        append_only.install()


def test_the_same_wording_may_be_offered_again(event: Event, organisation: Current) -> None:
    text = Text.objects.get(pk=event.text_id)
    Text.objects.bulk_create([Text(digest=text.digest, language=text.language, body=text.body)], ignore_conflicts=True)
    assert Text.objects.count() == 1
