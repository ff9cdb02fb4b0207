"""A choice stays as it was made, whatever door somebody comes by, until its browser is taken out as a whole."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction

from consent.cookies import flows
from consent.cookies.models import Browser, Choice, Removal
from portal import append_only
from tests.cookies.conftest import Visitor

pytestmark = pytest.mark.django_db
on_postgresql = connection.vendor == "postgresql"
CHANGES = [
    "UPDATE consent_cookies_choice SET method = 'accept_all'",
    "DELETE FROM consent_cookies_choice",
    *(["TRUNCATE consent_cookies_choice CASCADE"] if on_postgresql else []),
]


@pytest.fixture
def choice(visitor: Visitor) -> Choice:
    visitor.press("save", "analytics")
    return Choice.objects.select_related("browser").get()


def refused(sql: str) -> None:
    if on_postgresql:
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


@pytest.mark.parametrize("sql", CHANGES)
def test_plain_sql_is_refused(choice: Choice, sql: str) -> None:
    refused(sql)

    assert Choice.objects.get().method == choice.method


def test_the_orm_is_refused_as_well(choice: Choice) -> None:
    for change in (choice.save, choice.delete, choice.browser.choices.all().delete):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            change()


def test_replacing_a_row_is_refused(choice: Choice) -> None:
    columns = [str(field.column) for field in Choice._meta.local_fields]
    other = ["allowed" if name == "refused" else "refused" if name == "allowed" else name for name in columns]
    table = "consent_cookies_choice"
    anew = ["id + 1" if name == "id" else name for name in columns]
    later = ["'2020-01-01 00:00:00'" if name == "recorded_at" else name for name in anew]
    for taken in (other, ["id + 1" if name == "id" else name for name in other], anew, later):
        if on_postgresql:
            sets = "ON CONFLICT (id) DO UPDATE SET method = 'accept_all'"
            refused(f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(columns)} FROM {table} {sets}")
        else:
            refused(f"INSERT OR REPLACE INTO {table} ({', '.join(columns)}) SELECT {', '.join(taken)} FROM {table}")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE organisation_organisationversion SET content = '{}'",
        "DELETE FROM organisation_organisationversion",
        *(["TRUNCATE organisation_organisationversion CASCADE"] if on_postgresql else []),
    ],
)
def test_the_register_that_a_choice_names_stays_as_it_was(choice: Choice, sql: str) -> None:
    refused(sql)


def test_a_browser_goes_whole_and_takes_nobody_else_along(choice: Choice) -> None:
    neighbour = Visitor()
    neighbour.press("all")

    flows.removed(choice.browser_id, "retention")

    assert Choice.objects.get().browser_id == Browser.objects.get().pk != choice.browser_id
    assert Removal.objects.get().reference == ""
    refused("DELETE FROM consent_cookies_choice")


def test_a_removal_that_names_another_browser_opens_nothing(choice: Choice) -> None:
    Removal.objects.create(reference="0" * 16, reason="visitor")
    Removal.objects.create(reference="", reason="visitor")

    refused("DELETE FROM consent_cookies_choice")


def test_they_are_among_what_checkledger_looks_for(db: None) -> None:
    name = "consent_cookies_choice_only_grows_delete"
    assert name in append_only.names()
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}" + (" ON consent_cookies_choice" if on_postgresql else ""))

    assert append_only.missing() == [name]

    append_only.install()
    assert append_only.missing() == []
