"""Due dates that were worked out by hand, on real calendars."""

import pytest

from dsar.clock import Rule, Terms
from portal.organisation.schema import Period, Statute
from tests.dsar.counting import GERMANY, SCOTLAND, UK, after, law, promise

NORTHERN_IRELAND = Terms(UK.promise, calendar="GB-NIR")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2024-01-01", "2024-02-01"),  # received on a bank holiday, which counts
        ("2024-11-25", "2024-12-27"),  # Christmas Day and Boxing Day
        ("2024-01-31", "2024-02-29"),  # a leap year's February
        ("2026-01-31", "2026-03-02"),  # 28 February 2026 is a Saturday
        ("2026-03-03", "2026-04-07"),  # Good Friday to Easter Monday
        ("2026-06-30T23:30+00:00", "2026-08-03"),  # already 1 July in London; 1 August is a Saturday
        ("2026-03-02", "2026-04-02"),
    ],
)
def test_one_month_to_the_same_date_and_on_to_a_working_day(received: str, due: str) -> None:
    assert law(after(received)) == due


def test_scotland_has_its_own_holidays() -> None:
    assert law(after("2026-06-30T23:30+00:00", terms=SCOTLAND)) == "2026-08-04"  # its Summer Bank Holiday
    assert law(after("2026-03-03", terms=SCOTLAND)) == "2026-04-06"  # no holiday on Easter Monday
    assert law(after("2026-10-30", terms=SCOTLAND)) == "2026-12-01"  # Saint Andrew's Day
    assert law(after("2026-10-30")) == "2026-11-30"


def test_northern_ireland_has_its_own_holidays() -> None:
    assert law(after("2026-02-17", terms=NORTHERN_IRELAND)) == "2026-03-18"  # Saint Patrick's Day
    assert law(after("2026-06-12", terms=NORTHERN_IRELAND)) == "2026-07-14"  # the Boyne, moved to Monday
    assert law(after("2026-02-17")) == "2026-03-17"


def test_a_substitute_day_is_a_holiday() -> None:
    assert law(after("2026-11-26")) == "2026-12-29"  # Boxing Day 2026 is a Saturday; Monday stands for it
    assert law(after("2027-11-25")) == "2027-12-29"  # both Christmas days fall on the weekend


def test_the_eu_counts_alike_by_its_own_holidays() -> None:
    assert law(after("2026-03-03", terms=GERMANY)) == "2026-04-07"
    assert law(after("2026-04-01", terms=GERMANY)) == "2026-05-04"  # Labour Day is a Friday
    assert law(after("2026-04-01")) == "2026-05-01"
    assert law(after("2026-01-31", terms=GERMANY)) == "2026-03-02"


def test_the_date_is_the_one_on_the_organisations_wall() -> None:
    late = "2026-06-30T22:30+00:00"
    assert law(after(late)) == "2026-07-30"  # 23:30 in London
    assert law(after(late, terms=Terms(UK.promise, time_zone="Europe/Berlin"))) == "2026-08-03"  # 00:30 on 1 July
    assert law(after("2026-07-01T00:30+02:00")) == "2026-07-30"  # 00:30 in Berlin is 23:30 in London
    assert law(after(late, terms=Terms(UK.promise, time_zone="Pacific/Kiritimati"))) == "2026-08-03"
    assert Rule.LOCAL_DAY in after("2026-06-30T23:30+00:00").rules
    assert Rule.LOCAL_DAY not in after("2026-06-30T22:30+00:00").rules


def test_the_promise_is_never_moved_by_a_weekend_or_a_holiday() -> None:
    assert promise(after("2026-03-02")) == "2026-03-30"
    assert promise(after("2026-03-06")) == "2026-04-03"  # Good Friday
    assert promise(after("2026-03-07")) == "2026-04-04"  # a Saturday


@pytest.mark.parametrize(
    ("period", "due"),
    [
        (Period(30, "day"), "2026-04-01"),
        (Period(4, "week"), "2026-03-30"),
        (Period(1, "month"), "2026-04-02"),
        (Period(1, "year"), "2027-03-02"),
    ],
)
def test_each_organisation_promises_its_own_time(period: Period, due: str) -> None:
    assert promise(after("2026-03-02", terms=Terms(period))) == due


def test_a_promise_beyond_the_law_says_that_the_law_comes_first() -> None:
    answer = after("2026-01-29", terms=Terms(Period(40, "day"), Statute.UK))
    assert (promise(answer), law(answer)) == ("2026-03-10", "2026-03-02")
    assert answer.rules[-1] is Rule.LAW_IS_EARLIER
    assert Rule.SUMMARY not in answer.rules
    same = after("2026-03-02", terms=Terms(Period(1, "month")))
    assert same.promised_due == same.statutory_due
    assert same.rules[-1] is Rule.SUMMARY
