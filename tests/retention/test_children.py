"""Somebody found to be under the file's age: their details go at once, by one button, with a record; only theirs."""

from __future__ import annotations

import html
import re

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER, SUPPORT
from accounts.models import User
from consent.ledger.models import Event, State
from dsar import codes
from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.models import Challenge
from dsar.vocabulary import Matter
from portal.organisation import loader, versions
from portal.organisation.versions import Current
from portal.outbox import flows as outbox
from portal.outbox.models import Message
from portal.personal_data import registry
from portal.retention import journal
from portal.retention.flows import discovering
from portal.retention.models import Deletion
from portal.subjects import merging, suppression
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import says, yes_to
from tests.retention.moments import JOAN, MAREK, PRIYA, as_of, met

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@pytest.fixture
def organisation(request: pytest.FixtureRequest, db: None) -> Current:
    """The one of the five that promises it, unless a test wants another."""
    loader.apply(loader.read(getattr(request, "param", "openitio")))
    return versions.current()


@pytest.fixture
def topic(organisation: Current) -> str:
    return next(iter(organisation.organisation.topics))


def left_of(subject: Subject) -> set[str]:
    """What is held about somebody still, by kind."""
    return {holding.label for holding, rows in registry.held_about(subject) if rows.exists()}


def with_everything(address: str, topic: str) -> ContactPoint:
    """An account, a yes, a mail."""
    point = met(address, "2026-01-01")
    accounts.open_account(address, name="Kim")
    says(point.subject, yes_to(topic))
    outbox.enqueue("account-password-changed", point)
    return point


def test_all_of_theirs_goes_and_nobody_elses(topic: str) -> None:
    child, joan = with_everything(MAREK, topic), with_everything(JOAN, topic)
    hers = left_of(joan.subject)
    done = discovering.remove(child.subject, "7")
    assert done.stays == []
    assert not Subject.objects.filter(pk=child.subject_id).exists()
    assert left_of(joan.subject) == hers
    assert {event.subject_id for event in Event.objects.all()} == {joan.subject_id}
    assert {state.subject_id for state in State.objects.all()} == {joan.subject_id}
    assert [user.email for user in User.objects.all()] == [JOAN]
    assert {mail.contact_point_id for mail in Message.objects.all()} == {joan.pk}


def test_it_is_on_record_without_content_and_in_the_journal(topic: str) -> None:
    child = with_everything(MAREK, topic)
    discovering.remove(child.subject, "7")
    records = Deletion.objects.all()
    assert {(one.why, one.rule, one.by) for one in records} == {("discovery", "under-age", "7")}
    assert {one.holding for one in records} >= {"subjects.ContactPoint", "accounts.User", "consent_ledger.Event"}
    assert MAREK not in str(list(records.values()))
    assert {line.id for line in journal.lines()} == {str(one.pk) for one in records}


def test_no_list_brings_them_back_to_marketing(topic: str) -> None:
    child = with_everything(MAREK, topic)
    discovering.remove(child.subject, "7")
    (mark,) = suppression.suppressions("email", MAREK)
    assert (mark.scope, mark.reason) == (suppression.MARKETING, "under-age")


def test_the_records_merged_into_theirs_go_too(topic: str) -> None:
    child, other = with_everything(MAREK, topic), met("kim@school.example", "2026-01-01")
    merging.merge(child.subject, other.subject)
    discovering.remove(child.subject, "7")
    assert Subject.objects.count() == 0


def test_an_open_request_is_answered_first_and_marketing_ends_at_once(topic: str) -> None:
    child = with_everything(MAREK, topic)
    request = asking.ask_as_guest(MAREK, Wish(Matter.ACCESS))
    assert asking.enter_code(request, codes.derive(Challenge.objects.get(request=request)))
    done = discovering.remove(child.subject, "7")
    assert {kind.holding.label for kind in done.stays} >= {"subjects.ContactPoint", "dsar.Request"}
    assert done.reasons
    assert Subject.objects.get(pk=child.subject_id).under_age
    assert suppression.suppressions("email", MAREK)


def test_staff_are_no_children(topic: str) -> None:
    priya = accounts.open_account(PRIYA, name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    assert priya.subject is not None
    with pytest.raises(discovering.Refused):
        discovering.remove(priya.subject, "7")
    assert not Subject.objects.get(pk=priya.subject.pk).under_age


@as_of("open-e")
def test_where_the_file_promises_nothing_nothing_is_removed(joan: Subject) -> None:
    assert discovering.age() is None
    with pytest.raises(discovering.Refused):
        discovering.remove(joan, "7")


def words_of(page: str) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def at_desk(group: str) -> Client:
    client = Client()
    client.force_login(accounts.open_account(PRIYA, name="Priya", staff=True, groups=(group,)), backend=BACKEND)
    return client


def test_priya_sees_what_goes_and_presses_one_button(topic: str) -> None:
    child, priya = with_everything(MAREK, topic), at_desk(PRIVACY_OFFICER)
    page = priya.get(f"/admin/subjects/subject/{child.subject_id}/change/").text
    assert "Found to be under 16: remove the details" in page
    address = f"/admin/subjects/subject/{child.subject_id}/under-age/"
    page = words_of(priya.get(address).text)
    assert "Your addresses 1 1" in page
    assert Subject.objects.filter(pk=child.subject_id).exists(), "looking removes nothing"
    answer = words_of(priya.post(address, follow=True).content.decode())
    assert "Nothing is left of them here." in answer
    assert LogEntry.objects.filter(object_id=str(child.subject_id)).exists()
    assert priya.get(address).status_code == 404


def test_support_may_not(topic: str) -> None:
    child, support = with_everything(MAREK, topic), at_desk(SUPPORT)
    address = f"/admin/subjects/subject/{child.subject_id}/under-age/"
    assert support.get(address).status_code == 403
    assert support.post(address).status_code == 403
    assert Client().post(address).status_code == 302
    assert Subject.objects.filter(pk=child.subject_id).exists()
