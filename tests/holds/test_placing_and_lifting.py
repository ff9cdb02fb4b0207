"""A hold is placed with a reason, an owner and a day; it ends when somebody says so, or by itself if that was said."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from accounts.directory import key_of
from accounts.models import User
from portal.holds import flows
from portal.holds.flows import Refused
from portal.holds.models import Change, Hold
from portal.jobs.models import JobRun
from portal.outbox.models import Message
from portal.personal_data import registry
from portal.subjects.models import ContactPoint, Subject
from tests.holds.conftest import WHY, free, mail, terms_of

pytestmark = pytest.mark.django_db
Placing = Callable[..., Hold]


def test_what_was_done_with_a_hold_is_written_down(joan: ContactPoint, priya: User, hold: Placing) -> None:
    placed = hold(joan.subject)
    later = flows.today() + timedelta(days=200)
    flows.extend(placed, by=key_of(priya), review_on=later, reason="The hearing was put off.")
    flows.lift(placed, by=key_of(priya), reason="Settled.")
    told = list(Change.objects.values_list("what", "words", "review_on"))
    assert told == [
        ("placed", WHY, later - timedelta(days=110)),
        ("extended", "The hearing was put off.", later),
        ("lifted", "Settled.", later),
    ]
    assert {change.by_name for change in placed.changes.all()} == {"Priya"}
    assert placed.lifted_at is not None


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"reason": "  "}, "Write why."),
        ({"review_on": -1}, "The day to look at it again is over"),
        ({"ends_on": -1}, "Its last day is over"),
        ({"lifts_itself": True}, "it needs a last day"),
    ],
)
def test_terms_that_make_no_sense_are_refused(
    joan: ContactPoint, hold: Placing, changes: dict[str, object], words: str
) -> None:
    given = {
        name: flows.today() + timedelta(days=value) if type(value) is int else value for name, value in changes.items()
    }
    with pytest.raises(Refused, match=words):
        hold(joan.subject, **given)
    assert not Hold.objects.exists()


def test_what_is_gone_cannot_be_held(joan: ContactPoint, hold: Placing) -> None:
    gone, stranger = mail(joan), Subject(pk=joan.pk)
    Message.objects.all().delete()
    for on in (gone, stranger):
        with pytest.raises(Refused, match="not there any more"):
            hold(on)


def test_rows_that_no_app_declares_cannot_be_held(hold: Placing) -> None:
    with pytest.raises(Refused, match="No app declares"):
        hold(JobRun.objects.create(name="test.sweep"))


@pytest.mark.parametrize("key", ["", "no number", "0", "99999999999999999999999", "\x00"])
def test_a_row_that_does_not_exist_is_refused_in_words(db: None, key: str) -> None:
    for label in ("subjects.ContactPoint", "dsar.Event"):
        (holding,) = (one for one in registry.holdings() if one.label == label)
        with pytest.raises(Refused, match="no such row"):
            flows.find_row(holding, key)


def test_a_row_is_found_by_what_staff_typed(joan: ContactPoint) -> None:
    assert flows.find_row(registry.holding_of(ContactPoint), f" {joan.pk} ") == joan


def test_a_lifted_hold_is_neither_extended_nor_lifted_again(joan: ContactPoint, hold: Placing) -> None:
    placed = hold(joan.subject)
    flows.lift(placed, by="", reason="Settled.")
    with pytest.raises(Refused, match="lifted already"):
        flows.lift(placed, by="", reason="Settled.")
    with pytest.raises(Refused, match="lifted already"):
        flows.extend(placed, by="", review_on=flows.today(), reason="Again.")


def test_two_holds_on_one_person_are_both_to_be_lifted(joan: ContactPoint, hold: Placing) -> None:
    first, second = hold(joan.subject), hold(joan.subject)
    flows.lift(first, by="", reason="Settled.")
    assert joan.pk not in free(ContactPoint)
    flows.lift(second, by="", reason="Settled too.")
    assert joan.pk in free(ContactPoint)


def test_the_last_day_lifts_only_what_was_placed_to_end_by_itself(joan: ContactPoint, hold: Placing) -> None:
    day = flows.today()
    stays, goes = hold(joan.subject, ends_on=day), hold(joan.subject, ends_on=day, lifts_itself=True)
    assert flows.lift_ended(day) == 0, "the last day itself is part of it"
    assert flows.lift_ended(day + timedelta(days=1)) == 1
    assert flows.lift_ended(day + timedelta(days=1)) == 0
    stays.refresh_from_db()
    goes.refresh_from_db()
    assert stays.lifted_at is None
    assert goes.lifted_at is not None
    assert goes.changes.latest("pk").by_name == "the portal, by itself"
    assert joan.pk not in free(ContactPoint)


def test_a_hold_names_a_person_or_rows_and_never_both(joan: ContactPoint, priya: User) -> None:
    known = vars(terms_of(priya))
    for target in ({}, {"subject": joan.subject, "holding": "outbox.Message"}, {"row": "1"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.create(**known, **target)
