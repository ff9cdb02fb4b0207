"""How many statements a page or a press costs, at most: nothing is asked of the database twice.

BEGIN and COMMIT count. What the session costs is counted too: three to write one, four to begin one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from consent.ledger.models import CircumstancesRecord, Event
from portal.organisation.versions import Current
from portal.subjects.models import ContactPoint
from tests.preferences.conftest import (
    MAREK,
    Visitor,
    first_topics,
    last_token,
    on,
    person_of,
    preferences_link,
    unsubscribe_link,
)
from tests.preferences.test_choosing import ALWAYS_ON, form

pytestmark = pytest.mark.django_db(transaction=True)
ONE_CLICK = {"List-Unsubscribe": "One-Click"}
AtMost = Callable[[int], Any]


@pytest.fixture
def at_most() -> AtMost:
    """No more than so many statements inside; says all of them where there are more."""

    @contextmanager
    def counting(most: int) -> Iterator[None]:
        with CaptureQueriesContext(connection) as statements:
            yield
        said = [statement["sql"][:150] for statement in statements.captured_queries]
        assert len(said) <= most, "\n".join(said)

    return counting


def test_one_click(at_most: AtMost, marek: ContactPoint, visitor: Visitor, organisation: Current) -> None:
    topic = first_topics(organisation, 1)[0]
    link = unsubscribe_link(marek, topic)
    with at_most(13):
        assert visitor.client.post(link, ONE_CLICK).status_code == 200
    assert f"{topic}.email" not in on(marek)


def test_one_click_for_everything(at_most: AtMost, marek: ContactPoint, visitor: Visitor) -> None:
    link = unsubscribe_link(marek)
    with at_most(13):
        assert visitor.client.post(link, ONE_CLICK).status_code == 200


@pytest.mark.parametrize("stop", ["topic", "marketing"])
def test_a_press_on_the_unsubscribe_page(
    at_most: AtMost, marek: ContactPoint, visitor: Visitor, organisation: Current, stop: str
) -> None:
    link = unsubscribe_link(marek, first_topics(organisation, 1)[0])
    with at_most(8):
        visitor.client.get(link)
    with at_most(21):
        assert "Done." in visitor.text(visitor.client.post(link, {"stop": stop}))


def test_an_address_typed_in(at_most: AtMost, marek: ContactPoint, visitor: Visitor) -> None:
    with at_most(15):
        assert visitor.client.post("/unsubscribe/", {"address": MAREK}).status_code == 200
    with at_most(7):
        assert visitor.client.post("/unsubscribe/", {"address": "nobody@example.org"}).status_code == 200


def test_subscribing(at_most: AtMost, visitor: Visitor, organisation: Current) -> None:
    with at_most(5):
        visitor.client.get("/subscribe/")
    with at_most(22):
        assert visitor.ask_for(MAREK, *first_topics(organisation, 2)).status_code == 302


def test_confirming_two_topics_is_one_write(at_most: AtMost, visitor: Visitor, organisation: Current) -> None:
    topics = first_topics(organisation, 2)
    visitor.ask_for(MAREK, *topics)
    link = f"/subscribe/confirm/{last_token(MAREK)}/"
    with at_most(4):
        visitor.client.get(link)
    with at_most(17):
        assert "Done." in visitor.text(visitor.client.post(link))
    confirmed = Event.objects.filter(decision="confirmed").select_related("text")
    assert {event.code: event.text and event.text.body for event in confirmed} == {
        topic: str(organisation.organisation.topics[topic].wording) for topic in topics
    }
    assert len({event.circumstances_digest for event in confirmed}) == 1


def test_the_preference_page(at_most: AtMost, signed_in: Visitor, joan: User, organisation: Current) -> None:
    signed_in.see("/preferences/")
    with at_most(13):
        signed_in.see("/preferences/")
    topics = first_topics(organisation, 2)
    signed_in.client.post("/preferences/", form(joan, organisation, on=[f"{topic}.email" for topic in topics]))
    signed_in.see("/preferences/")
    with at_most(14):
        assert "You said yes on" in signed_in.see("/preferences/")


def test_saving_switches(at_most: AtMost, signed_in: Visitor, joan: User, organisation: Current) -> None:
    first, second = (f"{topic}.email" for topic in first_topics(organisation, 2))
    data = form(joan, organisation, on=[first, *ALWAYS_ON])
    with at_most(23):
        assert signed_in.client.post("/preferences/", data).status_code == 302
    data = form(joan, organisation, on=[second, *ALWAYS_ON])
    with at_most(26):
        assert signed_in.client.post("/preferences/", data).status_code == 302
    assert on(person_of(joan)) & {first, second} == {second}
    assert Event.objects.count() == 3
    assert CircumstancesRecord.objects.count() == 2
    with at_most(24):
        assert signed_in.client.post("/preferences/", {"do": "undo"}).status_code == 302


def test_the_page_by_a_link(at_most: AtMost, marek: ContactPoint, visitor: Visitor) -> None:
    with at_most(9):
        assert visitor.client.get(preferences_link(marek)).status_code == 200
