"""A restriction ends with the request that set it, and with no other: who else asked for it keeps it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from accounts.models import User
from dsar.flows import asking, effects
from dsar.flows.asking import Logged, Wish
from dsar.flows.steps import Refused
from dsar.models import Request
from dsar.vocabulary import Arrival, Matter, State
from portal.subjects import flows as people
from portal.subjects.models import Subject
from tests.dsar.requests.conftest import systems_answer

pytestmark = pytest.mark.django_db
Ask = Callable[..., Request]
WHY = {"ground": "accuracy"}


@pytest.fixture
def hers(joan: User) -> Subject:
    assert joan.subject is not None
    return joan.subject


def on_hold(subject: Subject) -> bool:
    subject.refresh_from_db()
    return people.resolve(subject).restricted_at is not None


@pytest.fixture
def letter(priya: User, hers: Subject) -> Callable[[], Request]:
    """A function: a letter without an address asks for the same for another reason, and Priya finds out whose it is."""

    def written() -> Request:
        how = Logged(Arrival.LETTER, date(2026, 3, 2))
        request = asking.log(priya, Wish(Matter.RESTRICTION, {"ground": "claims"}), how)
        asking.give_more(request, hers, priya)
        return request

    return written


def test_of_two_that_hold_it_the_first_to_end_lifts_nothing(
    ask: Ask, hers: Subject, letter: Callable[[], Request]
) -> None:
    first, second = ask(Matter.RESTRICTION, WHY), letter()
    asking.take_back(first)
    assert on_hold(hers)
    asking.take_back(second)
    assert not on_hold(hers)


def test_what_was_on_hold_for_another_reason_stays_on_hold(ask: Ask, hers: Subject) -> None:
    people.restrict(hers)
    asking.take_back(ask(Matter.RESTRICTION, WHY))
    assert on_hold(hers)


def test_staff_end_it_where_no_other_request_holds_it(
    ask: Ask, hers: Subject, priya: User, letter: Callable[[], Request]
) -> None:
    first, second = ask(Matter.RESTRICTION, WHY), letter()
    with pytest.raises(Refused):
        effects.lift_restriction(first, priya, "All is right.")
    asking.take_back(second)
    assert on_hold(hers)
    effects.lift_restriction(first, priya, "All is right.")
    assert not on_hold(hers)


def test_another_kind_of_request_ends_no_restriction(ask: Ask, hers: Subject, priya: User) -> None:
    ask(Matter.RESTRICTION, WHY)
    with pytest.raises(Refused):
        effects.lift_restriction(ask(Matter.ACCESS), priya, "All is right.")
    assert on_hold(hers)


def test_a_person_found_during_the_search_is_restricted_all_the_same(priya: User, hers: Subject) -> None:
    from dsar.flows import answering

    request = asking.log(priya, Wish(Matter.RESTRICTION, WHY), Logged(Arrival.CALL, date(2026, 3, 2)))
    systems_answer(request, priya)
    answering.search(request, priya)
    asking.give_more(request, hers, priya)
    assert on_hold(hers)
    assert request.state == State.SEARCHING
