"""A stop at an address outlives everything else known about it, and cannot be read."""

import pytest
from pytest_django import DjangoAssertNumQueries

from portal.subjects import flows, suppression
from portal.subjects.models import Channel, ContactPoint, Suppression
from tests.subjects.conftest import JOAN, MAREK

pytestmark = pytest.mark.django_db
JOANS = ("email", JOAN)


def suppress(position: int = 5, scope: str = suppression.MARKETING, reason: str = "opt-out") -> Suppression:
    return suppression.suppress(JOANS, scope, position, reason)


def test_nobody_is_suppressed_at_first() -> None:
    assert suppression.suppressions(*JOANS) == []


def test_a_stop_is_found_again_by_the_address(joan: ContactPoint) -> None:
    entry = suppression.suppress(joan, suppression.MARKETING, 5, "opt-out")
    found = suppression.suppressions(joan.channel, joan.identity)
    assert found == [entry]
    assert (found[0].scope, found[0].position, found[0].reason) == ("marketing", 5, "opt-out")


def test_the_entry_holds_no_address() -> None:
    suppress()
    row = Suppression.objects.values().get()
    assert not [value for value in row.values() if "joan" in str(value) or "example" in str(value)]
    assert len(row["digest"]) == 64


def test_a_stop_outlives_the_person(joan: ContactPoint) -> None:
    suppression.suppress(joan, suppression.MARKETING, 5, "erasure")
    joan.delete()
    again = flows.reach(Channel.EMAIL, JOAN.upper(), context="import", source="list")
    assert suppression.suppressions(again.channel, again.identity)


def test_each_channel_is_stopped_for_itself() -> None:
    suppression.suppress(("sms", "+447700900123"), suppression.MARKETING, 1, "opt-out")
    assert suppression.suppressions("sms", "+447700900123")
    assert not suppression.suppressions("phone", "+447700900123")


def test_each_topic_is_stopped_for_itself() -> None:
    suppress(scope=suppression.topic_scope("newsletter"))
    suppress(scope=suppression.topic_scope("webinars"), position=6)
    suppress(position=7)
    found = {entry.scope: entry.position for entry in suppression.suppressions(*JOANS)}
    assert found == {"topic:newsletter": 5, "topic:webinars": 6, "marketing": 7}


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        ((5, "opt-out"), (9, "erasure"), (9, "erasure")),
        ((9, "erasure"), (5, "opt-out"), (9, "erasure")),
        ((5, "opt-out"), (5, "erasure"), (5, "opt-out")),
    ],
)
def test_said_again_the_latest_position_stands(
    first: tuple[int, str], second: tuple[int, str], stands: tuple[int, str]
) -> None:
    for position, reason in (first, second):
        told = suppress(position, reason=reason)
    entry = Suppression.objects.get()
    assert (entry.position, entry.reason) == (told.position, told.reason) == stands


def test_many_addresses_are_answered_in_one_question(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    suppress()
    suppression.suppressions(*JOANS)
    pairs = [("email", f"p{number}@example.org") for number in range(400)] + [JOANS, ("sms", "+447700900123")]
    with django_assert_num_queries(1):
        found = suppression.suppressions_for(pairs)
    assert list(found) == pairs
    assert [pair for pair, entries in found.items() if entries] == [JOANS]


def test_the_first_the_last_and_one_in_between_of_many_are_found() -> None:
    pairs = [("email", f"p{number}@example.org") for number in range(1201)]
    for pair in (pairs[0], pairs[600], pairs[-1]):
        suppression.suppress(pair, suppression.MARKETING, 1, "opt-out")
    found = suppression.suppressions_for(pairs)
    assert [pair for pair, entries in found.items() if entries] == [pairs[0], pairs[600], pairs[-1]]


def test_no_addresses_get_no_answer() -> None:
    assert suppression.suppressions_for([]) == {}


def test_a_person_sees_the_stops_at_each_address_they_have_or_had(joan: ContactPoint, marek: ContactPoint) -> None:
    from portal.subjects import merging

    mine = [suppress(), suppression.suppress(marek, "topic:news", 2, "opt-out")]
    suppression.suppress(("email", "priya@staff.example"), suppression.MARKETING, 3, "opt-out")
    merging.merge(joan.subject, marek.subject)
    flows.retire(joan)
    assert set(suppression.suppressions_of(joan.subject)) == set(mine)


def test_an_entry_says_what_it_stops_and_not_whom() -> None:
    assert str(suppress()).startswith("email marketing ")
    assert MAREK not in str(suppress())
