"""Priya, who answers for a hold, and her fellow officer are reminded of its days: once each, a missed day caught up."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from accounts import flows as accounts
from accounts.directory import key_of
from accounts.groups import PRIVACY_OFFICER, SUPPORT
from accounts.models import User
from portal.holds import flows, reminding, tasks
from portal.holds.models import Hold, Reminder
from portal.jobs.models import JobRun
from portal.outbox import drainer
from portal.outbox.models import Message, State
from portal.subjects.models import ContactPoint
from tests.holds.conftest import WHY
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db
Placing = Callable[..., Hold]


def day(left: int) -> date:
    return flows.today() + timedelta(days=left)


def moved(hold: Hold, *, review: int = 90, end: int | None = None) -> Hold:
    """As if it had been placed so long ago that its days are so many days from now."""
    Hold.objects.filter(pk=hold.pk).update(review_on=day(review), ends_on=None if end is None else day(end))
    hold.refresh_from_db()
    return hold


def told() -> list[str]:
    """Addresses that reminders were written to."""
    found = Message.objects.filter(kind="hold-reminder").order_by("created_at", "contact_point__address")
    return list(found.values_list("contact_point__address", flat=True))


@pytest.mark.parametrize(
    ("left", "thresholds"), [(8, []), (7, [7]), (1, [7]), (0, [0]), (-1, [0]), (-7, [-1]), (-13, [-1]), (-400, [-57])]
)
@pytest.mark.parametrize("of", ["review", "end"])
def test_when_somebody_is_reminded(
    joan: ContactPoint, hold: Placing, of: str, left: int, thresholds: list[int]
) -> None:
    moved(hold(joan.subject), **{of: left})
    assert [reminding.remind_all(), reminding.remind_all()] == [len(thresholds), 0]
    assert list(Reminder.objects.values_list("threshold", flat=True)) == thresholds
    assert told() == ["priya@staff.example"] * len(thresholds)


def test_every_officer_is_reminded_and_the_owner_who_is_none(joan: ContactPoint, priya: User, hold: Placing) -> None:
    sam = accounts.open_account("sam@staff.example", staff=True, groups=(SUPPORT,))
    accounts.open_account("ada@staff.example", staff=True, groups=(SUPPORT,))
    gone = accounts.open_account("gone@staff.example", staff=True, groups=(PRIVACY_OFFICER,))
    User.objects.filter(pk=gone.pk).update(is_active=False)
    moved(hold(joan.subject, owner=key_of(sam)), review=3)
    reminding.remind_all()
    assert sorted(told()) == ["priya@staff.example", "sam@staff.example"]


def test_a_new_day_is_reminded_of_anew_and_a_lifted_hold_never(joan: ContactPoint, priya: User, hold: Placing) -> None:
    placed = moved(hold(joan.subject), review=0)
    reminding.remind_all()
    flows.extend(placed, by=key_of(priya), review_on=day(5), reason="Still before the court.")
    assert reminding.remind_all() == 1
    flows.lift(placed, by=key_of(priya), reason="Settled.")
    moved(placed, review=0)
    assert reminding.remind_all() == 0


@pytest.mark.django_db(transaction=True)
def test_the_mail_says_which_hold_and_what_to_do_and_names_nobody(
    joan: ContactPoint, hold: Placing, smtp_sink: SmtpSink
) -> None:
    placed = moved(hold(joan.subject), review=-8)
    tasks.watch()
    drainer.drain()
    (mail,) = (one for one in smtp_sink.mails if "was placed" not in one["Subject"])
    assert mail["Subject"] == f"Hold {placed.pk}: nobody has looked again"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        words = body.get_content()
        assert f"/admin/portal_holds/hold/{placed.pk}/change/" in words
        assert "everything about one person" in words
        assert "Priya answers for it" in words
        assert not any(secret in words for secret in (WHY, "joan", str(joan.subject_id)))


@pytest.mark.django_db(transaction=True)
def test_a_mail_that_has_lost_its_point_does_not_go(
    joan: ContactPoint, priya: User, hold: Placing, smtp_sink: SmtpSink
) -> None:
    placed = moved(hold(joan.subject), end=0)
    reminding.remind_all()
    flows.extend(placed, by=key_of(priya), review_on=day(90), ends_on=day(90), reason="The hearing was put off.")
    drainer.drain()
    assert not [mail for mail in smtp_sink.mails if "ends on" in mail["Subject"]]
    assert Message.objects.get(kind="hold-reminder").state == State.WITHHELD


@pytest.mark.django_db(transaction=True)
def test_the_job_lifts_what_ends_by_itself_and_says_what_it_did(joan: ContactPoint, hold: Placing) -> None:
    placed = hold(joan.subject, ends_on=day(0), lifts_itself=True)
    moved(placed, end=-1)
    tasks.watch()
    placed.refresh_from_db()
    assert placed.lifted_at is not None
    assert JobRun.objects.get(name="portal.holds.watch").detail == "reminded=1 lifted=1"
