"""What happened to a request, as far as time is concerned, and what was asked and answered in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2090
"""The holidays are known to 2100, and the law is younger than 2000."""


class Kind(StrEnum):
    """What happened."""

    IDENTITY_REQUESTED = "identity_requested"
    IDENTITY_RECEIVED = "identity_received"
    AUTHORITY_REQUESTED = "authority_requested"
    AUTHORITY_RECEIVED = "authority_received"
    FEE_REQUESTED = "fee_requested"
    FEE_RECEIVED = "fee_received"
    CLARIFICATION_REQUESTED = "clarification_requested"
    CLARIFICATION_RECEIVED = "clarification_received"
    EXTENDED = "extended"
    EXTENSION_NOTIFIED = "extension_notified"


class About(StrEnum):
    """What the person was asked for."""

    IDENTITY = "identity"
    AUTHORITY = "authority"
    FEE = "fee"
    CLARIFICATION = "clarification"


_ASKED: Final = {Kind(f"{about}_requested"): about for about in About}
_ANSWERED: Final = {Kind(f"{about}_received"): about for about in About}


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, at a moment with its time zone or on a day in the organisation's own.

    "Received" is when it arrived, not when somebody looked at it. "Requested" is one question: a reminder is none.
    Raises ValueError for a moment without a time zone and for years outside 2000 to 2090.
    """

    kind: Kind
    at: date | datetime

    def __post_init__(self) -> None:
        check(self.at)


@dataclass(frozen=True, slots=True)
class Ask:
    """A time in which we waited for the person, first and last day, or still do (``answered`` is None)."""

    about: About
    asked: date
    answered: date | None


def check(at: date | datetime) -> None:
    """Raises ValueError for what is no moment or day that the clock can count from."""
    if isinstance(at, datetime) and at.utcoffset() is None:
        raise ValueError(f"{at.isoformat()} has no time zone: nobody can say which day that is.")
    if not FIRST_YEAR <= at.year <= LAST_YEAR:
        raise ValueError(f"{at.isoformat()} is outside the years {FIRST_YEAR} to {LAST_YEAR}.")


def local_day(at: date | datetime, zone: ZoneInfo) -> date:
    """The date on the wall in ``zone`` at that moment; a day is itself."""
    return at.astimezone(zone).date() if isinstance(at, datetime) else at


def days_of(kind: Kind, events: Iterable[Event], zone: ZoneInfo) -> list[date]:
    """The days on which that happened, earliest first."""
    return sorted(local_day(event.at, zone) for event in events if event.kind is kind)


def asks(events: Iterable[Event], zone: ZoneInfo) -> list[Ask]:
    """The times in which we waited for the person, by the day they began.

    Questions may overlap: we wait as long as more were asked than answered. What arrives after the last question
    answers all of them. Two questions of a kind at the very same moment are one; an answer to nothing is none.
    """
    told = set(events)
    found = [ask for about in About for ask in _of_one_kind(about, told, zone)]
    return sorted(found, key=lambda ask: (ask.asked, ask.answered or date.max, ask.about))


def _of_one_kind(about: About, events: set[Event], zone: ZoneInfo) -> Iterator[Ask]:
    mine = [event for event in events if about in (_ASKED.get(event.kind), _ANSWERED.get(event.kind))]
    open_questions, began = 0, date.min
    in_order = sorted(mine, key=lambda event: _position(event, zone))
    for number, event in enumerate(in_order, 1):
        day = local_day(event.at, zone)
        if event.kind in _ASKED:
            began = day if open_questions == 0 else began
            open_questions += 1
        elif open_questions:
            open_questions = 0 if number == len(in_order) else open_questions - 1
            if open_questions == 0:
                yield Ask(about, began, day)
    if open_questions:
        yield Ask(about, began, None)


def _position(event: Event, zone: ZoneInfo) -> tuple[date, int, float, bool]:
    """Within a day: questions without an hour, then what has an hour, then answers without one."""
    answer = event.kind in _ANSWERED
    if isinstance(event.at, datetime):
        return event.at.astimezone(zone).date(), 1, event.at.timestamp(), answer
    return event.at, 2 if answer else 0, 0.0, answer
