"""Reminders to staff: 7, 3 and 1 days before an answer is due, on the day, and daily once it is late.

Idempotent: each threshold of a due date is a row that can be written once. A day the job did not run is caught up once:
of several thresholds passed meanwhile only the nearest is mailed.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db import IntegrityError, transaction

from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from dsar import days
from dsar.flows import deadlines, steps, talking
from dsar.flows.rounds import Round, each
from dsar.models import Reminder, Request
from dsar.vocabulary import Happening
from portal.organisation import versions

THRESHOLDS: Final = (7, 3, 1, 0)


def remind_all() -> Round:
    """Remind of every verified request that has come to a threshold."""
    return each(Request.objects.verified().with_date(), _remind_now)


def _remind_now(request: Request) -> bool:
    today = deadlines.today(request)
    counted = days.of(deadlines.deadline(request), today)
    return counted is not None and remind(request, counted.due, today)


def remind(request: Request, due: date, today: date) -> bool:
    """Write to who works on it, and to the officers where nobody does or it is late; whether it was time to."""
    left = (due - today).days
    threshold = threshold_of(left)
    if threshold is None:
        return False
    try:
        with transaction.atomic():
            Reminder.objects.create(request=request, due=due, threshold=threshold)
            event = steps.note(request, Happening.REMINDED, steps.SYSTEM, facts={"left": left}, shown=False)
            for one in _recipients(request, escalated=left < 0):
                talking.write_to_staff("reminder", one, request, event)
    except IntegrityError:  # reminded already, or by another worker in this moment
        return False
    return True


def threshold_of(left: int, thresholds: Iterable[int] = THRESHOLDS) -> int | None:
    """The threshold that ``left`` days have come to: the nearest not below; once late each day is its own."""
    if left < 0:
        return left
    return min((one for one in thresholds if one >= left), default=None)


def officers() -> list[User]:
    """The privacy officers who can sign in."""
    return list(User.objects.filter(groups__name=PRIVACY_OFFICER, is_active=True, is_staff=True).distinct())


def tell_of_compromise(request: Request) -> None:
    """Somebody suspects that data are in wrong hands: officers and the address the file names are told at once.

    Within a transaction.
    """
    event = steps.note(request, Happening.REMINDED, steps.SYSTEM, shown=False)
    for one in officers():
        talking.write_to_staff("compromise", one, request, event)
    talking.write_to_desks("compromise", request, [(versions.current().organisation.breach.report_to, event)])


def _recipients(request: Request, *, escalated: bool) -> Iterable[User]:
    assigned = [request.assignee] if request.assignee is not None and request.assignee.is_active else []
    others = officers() if escalated or not assigned else []
    return list({one.pk: one for one in [*assigned, *others]}.values())
