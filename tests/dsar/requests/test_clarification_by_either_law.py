"""A question to the person, through the flows: it stops the UK's clock and not the EU's; the letters say so."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from accounts.models import User
from dsar.flows import answering, asking, deadlines, steps
from dsar.flows.asking import Logged, Wish
from dsar.letters import to_person
from dsar.models import Request
from dsar.transitions import Step
from dsar.vocabulary import Arrival, Happening, Matter, State
from portal.organisation.versions import Current
from tests.dsar.requests.conftest import JOAN

pytestmark = pytest.mark.django_db


def noon(current: Current, day: date) -> datetime:
    return datetime.combine(day, time(12), ZoneInfo(current.organisation.law.time_zone))


def asked_and_explained(current: Current, priya: User) -> tuple[Request, str, str]:
    """Received on 15 April 2026, asked on the 20th, answered on the 27th; with what the two letters said."""
    request = asking.log(priya, Wish(Matter.ACCESS, name="Joan Archer"), Logged(Arrival.MAIL, date(2026, 4, 15), JOAN))
    asked = steps.take(
        request, Step.ASK_CLARIFICATION, steps.staff(priya), at=noon(current, date(2026, 4, 20)), words="Which calls?"
    )
    assert request.state == State.CLARIFICATION_PAUSED
    question = str(to_person.write("clarification", request, asked))
    answering.explained(request, priya, "Those of January.", at=noon(current, date(2026, 4, 27)))
    answer = request.events.filter(kind=Happening.CLARIFICATION_RECEIVED).get()
    return request, question, str(to_person.write("clarified", request, answer))


@pytest.mark.parametrize(
    ("organisation", "promised", "by_law", "stops"),
    [
        ("open-e", date(2026, 5, 13), date(2026, 5, 15), False),
        ("opencontact", date(2026, 5, 21), date(2026, 5, 26), True),
    ],
    indirect=["organisation"],
)
def test_the_dates_after_a_question(
    organisation: Current, priya: User, promised: date, by_law: date, stops: bool
) -> None:
    request, question, thanks = asked_and_explained(organisation, priya)
    assert (request.state, request.promised_due, request.statutory_due) == (State.ACTIVE, promised, by_law)
    counted = deadlines.deadline(request)
    assert counted is not None
    assert (counted.promised_due, counted.statutory_due) == (promised, by_law)
    assert ("The days until you answer do not count." in question) is stops
    assert f"the law allows until {by_law:%A} {by_law.day} May 2026" in thanks
    assert any("changes no date" in step for step in counted.explanation) is not stops


@pytest.mark.parametrize(
    ("organisation", "runs"), [("open-e", True), ("opencontact", False)], indirect=["organisation"]
)
def test_while_the_question_is_open_a_date_runs_only_where_the_law_does_not_wait(
    organisation: Current, priya: User, runs: bool
) -> None:
    request = asking.log(priya, Wish(Matter.ACCESS), Logged(Arrival.MAIL, deadlines.today(), JOAN))
    answering.ask(request, priya, "Which calls?")
    assert (request.promised_due is not None, request.statutory_due is not None) == (runs, runs)
