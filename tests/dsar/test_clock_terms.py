"""By what is counted: the promise of the file, its law, its calendar and its time zone."""

from datetime import date, datetime

import pytest

from dsar.clock import Event, Kind, Terms, UnknownCalendar, due
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


def test_an_unknown_calendar_is_named() -> None:
    with pytest.raises(UnknownCalendar, match="There is no holiday calendar 'GB-XXX'"):
        Terms(Period(28, "day"), calendar="GB-XXX")


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
