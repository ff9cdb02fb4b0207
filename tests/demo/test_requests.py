"""The demo's requests: alive in every organisation, made once, in every state the desk works with."""

from __future__ import annotations

import pytest

from accounts.models import User
from dsar import matters, published
from dsar.flows import deadlines
from dsar.models import Request
from dsar.vocabulary import Matter, Outcome, State
from portal.demo import people, requests
from portal.demo.logins import CUSTOMER
from portal.organisation.versions import Current

pytestmark = pytest.mark.django_db
FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


@pytest.fixture(autouse=True)
def _no_visitors(monkeypatch: pytest.MonkeyPatch) -> None:
    """Browsers that chose cookies are no matter here."""
    monkeypatch.setattr(people, "create_cookie_choices", lambda _current: None)


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_desk_has_something_to_do(organisation: Current) -> None:
    people.create()
    requests.create()
    states = set(Request.objects.values_list("state", flat=True))
    waiting = {State.RECEIVED, State.IDENTITY_PENDING, State.CLARIFICATION_PAUSED}
    assert states >= {*waiting, State.ACTIVE, State.SEARCHING, State.CLOSED}
    assert Request.objects.overdue(deadlines.today()).count() == 1
    for request in Request.objects.open():
        stored = request.promised_due
        deadlines.project(request)
        assert request.promised_due == stored


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_promise_page_has_numbers_to_show(organisation: Current) -> None:
    people.create()
    requests.create()
    found = published.record(organisation, deadlines.today())
    assert found.total.late
    assert len([row for row in found.quarters if row.late]) > 1
    assert len([row for _year, rows in found.years for row in rows if row.late]) > 1


def test_joan_has_an_answer_and_two_that_are_open(organisation: Current) -> None:
    people.create()
    requests.create()
    hers = Request.objects.filter(subject=User.objects.at(CUSTOMER.email).get().subject)
    assert hers.open().count() == 2
    assert [one.outcome for one in hers.closed()] == [Outcome.FULFILLED]


def test_what_is_not_offered_is_not_asked(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matters, "offered", lambda _organisation: [Matter.COMPLAINT])
    people.create()
    requests.create()
    assert set(Request.objects.open().values_list("matter", flat=True)) == {Matter.COMPLAINT}


def test_a_second_start_makes_none_again(organisation: Current) -> None:
    people.create()
    requests.create()
    before = Request.objects.count()
    requests.create()
    assert Request.objects.count() == before
