"""The days of a request as the page draws them: one bar a day, gone, left, and allowed by law after that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from dsar.clock import Deadline

MOST_BARS: Final = 130
"""More than the three months of the law with pauses; a promise of years is told in words alone."""
_WEEKEND: Final = 5


@dataclass(frozen=True)
class Days:
    """Where a request stands between its first and its last day. ``due`` is the day that counts now."""

    today: date
    starts: date
    due: date
    promised: date
    law: date | None
    extended: bool

    @property
    def left(self) -> int:
        """Days from now to the day that counts; 0 on that day, and below once it is over."""
        return (self.due - self.today).days

    @property
    def late(self) -> bool:
        """Whether the day that counts is over."""
        return self.left < 0

    @property
    def days_late(self) -> int:
        """Days since the day that counts."""
        return max(0, -self.left)

    @property
    def all(self) -> int:
        """Days there are in all, from the day after the start."""
        return (self.due - self.starts).days

    @property
    def more_by_law(self) -> int:
        """Days that the law would allow beyond the day that counts."""
        return max(0, (self.law - self.due).days) if self.law else 0

    @property
    def law_is_ahead(self) -> bool:
        """Whether the law allows days beyond the day that counts, and they are not over."""
        return self.more_by_law > 0 and self.law is not None and self.law >= self.today

    @property
    def bars(self) -> list[str]:
        """The classes of each bar, day by day; none where there are too many to be seen."""
        last = max(self.due, self.law or self.due, self.today)
        if (last - self.starts).days > MOST_BARS:
            return []
        return [self._bar(day) for day in _days(self.starts, last)]

    def _bar(self, day: date) -> str:
        in_time = day <= self.due
        gone, to_come = ("gone", "to") if in_time else ("over", "law")
        kind = gone if day <= self.today else to_come
        return f"{kind} we" if day.weekday() >= _WEEKEND else kind


def of(counted: Deadline | None, today: date) -> Days | None:
    """The days of what the clock counted; None where no day is named."""
    if counted is None or counted.promised_due is None or counted.starts is None:
        return None
    promised, law = counted.promised_due, counted.statutory_due
    due = law if counted.extended and law else min(promised, law or promised)
    return Days(today, counted.starts, due, promised, law, counted.extended)


def _days(start: date, last: date) -> Iterator[date]:
    for number in range(1, (last - start).days + 1):
        yield start + timedelta(days=number)
