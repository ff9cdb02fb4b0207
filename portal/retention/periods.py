"""When a period is over, in the organisation's own time.

A period of days, weeks, months or years runs from the day of its start and ends with its last day, at midnight where
the organisation is: what is kept "28 days" from 2 March is kept on 30 March, and goes on 31 March. Months and years
follow the calendar; a month without that day lends its last one (29 February, and a year: 28 February). Hours are hours
on any clock. No time at all ("0 days") is over at once.
"""

from __future__ import annotations

import calendar
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Final

from portal.organisation import local_time
from portal.organisation.schema import Period

NEVER_YET: Final = datetime.min.replace(tzinfo=UTC)
"""Before every start: the cutoff of a period that reaches back beyond the calendar."""
_SOME_DAY: Final = datetime(8000, 1, 1, tzinfo=UTC)
"""On which periods are compared: late, so that long ones still differ."""
_MONTHS: Final = {"month": 1, "year": 12}
_DAYS: Final = {"day": 1, "week": 7}
_DAY: Final = timedelta(days=1)


def cutoff(period: Period, as_of: datetime, zone: tzinfo | None = None) -> datetime:
    """The moment before which a period that is over at ``as_of`` began: over is exactly ``start < cutoff``.

    It never goes back while ``as_of`` goes on. ``zone`` is by default the organisation's. Raises ValueError for a
    moment without a time zone.
    """
    if as_of.tzinfo is None:
        raise ValueError("A moment without a time zone is none.")
    try:
        if period.amount == 0 or period.unit == "hour":
            return (as_of - timedelta(hours=period.amount)).astimezone(UTC)
        where = zone or local_time.zone()
        return _begins(_last_start(period, as_of.astimezone(where).date() - _DAY) + _DAY, where)
    except (OverflowError, ValueError):
        return NEVER_YET


def last_day(period: Period, start: datetime, zone: tzinfo | None = None) -> date | None:
    """The local day with which the period from ``start`` ends; None where the calendar ends before it."""
    try:
        if period.unit == "hour":
            return (start + timedelta(hours=period.amount)).astimezone(zone or local_time.zone()).date()
        return period.after(start.astimezone(zone or local_time.zone()).date())
    except (OverflowError, ValueError):
        return None


def is_longer(one: Period, other: Period) -> bool:
    """Whether the first period keeps longer than the second."""
    return cutoff(one, _SOME_DAY, UTC) < cutoff(other, _SOME_DAY, UTC)


def _last_start(period: Period, end: date) -> date:
    """The latest day from which the period ends on ``end`` or before."""
    if period.unit in _DAYS:
        return end - timedelta(days=period.amount * _DAYS[period.unit])
    year, month = divmod(end.year * 12 + end.month - 1 - period.amount * _MONTHS[period.unit], 12)
    length = calendar.monthrange(year, month + 1)[1]
    ends_its_month = end.day == calendar.monthrange(end.year, end.month)[1]
    return date(year, month + 1, length if ends_its_month else min(end.day, length))


def _begins(day: date, zone: tzinfo) -> datetime:
    """The first moment of a local day, also where the clocks change at midnight."""
    return datetime.combine(day, time.min, zone).astimezone(UTC)
