"""A period is over when its last day has ended where the organisation is; not before, and not later."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from portal.organisation.schema import Period
from portal.retention.periods import NEVER_YET, cutoff, last_day

LONDON = ZoneInfo("Europe/London")
ZONES = ["Europe/London", "Europe/Berlin", "America/New_York", "Pacific/Auckland", "Asia/Kathmandu", "UTC"]
moments = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC))
periods = st.builds(Period, st.integers(0, 90), st.sampled_from(["day", "week", "month", "year"]))


def over(period: str, start: str, as_of: str, zone: str = "Europe/London") -> bool:
    return datetime.fromisoformat(start) < cutoff(Period.of(period), datetime.fromisoformat(as_of), ZoneInfo(zone))


@pytest.mark.parametrize(
    ("period", "start", "last", "first_after"),
    [
        ("28 days", "2026-03-02T10:00+00:00", "2026-03-30T22:59+00:00", "2026-03-30T23:00+00:00"),  # British summer
        ("6 years", "2020-02-29T12:00+00:00", "2026-02-28T23:59+00:00", "2026-03-01T00:00+00:00"),
        ("4 years", "2020-02-29T12:00+00:00", "2024-02-29T23:59+00:00", "2024-03-01T00:00+00:00"),
        ("1 month", "2026-01-31T12:00+00:00", "2026-02-28T23:59+00:00", "2026-03-01T00:00+00:00"),
        ("1 day", "2026-10-24T12:00+00:00", "2026-10-25T23:59+00:00", "2026-10-26T00:00+00:00"),  # clocks go back
        ("2 weeks", "2025-12-25T00:00+00:00", "2026-01-08T23:59+00:00", "2026-01-09T00:00+00:00"),
        ("72 hours", "2026-03-27T16:00+00:00", "2026-03-30T16:00+00:00", "2026-03-30T16:01+00:00"),
    ],
)
def test_it_ends_with_its_last_day(period: str, start: str, last: str, first_after: str) -> None:
    assert not over(period, start, last)
    assert over(period, start, first_after)


def test_no_time_at_all_is_over_at_once() -> None:
    assert over("0 days", "2026-03-02T10:00:00+00:00", "2026-03-02T10:00:01+00:00")
    assert not over("0 days", "2026-03-02T10:00:02+00:00", "2026-03-02T10:00:01+00:00")


def test_late_at_night_the_day_is_that_of_the_organisation() -> None:
    # 23:30 UTC on 30 June is 1 July in London.
    assert not over("1 day", "2026-06-30T23:30+00:00", "2026-07-01T23:30+00:00")
    assert over("1 day", "2026-06-30T22:30+00:00", "2026-07-01T23:30+00:00")


@pytest.mark.parametrize("period", ["1000 years", "9000 years", "999999 years", "999999 days", "999999 hours"])
def test_a_thousand_years_and_more_are_no_error(period: str) -> None:
    as_of = datetime(2026, 11, 26, 15, tzinfo=UTC)
    assert NEVER_YET <= cutoff(Period.of(period), as_of, LONDON) < datetime(1950, 1, 1, tzinfo=UTC)


def test_what_ends_after_the_calendar_has_no_last_day() -> None:
    assert last_day(Period.of("9000 years"), datetime(2026, 1, 1, tzinfo=UTC), LONDON) is None
    assert last_day(Period.of("6 years"), datetime(2020, 2, 29, tzinfo=UTC), LONDON) == date(2026, 2, 28)


def test_a_moment_without_a_time_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone"):
        cutoff(Period.of("1 day"), datetime(2026, 1, 1), LONDON)


@given(periods, moments, st.integers(-3, 3), st.sampled_from(ZONES))
@example(Period(1, "month"), datetime(2026, 2, 28, 12, tzinfo=UTC), 1, "Europe/London")
@example(Period(1, "year"), datetime(2024, 2, 29, 12, tzinfo=UTC), 0, "Europe/London")
def test_counting_day_by_day_agrees(period: Period, start: datetime, about: int, zone: str) -> None:
    """The plain way: find the local day of the start, count on, and see whether that day is past."""
    here = ZoneInfo(zone)
    begun = start.astimezone(here).date()
    end = period.after(begun)
    for day in (end + timedelta(days=about), end, end + timedelta(days=1)):
        as_of = datetime.combine(day, start.astimezone(here).time(), here)
        expected = day > end if period.amount else start < as_of
        assert (start < cutoff(period, as_of, here)) == expected


@given(periods, moments, st.timedeltas(timedelta(0), timedelta(days=400)), st.sampled_from(ZONES))
def test_what_is_over_stays_over(period: Period, as_of: datetime, later: timedelta, zone: str) -> None:
    assert cutoff(period, as_of, ZoneInfo(zone)) <= cutoff(period, as_of + later, ZoneInfo(zone))
