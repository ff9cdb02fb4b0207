"""Until when a request is to be answered: the organisation's promise, and the law."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from dsar.clock import complaint
from dsar.clock.count import ONE_MONTH, THREE_MONTHS, Count, count
from dsar.clock.explanation import IDLE, LATE, MOVED, WAITING, NotWorking, Rule, Step, Stretch, Tally
from dsar.clock.happenings import About, Event, Kind, asks, check, days_of, local_day
from dsar.clock.terms import Terms
from portal.organisation.schema import RightName, Statute


@dataclass(frozen=True, slots=True)
class Deadline:
    """When an answer is due, and why.

    ``promised_due`` and ``statutory_due`` are the last days, in the organisation's time zone; None while we wait for
    the person, and for the law also where it names no day. ``starts`` is the day the time is counted from,
    ``tell_by`` the last day on which an extension can still be told, ``waiting_for`` what the person has yet to send.
    """

    promised_due: date | None
    statutory_due: date | None
    steps: tuple[Step, ...]
    starts: date | None = None
    tell_by: date | None = None
    extended: bool = False
    waiting_for: frozenset[About] = frozenset()

    @property
    def explanation(self) -> list[str]:
        """Each rule that was used, in sentences to the person, in the active language."""
        return [str(step) for step in self.steps]

    @property
    def rules(self) -> list[Rule]:
        """The rules that were used, in the order of the explanation."""
        return [step.rule for step in self.steps]


def due(received: date | datetime, events: Iterable[Event], terms: Terms) -> Deadline:
    """When an answer is due to what was ``received`` at that moment (or on that local day), after those ``events``.

    The events may come in any order; one told twice counts once. What happened before receipt moves nothing.
    Raises ValueError for a moment without a time zone, or outside the years 2000 to 2090.
    """
    check(received)
    happened = list(events)
    day = local_day(received, terms.zone)
    if terms.right is RightName.COMPLAINT:
        return _complaint(received, happened, terms)
    told = [told for told in days_of(Kind.EXTENSION_NOTIFIED, happened, terms.zone) if told >= day]
    found = count(day, asks(happened, terms.zone), min(told, default=None), terms)
    opening = [*_received(received, day, terms), *_asked(found, terms)]
    if found.waiting:
        waiting = frozenset(ask.about for ask in found.waiting)
        return Deadline(None, None, (*opening, *_waiting(found)), waiting_for=waiting)
    decided = [decided for decided in days_of(Kind.EXTENDED, happened, terms.zone) if decided >= day]
    promised = found.after(terms.promise)
    steps = (*opening, *_law(found, decided, terms), *_promise(found, promised, terms))
    return Deadline(promised, found.ends, steps, found.start, found.first_month_ends, found.extended)


def _complaint(received: date | datetime, happened: list[Event], terms: Terms) -> Deadline:
    day = local_day(received, terms.zone)
    promised, acknowledge = terms.promise.after(day), complaint.acknowledge_by(day, terms)
    steps = [*_received(received, day, terms), *complaint.steps(day, asks(happened, terms.zone), terms)]
    steps.append(Step(Rule.PROMISE, {"period": terms.promise, "due": promised}))
    if acknowledge:
        steps.append(Step(Rule.COMPLAINT_SUMMARY, {"promised": promised, "due": acknowledge}))
    return Deadline(promised, acknowledge, tuple(steps), starts=day)


def _received(received: date | datetime, day: date, terms: Terms) -> Iterator[Step]:
    complains = terms.right is RightName.COMPLAINT
    yield Step(Rule.COMPLAINT_RECEIVED if complains else Rule.RECEIVED, {"day": day})
    if isinstance(received, datetime) and received.date() != day:
        yield Step(Rule.LOCAL_DAY, {"city": terms.time_zone.rpartition("/")[2].replace("_", " ")})


def _asked(found: Count, terms: Terms) -> Iterator[Step]:
    for ask in found.idle:
        yield Step(IDLE[ask.about], {"asked": ask.asked}, terms.statute)
    for ask, over in found.late:
        yield Step(LATE, {"asked": ask.asked, "due": over})
    for ask in found.moved:
        yield Step(MOVED[ask.about], {"asked": ask.asked, "answered": ask.answered})


def _waiting(found: Count) -> Iterator[Step]:
    for ask in found.waiting:
        yield Step(WAITING[ask.about], {"asked": ask.asked})
    yield Step(Rule.NO_DATE_YET)


def _law(found: Count, decided: list[date], terms: Terms) -> Iterator[Step]:
    """One month or three from the start, the days on which the clock stood still, and the roll."""
    law = terms.statute
    if found.moved:
        yield Step(Rule.STARTS, {"start": found.start}, law)
    if not found.calendar.is_working(found.start):
        yield Step(Rule.ANY_DAY_COUNTS, {"start": found.start}, law)
    period = THREE_MONTHS if found.extended else ONE_MONTH
    end = period.after(found.start)
    if found.extended:
        facts = {"told": found.told, "ended": found.first_month_ends, "start": found.start, "due": end}
        yield Step(Rule.EXTENDED, facts, law)
    else:
        yield Step(Rule.ONE_MONTH if end.day == found.start.day else Rule.SHORT_MONTH, {"due": end}, law)
    for first, last in found.pauses:
        yield Step(Rule.CLOCK_STOOD_STILL, {"days": Stretch(first, last)}, law)
    if found.pauses:
        yield Step(Rule.DAYS_ADDED, {"days": Tally(found.days_still), "due": found.after(period)})
    if skipped := found.calendar.skipped(found.after(period)):
        yield Step(Rule.NEXT_WORKING_DAY, {"days": NotWorking(found.calendar, skipped), "due": found.ends}, law)
    if not found.extended:
        yield from _no_extension(found, decided, law)


def _no_extension(found: Count, decided: list[date], law: Statute) -> Iterator[Step]:
    ended = found.first_month_ends
    if found.told:
        yield Step(Rule.TOLD_TOO_LATE, {"told": found.told, "ended": ended}, law)
    elif decided:
        yield Step(Rule.NOT_TOLD, {"decided": decided[0], "ended": ended}, law)


def _promise(found: Count, promised: date, terms: Terms) -> Iterator[Step]:
    yield Step(Rule.PROMISE, {"period": terms.promise, "due": promised})
    if found.pauses:
        yield Step(Rule.PROMISE_STOOD_STILL, {"days": Tally(found.days_still)})
    if promised > found.ends:
        yield Step(Rule.LAW_IS_EARLIER, {"due": found.ends})
    else:
        yield Step(Rule.SUMMARY, {"promised": promised, "due": found.ends})
