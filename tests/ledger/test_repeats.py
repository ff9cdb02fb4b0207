"""What already holds in the same words is not written twice; whatever would change anything always is."""

import pytest
from django.db import connection

from consent.ledger.choices import Choice
from consent.ledger.models import Event, IdempotencyKey
from consent.ledger.tasks import forget_keys
from consent.ledger.vocabulary import Decision, ObjectKind
from portal.jobs.models import JobRun
from portal.subjects import suppression
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import (
    BY_CONFIRMATION_MAIL,
    FROM_A_CONFIRMED_LIST,
    NEW_WORDING,
    ON_A_FORM,
    STOP_ALL,
    confirm,
    may_send,
    no_to,
    reach,
    says,
    yes_to,
)


@pytest.mark.parametrize("choice", [yes_to("newsletter"), no_to("newsletter"), STOP_ALL])
def test_the_same_again_in_the_same_words_is_unchanged(joan: Subject, choice: Choice) -> None:
    says(joan, choice)
    again = says(joan, choice)
    assert (again.events, again.unchanged) == ([], [choice])
    assert Event.objects.count() == 1


def test_the_same_twice_in_one_act_is_written_once(joan: Subject) -> None:
    done = says(joan, yes_to("newsletter"), yes_to("newsletter"))
    assert (len(done.events), len(done.unchanged)) == (1, 1)


def test_yes_and_no_in_one_act_are_both_written_in_their_order(joan: Subject, joans_mail: ContactPoint) -> None:
    done = says(joan, yes_to("newsletter"), no_to("newsletter"))
    assert [event.decision for event in done.events] == ["granted", "withdrawn"]
    assert may_send(joans_mail, "newsletter").rule == "stopped-here"


@pytest.mark.parametrize("choice", [yes_to("newsletter"), STOP_ALL])
def test_new_words_are_news(joan: Subject, choice: Choice) -> None:
    says(joan, choice)
    assert len(says(joan, choice, text=NEW_WORDING).events) == 1


def test_a_yes_of_the_person_is_news_where_only_a_list_said_so(joan: Subject) -> None:
    says(joan, yes_to("newsletter"), **FROM_A_CONFIRMED_LIST)
    assert len(says(joan, yes_to("newsletter")).events) == 1


def test_a_second_stop_of_everything_is_news_after_a_yes_in_between(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, STOP_ALL)
    says(joan, yes_to("newsletter"))
    assert len(says(joan, STOP_ALL).events) == 1
    assert may_send(joans_mail, "newsletter").rule == "stopped"


@pytest.mark.parametrize("how", [{}, ON_A_FORM])
def test_a_second_yes_is_news_after_a_stop_of_everything(joan: Subject, how: dict[str, object]) -> None:
    says(joan, yes_to("newsletter"), **how)
    says(joan, STOP_ALL)
    assert len(says(joan, yes_to("newsletter"), **how).events) == 1


def test_a_second_yes_is_news_after_a_suppression(joan: Subject, joans_mail: ContactPoint) -> None:
    [first] = says(joan, yes_to("newsletter")).events
    suppression.suppress(joans_mail, "marketing", first.pk, "retention")
    assert may_send(joans_mail, "newsletter").rule == "suppressed"
    assert len(says(joan, yes_to("newsletter")).events) == 1
    assert may_send(joans_mail, "newsletter").rule == "consent"


def test_a_list_meets_stops_taken_over_before_the_first_decision(joan: Subject, joans_mail: ContactPoint) -> None:
    suppression.suppress(joans_mail, "marketing", 0, "opt-out")
    assert says(joan, yes_to("newsletter"), **FROM_A_CONFIRMED_LIST).ignored == [yes_to("newsletter")]
    says(joan, yes_to("newsletter"))
    assert may_send(joans_mail, "newsletter").rule == "consent"


def test_confirming_twice_is_unchanged(joan: Subject) -> None:
    says(joan, yes_to("newsletter"), **ON_A_FORM)
    says(joan, confirm("newsletter"), **BY_CONFIRMATION_MAIL)
    assert says(joan, confirm("newsletter"), **BY_CONFIRMATION_MAIL).unchanged == [confirm("newsletter")]


