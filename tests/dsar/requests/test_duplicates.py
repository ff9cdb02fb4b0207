"""A second request for the same is joined to the first verified one, and never before it is verified itself."""

from __future__ import annotations

import pytest

from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.models import Request
from dsar.vocabulary import Matter, Outcome, State
from portal.organisation.versions import Current
from tests.dsar.requests.conftest import MAREK, as_guest, proved, written

pytestmark = pytest.mark.django_db


def test_the_second_gets_the_first_ones_answer(organisation: Current) -> None:
    first = proved(as_guest(Matter.ACCESS))
    second = proved(as_guest(Matter.ACCESS))
    assert (second.state, second.outcome, second.duplicate_of) == (State.CLOSED, Outcome.DUPLICATE, first)
    first.refresh_from_db()
    assert first.state == State.ACTIVE
    assert written(MAREK)[-1] == "request-joined"


def test_an_unverified_one_is_joined_to_nothing_and_nothing_to_it(organisation: Current) -> None:
    stranger, second = as_guest(Matter.ACCESS), as_guest(Matter.ACCESS)
    proved(second)
    assert second.state == State.ACTIVE
    stranger.refresh_from_db()
    assert stranger.state == State.RECEIVED
    assert proved(stranger).duplicate_of == second, "verified later, it is the later one, though it was asked first"


def test_who_spells_the_address_otherwise_is_the_same_person(organisation: Current) -> None:
    first = proved(as_guest(Matter.ERASURE))
    assert proved(as_guest(Matter.ERASURE, address=MAREK.upper())).duplicate_of == first


@pytest.mark.parametrize("matter", [Matter.COMPLAINT, Matter.RECTIFICATION, Matter.HUMAN_REVIEW])
def test_what_says_something_of_its_own_each_time_is_no_repetition(organisation: Current, matter: Matter) -> None:
    proved(as_guest(matter))
    assert proved(as_guest(matter)).duplicate_of is None


def test_somebody_elses_is_not_the_same(organisation: Current) -> None:
    proved(as_guest(Matter.ACCESS))
    assert proved(as_guest(Matter.ACCESS, address="sam.green@example.net")).duplicate_of is None


def test_once_the_first_is_over_a_new_one_stands_by_itself(organisation: Current) -> None:
    first = proved(as_guest(Matter.ACCESS))
    asking.take_back(first)
    assert proved(as_guest(Matter.ACCESS)).duplicate_of is None
    assert Request.objects.verified().count() == 1


@pytest.mark.parametrize(
    ("matter", "first", "second", "joined"),
    [
        (Matter.INFORMED, {"what": "Who sold you my address?"}, {"what": "Do you profile me?"}, False),
        (Matter.INFORMED, {"what": "Do you profile me?"}, {"what": "do you profile me? "}, True),
        (Matter.ACCESS, {"what": ""}, {"what": "My calls"}, True),
        (Matter.ACCESS, {"what": "My calls"}, {"what": ""}, False),
        (Matter.PORTABILITY, {"what": "", "to": ""}, {"what": "", "to": "Acme"}, False),
        (Matter.RESTRICTION, {"ground": "accuracy"}, {"ground": "claims"}, False),
    ],
)
def test_who_asks_for_more_is_not_answered_by_the_first(
    organisation: Current, matter: Matter, first: dict[str, str], second: dict[str, str], joined: bool
) -> None:
    earlier = proved(asking.ask_as_guest(MAREK, Wish(matter, first)))
    later = proved(asking.ask_as_guest(MAREK, Wish(matter, second)))
    assert later.duplicate_of == (earlier if joined else None)
