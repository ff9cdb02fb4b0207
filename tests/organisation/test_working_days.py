"""Working days: the holidays of one place, without those of all the others."""

import subprocess
import sys
from datetime import date

import holidays
import pytest
from django.conf import settings
from django.utils import translation

from portal.organisation.working_days import Calendar, UnknownCalendar


@pytest.mark.parametrize("code", ["XX", "GB-XXX", "GB-", "gb", "GBR", "", "DE-ENG", "England"])
def test_an_unknown_calendar_is_named(code: str) -> None:
    with pytest.raises(UnknownCalendar, match="There is no holiday calendar"):
        Calendar(code)


@pytest.mark.parametrize("code", ["GB-ENG", "GB-SCT", "GB-NIR", "GB-WLS", "DE", "DE-BY", "IE", "US-GA", "PR"])
@pytest.mark.parametrize("year", [2024, 2026, 2031])
def test_the_holidays_are_those_of_the_package(code: str, year: int) -> None:
    country, _, part = code.partition("-")
    expected = holidays.country_holidays(country, subdiv=part or None, years=year)
    days = [
        date.fromordinal(number) for number in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal())
    ]
    calendar = Calendar(code)
    assert {day for day in days if not calendar.is_working(day)} == {
        day for day in days if day.weekday() >= 5 or day in expected
    }
    assert all(calendar.holiday(day) for day in expected)


def test_places_have_names() -> None:
    assert [Calendar(code).place for code in ("GB-ENG", "GB-SCT", "GB-NIR", "DE", "US-GA", "GB")] == [
        "England", "Scotland", "Northern Ireland", "Germany", "Georgia", "United Kingdom",
    ]  # fmt: skip


def test_holidays_are_named_in_the_readers_language_where_it_is_known() -> None:
    unity = date(2026, 10, 3)
    with translation.override("de"):
        assert Calendar("DE").holiday(unity) == "Tag der Deutschen Einheit"
    with translation.override("en-gb"):
        assert Calendar("DE").holiday(unity) == "German Unity Day"
    with translation.override(None):
        assert Calendar("GB-ENG").holiday(date(2026, 12, 28)) == "Boxing Day, observed"
    assert Calendar("GB-ENG").holiday(unity) == ""


def test_one_country_is_read_and_not_250() -> None:
    program = (
        "import sys, datetime; from portal.organisation.working_days import Calendar;"
        "assert 'holidays' not in sys.modules;"
        "assert not Calendar('GB-ENG').is_working(datetime.date(2026, 12, 25));"
        "print([name for name in sys.modules if name.startswith('holidays.countries')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