def test_confirming_what_was_never_asked_is_ignored(joan: Subject) -> None:
    assert says(joan, confirm("newsletter"), **BY_CONFIRMATION_MAIL).ignored == [confirm("newsletter")]


def test_a_stop_again_still_reaches_an_address_that_came_later(joan: Subject) -> None:
    from portal.subjects.flows import add_address

    says(joan, STOP_ALL)
    later = add_address(joan, "email", "joan@work.example", context="account", source="you")
    assert suppression.suppressions("email", later.identity) == []
    assert says(joan, STOP_ALL).events == []
    assert [entry.scope for entry in suppression.suppressions("email", later.identity)] == ["marketing"]


class TestKeys:
    """An idempotency key makes sending one act twice harmless; it never swallows another act."""

    def test_the_same_act_again_gives_the_first_outcome(self, joan: Subject) -> None:
        first = says(joan, yes_to("newsletter"), yes_to("newsletter"), idempotency_key="k")
        says(joan, no_to("newsletter"))
        again = says(joan, yes_to("newsletter"), yes_to("newsletter"), idempotency_key="k")
        assert again.replayed
        assert [event.pk for event in again.events] == [event.pk for event in first.events]
        assert (again.unchanged, again.ignored) == (first.unchanged, first.ignored)
        assert Event.objects.count() == 2

    def test_another_act_under_the_same_key_is_written(self, joan: Subject) -> None:
        says(joan, yes_to("newsletter"), idempotency_key="k")
        assert len(says(joan, yes_to("webinars"), idempotency_key="k").events) == 1
        assert len(says(joan, yes_to("webinars"), idempotency_key="k", text=NEW_WORDING).events) == 1

    def test_a_stop_is_never_swallowed(self, joan: Subject, joans_mail: ContactPoint) -> None:
        says(joan, STOP_ALL, idempotency_key="k")
        says(joan, yes_to("newsletter"))
        assert len(says(joan, STOP_ALL, idempotency_key="k").events) == 1
        assert may_send(joans_mail, "newsletter").rule == "stopped"

    def test_keys_are_each_persons_own(self, joan: Subject, marek: Subject) -> None:
        says(joan, yes_to("newsletter"), idempotency_key="k")
        assert len(says(marek, yes_to("newsletter"), idempotency_key="k").events) == 1

    def test_a_day_later_the_key_is_forgotten(self, joan: Subject) -> None:
        says(joan, yes_to("newsletter"), idempotency_key="k")
        says(joan, no_to("newsletter"))
        self.a_day_passes()
        assert len(says(joan, yes_to("newsletter"), idempotency_key="k").events) == 1

    def test_the_daily_job_deletes_what_is_forgotten(self, joan: Subject) -> None:
        says(joan, yes_to("newsletter"), idempotency_key="old")
        self.a_day_passes()
        says(joan, yes_to("webinars"), idempotency_key="new")
        forget_keys()
        assert list(IdempotencyKey.objects.values_list("key", flat=True)) == ["new"]
        assert JobRun.objects.get(name="consent.ledger.forget_keys").outcome == "succeeded"

    def a_day_passes(self) -> None:
        from datetime import timedelta

        from portal.database import database_now

        assert connection.in_atomic_block
        IdempotencyKey.objects.update(created_at=database_now() - timedelta(hours=25))


def test_a_purposes_stop_again_is_news_after_a_yes_to_its_topic(joan: Subject) -> None:
    stop = Choice(ObjectKind.PURPOSE, "news", "", Decision.OBJECTED)
    says(joan, stop)
    assert says(joan, stop).unchanged == [stop]
    says(joan, yes_to("promotions"))  # of another purpose
    assert says(joan, stop).unchanged == [stop]
    says(joan, yes_to("newsletter"))
    assert len(says(joan, stop).events) == 1


def test_nobody_reaches_marek_by_what_joan_does(joan: Subject, mareks_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"))
    assert may_send(mareks_mail, "newsletter").rule == "no-basis"
    assert reach("someone@example.org", "website").subject != joan
