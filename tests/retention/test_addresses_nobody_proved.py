"""Somebody typed an address and nobody proved it: it goes soon, with all it brought, whatever else the file says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db.models import F

from accounts import flows as accounts
from accounts import mails
from accounts.models import User
from consent.ledger.circumstances import Circumstances
from consent.ledger.models import Event as Decided
from consent.ledger.permission import answer_for
from consent.ledger.vocabulary import Decision, Method
from consent.preferences.flows import acts, forgetting, stopping, subscribing
from consent.preferences.models import Confirmation
from dsar.flows import asking, beginning
from dsar.flows.asking import Logged, Wish
from dsar.models import Event, Request
from dsar.vocabulary import Arrival, Matter
from portal.database import database_now
from portal.organisation import loader, versions
from portal.organisation.schema import Organisation
from portal.outbox.models import Message
from portal.personal_data.registry import holding_of
from portal.retention import unproved, until
from portal.retention.flows import approving, preview, replaying
from portal.retention.models import Approval, Deletion
from portal.subjects import flows as people
from portal.subjects import suppression
from portal.subjects.models import Channel, ContactPoint, Ending, Provenance, Subject
from tests.retention import scene
from tests.retention.scene import JOAN, MAREK, NOW

FIVE = loader.shipped()
WEEKS_AGO = NOW - timedelta(days=29)
"""From then the four weeks of the five files are just over."""
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]
of_all_five = pytest.mark.parametrize("organisation", FIVE, indirect=True)
where_nothing_dates_it = pytest.mark.parametrize("organisation", ["openmarket"], indirect=True)


@pytest.fixture(autouse=True)
def _approved(organisation: versions.Current) -> None:
    scene.approve()


def signed_up(address: str = MAREK) -> ContactPoint:
    """What the sign-up form does for an address that somebody typed."""
    user = User.objects.create_user(address, "green kettle on Tuesdays")
    accounts.write(mails.SIGN_UP_CODE, user.email, params={"nonce": "n"})
    return at(address)


def asked(address: str = MAREK) -> ContactPoint:
    """A guest asked for something, and the code was never typed in."""
    asking.ask_as_guest(address, Wish(Matter.ACCESS, name="Somebody"))
    return at(address)


def subscribed(address: str = MAREK) -> ContactPoint:
    """Somebody ticked a topic, and nobody confirmed it. (It was typed into another form before.)"""
    accounts.reach(address)
    topics = list(versions.current().organisation.topics)[:1]
    subscribing.subscribe(address, topics, version_id=versions.current().id, circumstances=Circumstances())
    return at(address)


def at(address: str) -> ContactPoint:
    point = people.find(Channel.EMAIL, address)
    assert point is not None
    return point


def long_ago(when: datetime = WEEKS_AGO) -> None:
    """All that was typed was typed then; questions ran out, and requests no longer wait for their code."""
    for model in (Subject, ContactPoint, Message):
        model.objects.update(created_at=when)
    Provenance.objects.update(seen_at=when)
    User.objects.update(date_joined=when)
    Confirmation.objects.update(created_at=when, expires_at=when + timedelta(days=3))
    Request.objects.update(received_at=when, logged_at=when)
    beginning.forget_unverified()


def rows() -> dict[str, int]:
    """What is left of anybody, by kind."""
    kinds = (User, EmailAddress, ContactPoint, Provenance, Message, Confirmation, Request, Event)
    return {kind._meta.label: kind._base_manager.count() for kind in kinds if kind._base_manager.exists()}


@of_all_five
@pytest.mark.parametrize("happened", [signed_up, asked, subscribed])
def test_it_goes_four_weeks_after_it_was_last_typed_and_not_a_day_before(happened: Callable[[], ContactPoint]) -> None:
    happened()
    long_ago(WEEKS_AGO + timedelta(days=1))
    scene.expire()
    assert ContactPoint.objects.exists()
    long_ago()
    scene.expire()
    assert rows() == {}


@where_nothing_dates_it
def test_the_number_it_hung_on_goes_with_it() -> None:
    signed_up()
    long_ago()
    scene.expire()
    assert not Subject.objects.exists()


@where_nothing_dates_it
def test_all_forms_together_are_one_address_and_the_last_counts() -> None:
    signed_up()
    long_ago()
    asked()
    scene.expire()
    assert {"accounts.User": 1, "subjects.ContactPoint": 1, "dsar.Request": 1}.items() <= rows().items()
    long_ago()
    subscribed()
    Message.objects.update(created_at=WEEKS_AGO)
    Provenance.objects.update(seen_at=WEEKS_AGO)
    scene.expire()
    assert ContactPoint.objects.exists(), "the link that confirms it still works"
    long_ago()
    scene.expire()
    assert rows() == {}


@where_nothing_dates_it
def test_a_request_that_still_waits_for_its_code_keeps_it() -> None:
    asked()
    Message.objects.update(created_at=WEEKS_AGO)
    ContactPoint.objects.update(created_at=WEEKS_AGO)
    Provenance.objects.update(seen_at=WEEKS_AGO)
    run = scene.expire()
    assert rows()["dsar.Request"] == 1
    assert run.parts.get(holding="subjects.ContactPoint", rule="unproved").held == 1


def proved(point: ContactPoint) -> None:
    people.prove(point)


def account_by_staff(point: ContactPoint) -> None:
    accounts.open_account(point.address)


def on_hold(point: ContactPoint) -> None:
    scene.hold(point.subject)


def held_itself(point: ContactPoint) -> None:
    scene.hold(point)


def decided(point: ContactPoint) -> None:
    scene.decision(point, WEEKS_AGO, Decision.GRANTED)


def a_contract(point: ContactPoint) -> None:
    Ending.objects.create(subject=point.subject, what=Ending.What.CONTRACT)


def another_address(point: ContactPoint) -> None:
    people.add_address(point.subject, Channel.PHONE, "+44 20 7946 0000", context="request", source="person")


def known_from_a_list(point: ContactPoint) -> None:
    people.reach(Channel.EMAIL, point.address, context="list", source="broker")


def given_to_staff_where_it_was_typed_before(point: ContactPoint) -> None:
    people.reach(Channel.EMAIL, point.address, context=accounts.CONTEXT, source=accounts.SOURCE)


def restricted(point: ContactPoint) -> None:
    people.restrict(point.subject)


def had_an_account(point: ContactPoint) -> None:
    Subject.objects.filter(pk=point.subject_id).update(last_act_at=WEEKS_AGO)


def is_asked_about(point: ContactPoint) -> None:
    priya = accounts.open_account("priya@staff.example", staff=True)
    how = Logged(Arrival.LETTER, (NOW - timedelta(days=20)).date(), address=point.address)
    asking.log(priya, Wish(Matter.ACCESS), how)


@where_nothing_dates_it
@pytest.mark.parametrize(
    "more",
    [
        proved, account_by_staff, on_hold, held_itself, decided, a_contract, another_address, known_from_a_list,
        given_to_staff_where_it_was_typed_before, restricted, had_an_account, is_asked_about,
    ],
)  # fmt: skip
def test_whoever_is_known_otherwise_stays(more: Callable[[ContactPoint], None]) -> None:
    point = subscribed()
    more(point)
    long_ago()
    scene.expire()
    assert ContactPoint.objects.filter(pk=point.pk).exists()


@where_nothing_dates_it
@pytest.mark.parametrize(("more", "stays"), [(known_from_a_list, False), (proved, True)])
def test_a_request_that_nobody_confirmed_stays_only_where_the_address_was_proved_otherwise(
    more: Callable[[ContactPoint], None], stays: bool
) -> None:
    point = asked()
    more(point)
    long_ago()
    scene.expire()
    assert ContactPoint.objects.filter(pk=point.pk).exists()
    assert Request.objects.exists() is stays


@where_nothing_dates_it
def test_an_account_on_hold_keeps_the_address_it_was_opened_at() -> None:
    signed_up()
    scene.hold(User.objects.get())
    long_ago()
    run = scene.expire()
    assert {"accounts.User": 1, "subjects.ContactPoint": 1}.items() <= rows().items()
    assert run.parts.get(holding="subjects.ContactPoint", rule="unproved").needed == 1


@where_nothing_dates_it
@pytest.mark.parametrize("read_it", [True, False])
def test_who_said_stop_is_forgotten_and_still_obeyed(read_it: bool) -> None:
    point = subscribed()
    doing = acts.Doing(Method.UNSUBSCRIBE_PAGE, proved=read_it, circumstances=Circumstances())
    stopping.stop_everything(point.subject, doing)
    forgetting.forget_unconfirmed()
    long_ago()
    scene.expire()
    assert not ContactPoint.objects.exists()
    assert [entry.scope for entry in suppression.suppressions(Channel.EMAIL, point.identity)] == ["marketing"]
    topic = next(iter(versions.current().organisation.topics))
    subscribed()  # somebody types it again
    assert not answer_for(Channel.EMAIL, MAREK, category="marketing", topic=topic).allowed
    assert suppression.suppressions(Channel.EMAIL, point.identity)


@where_nothing_dates_it
def test_what_was_asked_for_stays_in_the_ledger_and_names_nobody() -> None:
    subscribed()
    long_ago()
    scene.expire()
    assert "marek" not in str(list(Decided.objects.values()))
    assert Decided.objects.count() == 1


@where_nothing_dates_it
def test_the_desk_previews_and_approves_it_as_any_rule(organisation: versions.Current) -> None:
    point = signed_up()
    long_ago()
    lines = {line.holding.label: line for line in preview.lines(NOW, rule="unproved")}
    assert set(lines) == {"accounts.User", "dsar.Request", "subjects.ContactPoint", "subjects.Subject"}
    assert lines["accounts.User"].going == 1
    waiting = lines["subjects.ContactPoint"]
    assert (waiting.due, waiting.needed, waiting.going) == (1, 1, 0), "its turn comes once the account is gone"
    User.objects.all().delete()
    line = next(one for one in preview.lines(NOW, rule="unproved") if one.holding.label == "subjects.ContactPoint")
    assert [(sample.key, sample.start) for sample in line.samples] == [(str(point.pk), WEEKS_AGO)]


@where_nothing_dates_it
def test_it_does_nothing_before_somebody_looked() -> None:
    signed_up()
    long_ago()
    Approval.objects.filter(rule="unproved").delete()
    assert "unproved" in [rule.code for rule in approving.waiting()]
    scene.expire()
    assert ContactPoint.objects.exists()


@where_nothing_dates_it
def test_it_is_on_record_without_content_and_goes_again_after_a_restore() -> None:
    point = asked()
    long_ago()
    kept = [point.subject, point, *Provenance.objects.all()]
    for row in kept:
        row.refresh_from_db()
    scene.expire()
    records = {record.holding: record for record in Deletion.objects.all()}
    assert records["subjects.ContactPoint"].rule == "unproved"
    assert records["subjects.ContactPoint"].rows == [str(point.pk)]
    assert "marek" not in str([record.__dict__ for record in records.values()])
    for row in kept:
        row.save(force_insert=True)
    replaying.replay(NOW)
    assert rows() == {}


@of_all_five
def test_its_owner_reads_at_your_data_when_it_goes() -> None:
    point = signed_up()
    long_ago(NOW)
    for row in (point, point.subject, point.provenances.get()):
        said = until.until(holding_of(type(row)), row)
        assert said.words == "Until 24 December 2025. It is kept for 28 days after somebody last typed it."
        assert said.last_day == (NOW + timedelta(days=28)).date()
    people.prove(point)
    assert "typed" not in until.until(holding_of(ContactPoint), point).words


@where_nothing_dates_it
def test_somebody_elses_address_of_the_same_moment_is_left_alone() -> None:
    signed_up()
    joan = accounts.open_account(JOAN)
    Message.objects.update(created_at=F("created_at") - timedelta(days=1))
    long_ago()
    scene.expire()
    assert list(User.objects.all()) == [joan]
    assert ContactPoint.objects.get().address == JOAN
    assert database_now() > NOW


def test_a_file_that_was_loaded_before_there_was_such_a_rule_stays_in_force(organisation: versions.Current) -> None:
    """After an upgrade mails go and runs run as before; the next file that is loaded has to state it."""
    file = organisation.organisation
    without = {code: entry for code, entry in file.retention.items() if code != unproved.RULE}
    older = file.model_copy(update={"retention": without})
    loader.apply(Organisation.model_validate_json(older.model_dump_json(by_alias=True)))
    point = signed_up()
    long_ago()
    scene.approve()
    assert scene.expire().finished_at
    assert at(MAREK) == point
    said = unproved.footer(point, versions.current().organisation)
    assert "28 days" not in said["how_long"]
    assert "typed" not in until.until(holding_of(ContactPoint), point).words
