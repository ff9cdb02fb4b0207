"""Wherever a request stands, its page says so in words, says what comes next, and offers what can be done."""

from __future__ import annotations

import pytest

from accounts.models import User
from portal.organisation.versions import Current
from tests.dsar.pages.conftest import STATES, Visitor, answered, ask, ask_as_guest, in_state, kinds_of_mail, page_of

pytestmark = pytest.mark.django_db

SAYS = {
    "waiting-for-code": "One step left: the code",
    "active": "We have your request",
    "searching": "We are collecting your data",
    "review": "Our answer is written",
    "approved": "Our answer is approved",
    "question": "because: The name on the account is another one.",
    "proof-arrived": "We are looking at your proof",
    "in-person": "Show it to us in person",
    "authority": "You ask for Marek Nowak",
    "paused": "Do you want your calls as well, or only your mails?",
    "extended": "It takes longer than we promised. You get our answer by",
    "overdue": "We promised an answer by",
    "answered": "Here is what we hold.",
    "partly": "We did part of what you asked",
    "nothing-held": "We hold no data about you",
    "refused": "You had the same copy last week.",
    "withdrawn": "You withdrew this request",
    "no-identity": "We could not check who you are",
    "duplicate": "You have asked for this already",
    "passed-on": "Passed on to: Acme Ltd.",
    "complained-about": "You complained about this",
    "complaint": "We are looking into your complaint",
    "compromise": "We are looking into it now",
    "done-at-once": "No more marketing comes to you.",
    "on-hold": "Your data are on hold",
}


def test_no_state_is_forgotten() -> None:
    assert set(SAYS) == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_the_page_says_where_it_stands(
    organisation: Current, joan: User, priya: User, signed_in: Visitor, state: str
) -> None:
    request = in_state(state, joan, priya)
    page = signed_in.see(page_of(request))
    assert SAYS[state] in page
    assert request.reference in page
    assert "What happened" in page or "So far, and next" in page


def test_no_mail_is_promised_for_a_step_that_sends_none(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    request = answered(ask(joan), priya)
    assert kinds_of_mail(request) == ["receipt", "answer"]
    page = signed_in.see(page_of(request))
    assert "We began to search." in page
    assert "The steps between stand only here." in page
    assert "at every step" not in page


def test_before_the_code_nobody_is_promised_a_mail(organisation: Current, joan: User, signed_in: Visitor) -> None:
    assert "We write to you when" not in signed_in.see(page_of(ask_as_guest(address=joan.email)))
