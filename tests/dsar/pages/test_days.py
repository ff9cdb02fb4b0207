"""The strip of days draws what the sentence says: gone, left, allowed by law, and late."""

from __future__ import annotations

from datetime import date

from dsar import clock, days
from dsar.clock import Terms
from portal.organisation.schema import Period, RightName

TERMS = Terms(Period(28, "day"))
RECEIVED = date(2026, 3, 2)


def on(today: date, *events: clock.Event, terms: Terms = TERMS) -> days.Days:
    found = days.of(clock.due(RECEIVED, events, terms), today)
    assert found is not None
    return found


def test_half_way_some_days_are_gone_some_left_and_three_more_allowed() -> None:
    strip = on(date(2026, 3, 17))
    kinds = [bar.partition(" ")[0] for bar in strip.bars]
    assert (kinds.count("gone"), kinds.count("to"), kinds.count("law")) == (15, 13, 3)
    assert (strip.left, strip.all, strip.more_by_law) == (13, 28, 3)
    assert kinds == sorted(kinds, key=["gone", "to", "law"].index)


def test_weekends_are_the_low_bars() -> None:
    strip = on(date(2026, 3, 2))
    low = [number for number, bar in enumerate(strip.bars) if bar.endswith(" we")]
    assert low[:4] == [4, 5, 11, 12]


def test_on_the_last_day_none_is_left_and_nothing_is_late() -> None:
    strip = on(date(2026, 3, 30))
    assert (strip.left, strip.late, strip.days_late) == (0, False, 0)


def test_the_day_after_is_late_while_the_law_still_allows_some() -> None:
    strip = on(date(2026, 3, 31))
    assert (strip.late, strip.days_late, strip.law_is_ahead) == (True, 1, True)
    assert [bar.partition(" ")[0] for bar in strip.bars][-3:] == ["over", "law", "law"]
    assert not on(date(2026, 4, 20)).law_is_ahead


def test_with_more_time_taken_the_longer_day_counts() -> None:
    told = clock.Event(clock.Kind.EXTENSION_NOTIFIED, date(2026, 3, 20))
    decided = clock.Event(clock.Kind.EXTENDED, date(2026, 3, 20))
    strip = on(date(2026, 4, 10), told, decided)
    assert (strip.due, strip.late, strip.extended) == (date(2026, 6, 2), False, True)


def test_where_the_law_is_earlier_than_the_promise_the_law_counts() -> None:
    strip = on(date(2026, 3, 3), terms=Terms(Period(60, "day")))
    assert strip.due == date(2026, 4, 2)


def test_a_promise_of_years_is_told_in_words_alone() -> None:
    complaint = Terms(Period(2, "year"), right=RightName.COMPLAINT)
    assert on(date(2026, 3, 3), terms=complaint).bars == []


def test_nothing_is_drawn_while_no_date_runs() -> None:
    asked = clock.Event(clock.Kind.IDENTITY_REQUESTED, date(2026, 3, 3))
    assert days.of(clock.due(RECEIVED, [asked], TERMS), date(2026, 3, 4)) is None
    assert days.of(None, date(2026, 3, 4)) is None
