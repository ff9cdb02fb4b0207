"""How many statements a decision costs: counted, so that it stays that way."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.ledger.circumstances import Circumstances
from consent.ledger.vocabulary import Decision
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import ON_A_FORM, STOP_ALL, may_send, no_to, says, to, yes_to

SEEN = Circumstances(ip="203.0.113.0/24", user_agent="Firefox", path="/subscribe/")


@pytest.fixture
def counted() -> CaptureQueriesContext:
    return CaptureQueriesContext(connection)


def test_a_sign_up_for_several_topics_costs_nine(joan: Subject, counted: CaptureQueriesContext) -> None:
    """Savepoint, subject, organisation, states, wording, circumstances, events, states, release."""
    with counted:
        says(joan, yes_to("newsletter"), yes_to("webinars"), yes_to("promotions"), **ON_A_FORM, circumstances=SEEN)
    assert len(counted) == 9


def test_a_key_costs_two_more(joan: Subject, counted: CaptureQueriesContext) -> None:
    with counted:
        says(joan, yes_to("newsletter"), idempotency_key="k")
    assert len(counted) == 10


def test_switching_a_notice_off_costs_seven(joan: Subject, counted: CaptureQueriesContext) -> None:
    with counted:
        says(joan, no_to("forum-answers"), text=None)
    assert len(counted) == 7


def test_saying_the_same_again_costs_a_look(joan: Subject, counted: CaptureQueriesContext) -> None:
    says(joan, to("forum-answers", Decision.WITHDRAWN))
    with counted:
        says(joan, to("forum-answers", Decision.WITHDRAWN))
    assert len(counted) == 5


def test_stopping_everything_costs_no_more_than_sixteen(joan: Subject, counted: CaptureQueriesContext) -> None:
    """Nine, and what ``portal.subjects.suppression`` needs for one address."""
    with counted:
        says(joan, STOP_ALL, circumstances=SEEN)
    assert len(counted) <= 17


def test_one_permission_costs_seven(joans_mail: ContactPoint, counted: CaptureQueriesContext) -> None:
    """Organisation, address, marks on the person, states, contexts, suppressions, the clock."""
    may_send(joans_mail, "newsletter")
    with counted:
        may_send(joans_mail, "newsletter")
    assert len(counted) == 7
