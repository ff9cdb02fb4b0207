"""Whoever answers for a hold, and every privacy officer, is told when it is placed, stays or is lifted; once each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import pytest
from django.db import transaction

from accounts import flows as accounts
from accounts.directory import key_of
from accounts.groups import PRIVACY_OFFICER, SUPPORT
from accounts.models import User
from portal.holds import flows
from portal.holds.flows import Refused
from portal.holds.models import Hold
from portal.outbox import drainer
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.holds.conftest import WHY
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
Placing = Callable[..., Hold]


def told() -> list[str]:
    """Addresses that were written to, in order."""
    found = Message.objects.filter(kind="hold-changed").order_by("created_at", "contact_point__address")
    return list(found.values_list("contact_point__address", flat=True))


def words(mail: EmailMessage) -> str:
    body: Any = mail.get_body(("plain",))
    return " ".join(body.get_content().split())


def test_the_officers_and_who_answers_for_it_are_told_of_each_change(
    joan: ContactPoint, priya: User, hold: Placing
) -> None:
    sam = accounts.open_account("sam@staff.example", staff=True, groups=(SUPPORT,))
    accounts.open_account("ada@staff.example", staff=True, groups=(SUPPORT,))
    placed = hold(joan.subject, owner=key_of(sam))
    assert sorted(told()) == ["priya@staff.example", "sam@staff.example"]
    flows.extend(
        placed, by=key_of(priya), review_on=flows.today() + timedelta(days=9), reason="Still before the court."
    )
    flows.lift(placed, by=key_of(priya), reason="Settled.")
    assert sorted(told()) == ["priya@staff.example"] * 3 + ["sam@staff.example"] * 3


def test_an_officer_who_answers_for_it_gets_one_mail_and_who_left_none(joan: ContactPoint, hold: Placing) -> None:
    gone = accounts.open_account("gone@staff.example", staff=True, groups=(PRIVACY_OFFICER,))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    hold(joan.subject)
    assert told() == ["priya@staff.example"]


def test_what_was_refused_is_told_to_nobody(joan: ContactPoint, priya: User, hold: Placing) -> None:
    placed = hold(joan.subject)
    flows.lift(placed, by=key_of(priya), reason="Settled.")
    before = told()
    with pytest.raises(Refused), transaction.atomic():
        flows.lift(placed, by=key_of(priya), reason="Again.")
    assert told() == before


def test_one_that_ends_by_itself_is_told_too(joan: ContactPoint, hold: Placing) -> None:
    placed = hold(joan.subject, ends_on=flows.today(), lifts_itself=True)
    flows.lift_ended(flows.today() + timedelta(days=1))
    placed.refresh_from_db()
    assert placed.lifted_at is not None
    assert told() == ["priya@staff.example"] * 2


@pytest.mark.django_db(transaction=True)
def test_the_mails_say_who_did_what_and_what_follows_and_neither_whom_nor_why(
    joan: ContactPoint, priya: User, hold: Placing, smtp_sink: SmtpSink
) -> None:
    placed = hold(joan.subject, ends_on=flows.today() + timedelta(days=90))
    flows.extend(
        placed, by=key_of(priya), review_on=flows.today() + timedelta(days=9), reason="Still before the court."
    )
    flows.lift(placed, by=key_of(priya), reason="Settled out of court.")
    drainer.drain()
    mails = {mail["Subject"]: words(mail) for mail in smtp_sink.mails}
    number = placed.pk
    assert set(mails) == {
        f"Hold {number} was placed", f"Hold {number} stays, with a new day", f"Hold {number} was lifted",
    }  # fmt: skip
    assert "Placed by Priya, to be looked at again by" in mails[f"Hold {number} was placed"]
    assert "Its last day is" in mails[f"Hold {number} was placed"]
    assert "Looked at by Priya" in mails[f"Hold {number} stays, with a new day"]
    assert "What it kept goes in the next run" in mails[f"Hold {number} was lifted"]
    assert "It kept everything about one person" in mails[f"Hold {number} was lifted"]
    for body in mails.values():
        assert f"/admin/portal_holds/hold/{number}/change/" in body
        secrets = (WHY, "Settled out", "Still before", "joan", str(joan.subject_id))
        assert not any(secret in body for secret in secrets)
