"""What rows know themselves: when a mail left, a request or an account was closed, a browser last chose."""

from __future__ import annotations

from datetime import date

import pytest

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from consent.cookies import register
from consent.cookies.models import Browser, Choice
from dsar.flows import answering, asking
from dsar.flows.answering import Answer
from dsar.flows.asking import Logged, Wish
from dsar.models import Event, Request
from dsar.vocabulary import Arrival, Matter, Outcome
from portal.demo.people import choose_cookies
from portal.organisation.schema import PORTAL_SITE
from portal.organisation.versions import Current
from portal.outbox import flows as outbox
from portal.outbox.models import Message, State
from portal.subjects.models import ContactPoint
from tests.retention.moments import JOAN, PRIYA, at, goes_after, happened, has_no_date

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("state", "sent", "last_day"),
    [
        (State.SENT, "2026-01-02", "2027-01-02"),
        (State.WITHHELD, None, "2027-01-01"),
        (State.FAILED, None, "2027-01-01"),
    ],
)
def test_a_mail_is_kept_from_when_it_left_or_came_to_nothing(
    joans_mail: ContactPoint, state: State, sent: str | None, last_day: str
) -> None:
    mail = outbox.enqueue("account-password-changed", joans_mail)
    Message.objects.update(state=state, created_at=at("2026-01-01"), sent_at=at(sent) if sent else None)
    assert goes_after(mail, last_day)


def test_a_mail_that_waits_stays(joans_mail: ContactPoint) -> None:
    mail = outbox.enqueue("account-password-changed", joans_mail)
    Message.objects.update(created_at=at("2020-01-01"))
    assert has_no_date(mail)


def test_a_request_is_kept_from_its_end_its_complaint_included(organisation: Current) -> None:
    priya = accounts.open_account(PRIYA, name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    request = asking.log(
        priya, Wish(Matter.INFORMED, {"what": "Who?"}, name="Joan Archer"), Logged(Arrival.LETTER, date(2026, 1, 1))
    )
    assert has_no_date(request)
    answering.refuse(request, priya, Answer(Outcome.REFUSED, "We told you.", ("excessive",), "Our letters."))
    Request.objects.update(closed_at=at("2026-01-01"))
    line = Event.objects.filter(request=request).latest("pk")
    assert goes_after(request, "2029-01-01")
    assert goes_after(line, "2029-01-01")
    Request.objects.update(state="complaint")
    assert has_no_date(request)
    assert has_no_date(line)
    Request.objects.update(state="reviewed")
    end = Event.objects.create(request=request, kind="complaint_answered", party="system")
    happened(end, "2026-03-03", "recorded_at")
    assert goes_after(request, "2029-03-03")
    assert goes_after(line, "2029-03-03")


def test_a_browser_is_kept_from_its_last_choice(organisation: Current) -> None:
    optional = list(register.optional(organisation.organisation, PORTAL_SITE))
    first = choose_cookies(organisation, PORTAL_SITE, optional)
    choose_cookies(organisation, PORTAL_SITE, optional[:1], first.credentials)
    older, newer = Choice.objects.order_by("pk")
    happened(older, "2025-01-01", "recorded_at")
    happened(newer, "2026-01-01", "recorded_at")
    for row in (older, newer, Browser.objects.get()):
        assert goes_after(row, "2027-01-01")


def test_an_account_is_kept_while_it_is_open_and_a_claim_that_nobody_proved_is_not(organisation: Current) -> None:
    user = accounts.open_account(JOAN)
    assert has_no_date(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    User.objects.update(closed_at=at("2026-01-01"))
    assert goes_after(user, "2026-01-31")
    user.refresh_from_db()
    user.is_active = True
    user.save()
    assert has_no_date(user)
    claim = User.objects.create_user("stranger@example.net")
    User.objects.filter(pk=claim.pk).update(date_joined=at("2026-01-01"))
    assert goes_after(claim, "2026-01-31")
