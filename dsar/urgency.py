"""How urgent a request is, in words: "3 days left", "2 days overdue", "waiting for the person"."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from dsar.models import Request
from dsar.vocabulary import OPEN, Matter, State

SOON_DAYS: Final = 7
"""From here on staff are reminded."""


class Tone(StrEnum):
    """The colour of the words, which say the same without it."""

    LATE = "late"
    SOON = "soon"
    WAITING = "waiting"
    CALM = "calm"
    OVER = "over"


@dataclass(frozen=True)
class Urgency:
    """``words`` for people; ``days`` left until the earlier of promise and law, below 0 once it is over."""

    words: str
    tone: Tone
    days: int | None = None


def due_day(request: Request) -> date | None:
    """The earlier of promise and law; None while no date runs."""
    return min(filter(None, (request.promised_due, request.statutory_due)), default=None)


def of(request: Request, today: date) -> Urgency:
    """How urgent it is on the local day ``today``."""
    if request.state not in OPEN:
        return Urgency(request.get_outcome_display() or request.get_state_display(), Tone.OVER)
    if request.matter == Matter.COMPROMISE and request.state != State.RECEIVED:
        return Urgency(_("look at once"), Tone.LATE)
    due = due_day(request)
    if due is None or request.state == State.RECEIVED:
        return Urgency(_("waiting for the person"), Tone.WAITING)
    return by_day((due - today).days)


def by_day(left: int) -> Urgency:
    """What so many days left mean."""
    if left < 0:
        words = ngettext("%(days)d day overdue", "%(days)d days overdue", -left) % {"days": -left}
        return Urgency(words, Tone.LATE, left)
    if left == 0:
        return Urgency(_("due today"), Tone.LATE, left)
    words = ngettext("%(days)d day left", "%(days)d days left", left) % {"days": left}
    return Urgency(words, Tone.SOON if left <= SOON_DAYS else Tone.CALM, left)
