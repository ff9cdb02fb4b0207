"""Reminders to who answers for a hold, and to the officers: a week before a day, on it, and weekly once it is over.

Each is a row that can be written once, so that two workers remind once. A day on which the job did not run is caught
up: of several thresholds passed meanwhile the nearest alone is mailed.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Final

from django.db import IntegrityError, transaction

from portal import staff
from portal.holds import mails
from portal.holds.flows import today
from portal.holds.models import Hold, Reminder
from portal.outbox import flows as outbox

BEFORE: Final = 7
_WEEK: Final = 7


def remind_all() -> int:
    """Remind of each day that has come to a threshold; returns how many reminders were new."""
    now = today()
    coming = Hold.objects.coming_up(now + timedelta(days=BEFORE)).order_by("pk")
    return sum(remind(hold, of, day, now) for hold in coming for of, day in days_of(hold))


def days_of(hold: Hold) -> Iterator[tuple[Reminder.Of, date]]:
    """The days of a hold that somebody is reminded of. One that ends by itself is told of all the same."""
    yield Reminder.Of.REVIEW, hold.review_on
    if hold.ends_on is not None:
        yield Reminder.Of.END, hold.ends_on


def remind(hold: Hold, of: Reminder.Of, day: date, now: date) -> bool:
    """Write to the owner and the officers, each once, if it is time to; whether it was."""
    threshold = threshold_of((day - now).days)
    if threshold is None:
        return False
    try:
        with transaction.atomic():
            reminder = Reminder.objects.create(hold=hold, of=of, day=day, threshold=threshold)
            for point in staff.reach([hold.owner, *staff.officers()]):
                outbox.enqueue(mails.REMINDER.code, point, params={"reminder": reminder.pk})
    except IntegrityError:  # reminded already, or by another worker in this moment
        return False
    return True


def threshold_of(left: int) -> int | None:
    """The threshold that ``left`` days have come to: 7, 0, and -1, -2, … for each week that is over since."""
    if left > BEFORE:
        return None
    if left > 0:
        return BEFORE
    return -((-left) // _WEEK)
