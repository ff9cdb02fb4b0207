"""By what is counted: the file's promise, and the holidays of one place without those of all the others."""

import subprocess
import sys
from datetime import date, datetime

import holidays
import pytest
from django.conf import settings
from django.utils import translation

from dsar.clock import Calendar, Event, Kind, Terms, UnknownCalendar, due
from portal.organisation import loader
from portal.organisation.schema import Period, RightName, Statute
from tests.dsar.counting import UK

FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


@pytest.mark.parametrize("slug", FIVE)
def test_each_of_the_five_promises_28_days_under_its_own_law(slug: str) -> None:
    terms = Terms.of(loader.read(slug), RightName.ACCESS)
    assert terms.promise == Period(28, "day")
    assert terms == (
        Terms(terms.promise, Statute.EU, "DE", "Europe/Berlin") if slug == "open-e" else Terms(terms.promise)
    )


def test_a_right_may_have_a_time_of_its_own() -> None:
    file = loader.read("open-e")
    general = file.model_copy(update={"rights": file.rights.model_copy(update={"response": Period(20, "day")})})
    assert Terms.of(general, RightName.ERASURE).promise == Period(20, "day")
    own = loader.read("opencontact")
    other = own.model_copy(update={"rights": own.rights.model_copy(update={"response": Period(20, "day")})})
    assert Terms.of(other, RightName.ACCESS).promise == Period(28, "day")


@pytest.mark.parametrize("code", ["XX", "GB-XXX", "GB-", "gb", "GBR", "", "DE-ENG", "England"])
def test_an_unknown_calendar_is_named(code: str) -> None:
    with pytest.raises(UnknownCalendar, match="There is no holiday calendar"):
        Terms(Period(28, "day"), calendar=code)


@pytest.mark.parametrize("zone", ["", "Europe/Atlantis", "../../etc/passwd", "a" * 1000])
def test_an_unknown_time_zone_is_named(zone: str) -> None:
    with pytest.raises(ValueError, match="There is no time zone"):
        Terms(Period(28, "day"), time_zone=zone)


@pytest.mark.parametrize("period", [Period(0, "day"), Period(11, "year"), Period(999_999, "year"), Period(4000, "day")])
def test_a_promise_takes_some_time_and_not_for_ever(period: Period) -> None:
    with pytest.raises(ValueError, match="is no promise"):
        Terms(period)


@pytest.mark.parametrize("at", [datetime(2026, 3, 2, 10), date(1999, 12, 31), date(9999, 12, 31)])
def test_a_moment_nobody_can_place_is_refused(at: date) -> None:
    with pytest.raises(ValueError, match=r"no time zone|outside the years"):
        Event(Kind.EXTENDED, at)
    with pytest.raises(ValueError, match=r"no time zone|outside the years"):
        due(at, [], UK)


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
        "import sys, datetime; from dsar.clock import Calendar;"
        "assert 'holidays' not in sys.modules;"
        "assert not Calendar('GB-ENG').is_working(datetime.date(2026, 12, 25));"
        "print([name for name in sys.modules if name.startswith('holidays.countries')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=settings.BASE_DIR, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
