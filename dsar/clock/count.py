"""Counting one month, or three, from a start, leaving out the days on which the clock stood still.

Both laws count alike: to the corresponding date, to the month's last day where there is none, and on to the next
working day (Regulation 1182/71, Article 3(2)(c) and (4); Court of Justice C-171/03, Toeters; for the UK the same in the
ICO's "How do we calculate a month?"). What differs is what stops the clock: :class:`~dsar.clock.terms.Terms`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from dsar.clock.happenings import Ask
from dsar.clock.terms import Terms
from portal.organisation.schema import Period
from portal.organisation.working_days import Calendar

ONE_MONTH: Final = Period(1, "month")
THREE_MONTHS: Final = Period(3, "month")


@dataclass(slots=True)
class Count:
    """The count as it stands after some of what happened; :func:`count` takes it to the end.

    ``told`` is when the person was told of an extension, ``moved`` what gave the time its start, ``idle`` what was
    asked in vain because the law knows no such stop, ``late`` what was asked when the time was over.
    """

    start: date
    told: date | None
    calendar: Calendar
    still: list[tuple[date, date]] = field(default_factory=list)
    moved: list[Ask] = field(default_factory=list)
    idle: list[Ask] = field(default_factory=list)
    late: list[tuple[Ask, date]] = field(default_factory=list)
    waiting: list[Ask] = field(default_factory=list)

    @property
    def pauses(self) -> list[tuple[date, date]]:
        """The days on which the clock stood still, first and last of each stretch; none before the start.

        Stretches never overlap, but one may begin on the day on which the one before it ended.
        """
        found: list[tuple[date, date]] = []
        for first, last in sorted((max(first, self.start), last) for first, last in self.still if last >= self.start):
            if found and first <= found[-1][1]:
                found[-1] = (found[-1][0], last)
            else:
                found.append((first, last))
        return found

    @property
    def days_still(self) -> int:
        """How many days the clock stood still, the first and the last of each stretch included."""
        return sum((last - first).days + 1 for first, last in self.pauses)

    def after(self, period: Period) -> date:
        """The day this long after the start, later by the days on which the clock stood still; not rolled."""
        return period.after(self.start) + timedelta(days=self.days_still)

    @property
    def first_month_ends(self) -> date:
        """The last day of the first month, and so of telling an extension. Only what was asked in it lengthens it."""
        end = self.calendar.from_day(day := ONE_MONTH.after(self.start))
        for first, last in self.pauses:
            if first > end:
                break
            end = self.calendar.from_day(day := day + (last - first + timedelta(days=1)))
        return end

    @property
    def extended(self) -> bool:
        """Whether the person was told of an extension in time."""
        return self.told is not None and self.told <= self.first_month_ends

    @property
    def ends(self) -> date:
        """The last day the law allows."""
        return self.calendar.from_day(self.after(THREE_MONTHS)) if self.extended else self.first_month_ends


def count(received: date, asked: Sequence[Ask], told: date | None, terms: Terms) -> Count:
    """The count from the day of receipt over everything asked, earliest first.

    What is asked when the time is already over gives no new time: otherwise a late answer could be made an early one
    by a late question.
    """
    found = Count(received, told, terms.working_days)
    for ask in asked:
        if ask.answered is not None and ask.answered < received:
            continue
        starts, stops = terms.starts_with(ask.about), terms.stops_for(ask.about)
        if not (starts or stops):
            found.idle.append(ask)
        elif ask.asked > found.ends and not found.waiting:
            found.late.append((ask, found.ends))
        elif ask.answered is None:
            found.waiting.append(ask)
        elif stops:
            found.still.append((ask.asked, ask.answered))
        else:
            found.moved.append(ask)
            found.start = max(found.start, ask.answered)
    return found
