"""Whatever staff see of a person is on record: who, when and whose, never what. Without a record nobody sees it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib import admin
from django.db import DatabaseError, connection, transaction
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts import groups
from accounts.models import Look, User
from consent.cookies.models import Browser, Choice
from consent.ledger.models import Event, State, Text
from consent.preferences.models import Confirmation
from dsar.models import Request
from portal import looks
from portal.holds import flows as holds
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects import merging
from portal.subjects.models import ContactPoint, Merge, Subject
from tests.accounts.conftest import JOAN, MAREK
from tests.accounts.looking import LISTED, OPENED, PERSON, SAVED, SOUGHT, WORKED, kept, page_of, refused, sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def desk(organisation: Current) -> Client:
    return sitting()


def test_a_persons_page_leaves_who_looked_and_when_and_whose(desk: Any, subject: Subject) -> None:
    desk.get(reverse(PERSON, args=[subject.pk]))
    look = Look.objects.get()
    assert (look.staff, look.subject_id, look.what) == (desk.key, subject.pk, OPENED)
    assert (look.kind, look.row) == ("subjects.Subject", str(subject.pk))


def rows(subject: Subject, point: ContactPoint, version: int) -> list[Model]:
    """One of each that the desk has a page for."""
    at = {"subject": subject, "kind": "topic", "code": "newsletter"}
    browser = Browser.objects.create(reference="BCDFGHJKLMNPQRST", subject=subject)
    text = Text.objects.create(digest="0" * 64, language="en-gb", body="May we?")
    facts = {"browser": browser, "site": "www", "organisation_version_id": version, "text": text, "language": "en-gb"}
    return [
        Message.objects.create(kind="news", category="service", contact_point=point, message_id="<1@x>", domain="x"),
        Event.objects.create(
            **at, decision="granted", organisation_version_id=version, method="form", actor="person", proved=True,
            occurred_at=subject.created_at,
        ),
        State.objects.create(**at),
        Confirmation.objects.create(
            contact_point=point, choices=[], organisation_version_id=version, language="en-gb",
            expires_at=subject.created_at + timedelta(days=1),
        ),
        browser,
        Choice.objects.create(**facts, key="1" * 22, method="save", means="form"),
    ]  # fmt: skip


def test_each_page_about_a_row_of_theirs_does(
    desk: Client, joan: User, subject: Subject, asked: Request, organisation: Current
) -> None:
    point = ContactPoint.objects.get(subject=subject)
    terms = holds.Terms(reason="A case.", owner="1", review_on=holds.today() + timedelta(days=9))
    every = [joan, asked, holds.place(subject, terms, by="1"), *rows(subject, point, organisation.id)]
    for row in every:
        before = Look.objects.count()
        assert desk.get(page_of(row)).status_code == 200, row._meta.label
        assert kept()[before:] == [(OPENED, row._meta.label, subject.pk)]


def test_a_merge_is_a_look_at_both(desk: Client, subject: Subject, marek: ContactPoint) -> None:
    merge = merging.merge(subject, marek.subject)
    desk.get(page_of(merge))
    assert {whose for _what, _kind, whose in kept()} == {subject.pk, marek.subject_id}


# Pages of one row that keep nothing of anybody, and why.
ABOUT_NOBODY = {
    "auth_group": "rights", "consent_ledger_text": "wordings", "consent_cookies_removal": "counts",
    "consent_preferences_mailing": "what is written to all", "consent_preferences_send": "counts who gets it",
    "jobs_jobrun": "work", "organisation_organisationversion": "promises", "organisation_topic": "promises",
    "outbox_relay": "the mail server", "portal_retention": "rules and counts; rows by their keys alone",
    "portal_holds_hold_place": "nobody yet; who is typed is looked for",
}  # fmt: skip
LOOKED_AT = {
    "subjects_subject", "subjects_merge", "subjects_suppression", "outbox_message", "accounts_user",
    "auth_user_password_change", "consent_ledger_event", "consent_ledger_state", "consent_preferences_confirmation",
    "consent_cookies_browser", "consent_cookies_choice", "consent_cookies_proof", "dsar_request", "portal_holds_hold",
}  # fmt: skip


def test_no_page_of_one_row_was_forgotten() -> None:
    """A new page stands here with its look, or with the reason why it shows nobody."""

    def names() -> set[str]:
        own = [one for each in admin.site._registry.values() for one in each.get_urls()]
        named = {str(one.name) for one in own if "<" in str(one.pattern)}
        return named - {"None"}  # Django's redirect from an old address

    known = (*ABOUT_NOBODY, *LOOKED_AT)
    assert [name for name in sorted(names()) if not name.startswith(known)] == []


def test_a_deed_is_on_record_as_work(desk: Client, asked: Request) -> None:
    desk.post(reverse("admin:dsar_request_do", args=[asked.pk, "search"]))
    assert kept() == [(WORKED, "dsar.Request", asked.subject_id)]


def test_a_file_that_was_saved_is_too(desk: Client, asked: Request) -> None:
    browser = Browser.objects.create(reference="BCDFGHJKLMNPQRST", subject=asked.subject)
    desk.post(reverse("admin:consent_cookies_proof", args=[browser.pk]))
    assert kept() == [(SAVED, "consent_cookies.Browser", asked.subject_id)]


@pytest.mark.parametrize("place", ["subjects_subject", "dsar_request"])
def test_whoever_is_looked_for_by_address_is_on_record_without_the_address(
    desk: Client, asked: Request, place: str
) -> None:
    desk.post(reverse(f"admin:{place}_changelist"), {"address": JOAN})
    assert kept() == [(SOUGHT, "subjects.Subject", asked.subject_id)]
    assert JOAN not in str(list(Look.objects.values()))


def test_a_hold_placed_by_address_says_whom_it_found_even_where_it_is_not_placed(desk: Client, joan: User) -> None:
    desk.post(reverse("admin:portal_holds_hold_place", args=["person"]), {"person": JOAN})
    assert kept() == [(SOUGHT, "subjects.Subject", joan.subject_id)]


def test_whom_a_request_is_set_to_be_about_was_looked_for_by_address(
    desk: Client, asked: Request, marek: ContactPoint
) -> None:
    desk.post(reverse("admin:dsar_request_do", args=[asked.pk, "person"]), {"person": MAREK})
    assert (SOUGHT, "subjects.Subject", marek.subject_id) in kept()


def test_nobody_found_is_nobody_looked_at(desk: Client) -> None:
    desk.post(reverse("admin:subjects_subject_changelist"), {"address": "nobody@example.org"})
    desk.get(reverse(PERSON, args=["5b0e4c0e-3d5c-4f0a-9d55-3f6f6c0f9f11"]))
    desk.get("/admin/subjects/subject/nonsense/change/")
    assert kept() == []


def test_a_short_list_is_a_look_at_each(desk: Client, subject: Subject, marek: ContactPoint) -> None:
    desk.get(reverse("admin:subjects_subject_changelist"))
    assert set(kept()) >= {(LISTED, "subjects.Subject", subject.pk), (LISTED, "subjects.Subject", marek.subject_id)}


def test_of_a_long_list_only_its_length_is_kept(desk: Client) -> None:
    Subject.objects.bulk_create(Subject() for _number in range(looks.FEW + 1))
    with transaction.atomic():
        answer = desk.get(reverse("admin:subjects_subject_changelist"))
    look = Look.objects.get()
    assert (look.what, look.subject_id) == (LISTED, None)
    assert look.shown == len(answer.context["cl"].result_list) > looks.FEW


def test_what_is_done_with_many_is_done_with_each(desk: Client, subject: Subject, marek: ContactPoint) -> None:
    chosen = [str(subject.pk), str(marek.subject_id)]
    answer = {"action": "merge_two", "_selected_action": chosen, "index": "0"}
    desk.post(reverse("admin:subjects_subject_changelist"), answer)
    assert Merge.objects.exists()
    assert set(kept()) >= {(WORKED, "subjects.Subject", subject.pk), (WORKED, "subjects.Subject", marek.subject_id)}


def test_who_may_not_look_leaves_no_look(subject: Subject) -> None:
    assert sitting(groups.EDITOR).get(reverse(PERSON, args=[subject.pk])).status_code == 403
    assert kept() == []


def test_without_a_record_nobody_looks(desk: Client, subject: Subject, asked: Request) -> None:
    """The log cannot be written: no page, and nothing of the person on the one that says so."""
    desk.raise_request_exception = False
    with refused():
        for address in (
            reverse(PERSON, args=[subject.pk]),
            page_of(asked),
            reverse("admin:subjects_subject_changelist"),
        ):
            with transaction.atomic():
                answer = desk.get(address)
                assert answer.status_code >= 500, address
                assert "j•••" not in answer.content.decode()
                transaction.set_rollback(True)
    assert kept() == []
    assert desk.get(page_of(asked)).status_code == 200


def test_a_look_costs_a_page_one_insert(desk: Client, asked: Request) -> None:
    with CaptureQueriesContext(connection) as queries:
        desk.get(page_of(asked))
    mine = [each["sql"] for each in queries if "accounts_look" in each["sql"]]
    assert len(mine) == 1
    assert mine[0].startswith("INSERT")


@pytest.mark.parametrize("sql", ["UPDATE accounts_look SET staff = '9'", "DELETE FROM accounts_look"])
def test_nobody_takes_a_look_back(desk: Client, subject: Subject, sql: str) -> None:
    desk.get(reverse(PERSON, args=[subject.pk]))
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)
    assert Look.objects.count() == 1
