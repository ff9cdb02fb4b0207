"""The proof of a yes is kept for as long as mails go out on it, and then for the years the file says."""

from __future__ import annotations

import pytest

from consent.ledger.models import Event
from portal.organisation.versions import Current
from portal.subjects import flows
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import BY_ONE_CLICK, STOP_ALL, no_to, says, yes_to
from tests.retention.moments import as_of, goes_after, happened, has_no_date

pytestmark = [as_of("openitio"), pytest.mark.django_db]


@pytest.fixture
def topic(organisation: Current) -> str:
    return next(iter(organisation.organisation.topics))


@pytest.fixture
def yes(joan: Subject, topic: str) -> Event:
    (event,) = says(joan, yes_to(topic)).events
    happened(event, "2020-05-05", "occurred_at")
    return event


def test_a_yes_in_force_is_never_due(yes: Event) -> None:
    assert has_no_date(yes)


@pytest.mark.parametrize("stop", ["of the topic", "of everything"])
def test_the_years_run_from_the_last_decision(joan: Subject, topic: str, yes: Event, stop: str) -> None:
    choice, how = (no_to(topic), {}) if stop == "of the topic" else (STOP_ALL, BY_ONE_CLICK)
    for event in says(joan, choice, **how).events:
        happened(event, "2021-05-05", "occurred_at")
    assert goes_after(yes, "2027-05-05")


def test_a_yes_at_an_address_that_was_given_up_sends_nothing(joans_mail: ContactPoint, yes: Event) -> None:
    flows.retire(joans_mail)
    assert goes_after(yes, "2026-05-05")


def test_a_later_yes_lifts_the_stop_and_is_relied_on(joan: Subject, topic: str, yes: Event) -> None:
    says(joan, STOP_ALL)
    says(joan, yes_to(topic))
    assert has_no_date(yes)
