"""What the promise page shows: numbers that point at nobody, and that give nobody away to who compares two days.

- Only finished quarters count, so an answer changes nothing until its quarter is over, and then among all others.
- A quarter with few answers is shown together with the next of its year; what is few at the end of a year is not shown.
- The total adds the quarters whose numbers may be shown. The others it adds in bunches, each made once, of two or more
  that together are not small: so no total differs from an earlier one by a small number.
- Matters are counted by finished year, over what is in the total (:mod:`dsar.small_numbers`).
- Each year is counted by itself, so what falls out of view with the years moves nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Final, cast
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsar import statistics
from dsar.small_numbers import is_small
from dsar.statistics import Answered, Row
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current

YEARS: Final = 2
"""How many finished years are shown, besides the present one."""
KEPT_SECONDS: Final = 3600


@dataclass(frozen=True, slots=True)
class Stretch:
    """A quarter, or some in a row, with enough answers to be shown."""

    title: str
    answers: list[Answered]


@dataclass(frozen=True, slots=True)
class Year:
    """One year: the stretches that are shown, and those of them that are added to totals, in bunches."""

    number: int
    stretches: list[Stretch]
    bunches: list[list[Answered]]

    @property
    def counted(self) -> list[Answered]:
        """What is in the total."""
        return [one for bunch in self.bunches for one in bunch]


@dataclass(frozen=True, slots=True)
class Published:
    """All together; the stretches, the newest first; the matters of each finished year, by the year."""

    since: str
    total: Row
    quarters: list[Row]
    years: list[tuple[str, list[Row]]] = field(default_factory=list)


def record(current: Current, today: date) -> Published:
    """The numbers on the local day ``today``, counted once for all who look.

    Counting ten thousand answers takes half a second, which no stranger is to make us spend at each look.
    """
    fewest = current.organisation.reports.fewest_people
    parts = (current.id, get_language(), statistics.quarter_of(today).isoformat(), fewest)
    key = "dsar.published " + " ".join(map(str, parts))
    return cast("Published", cache.get_or_set(key, lambda: count(current.organisation, today, fewest), KEPT_SECONDS))


def count(organisation: Organisation, today: date, fewest: int) -> Published:
    """The same, counted now, in one query."""
    found = statistics.answers(_since(today), ZoneInfo(organisation.law.time_zone))
    return made_of(found, organisation, today, fewest)


def made_of(answers: Iterable[Answered], organisation: Organisation, today: date, fewest: int) -> Published:
    """The numbers on the local day ``today``, of these answers, without one from 1 to ``fewest`` - 1."""
    first, over = _since(today), statistics.quarter_of(today)
    found = [one for one in answers if first <= one.closed < over]
    years = [_year(number, found, fewest) for number in range(today.year, first.year - 1, -1)]
    rows = [
        _all_lawful(statistics.rows([(one.title, one.answers)], fewest)[0], one.answers)
        for year in years
        for one in reversed(year.stretches)
    ]
    counted = [one for year in years for one in year.counted]
    total = _lawful_if(statistics.rows([(_("All requests"), counted)], fewest)[0], years, fewest)
    by_year = [(str(year.number), _matters(year, organisation, fewest)) for year in years if year.number < today.year]
    return Published(str(first.year), total, rows, [(number, rows) for number, rows in by_year if rows])


def _since(today: date) -> date:
    return date(today.year - YEARS, 1, 1)


def _year(number: int, found: list[Answered], fewest: int) -> Year:
    stretches = list(_stretches(number, [one for one in found if one.closed.year == number], fewest))
    return Year(number, stretches, list(_bunches(stretches, fewest)))


def _stretches(year: int, answers: list[Answered], fewest: int) -> Iterator[Stretch]:
    """Quarters, each with those before it that were too few alone."""
    first, waiting = 1, list[Answered]()
    for number in range(1, 5):
        waiting += [one for one in answers if statistics.number_of_quarter(one.closed) == number]
        if is_small(len(waiting), fewest):
            continue
        if waiting:
            yield Stretch(_title(year, first, number), waiting)
        first, waiting = number + 1, []


def _bunches(stretches: list[Stretch], fewest: int) -> Iterator[list[Answered]]:
    """What can be added up without telling of a small number: a stretch alone, or two or more together."""
    waiting = list[Answered]()
    for stretch in stretches:
        if _is_whole(stretch.answers, fewest):
            yield stretch.answers
        elif waiting and _is_whole(waiting + stretch.answers, fewest):
            yield waiting + stretch.answers
            waiting = []
        else:
            waiting = waiting + stretch.answers


def _is_whole(answers: list[Answered], fewest: int) -> bool:
    """Whether neither the promises kept nor those missed are few."""
    kept = sum(one.kept for one in answers)
    return not is_small(kept, fewest) and not is_small(len(answers) - kept, fewest)


def _matters(year: Year, organisation: Organisation, fewest: int) -> list[Row]:
    rows = statistics.rows(statistics.by_matter(year.counted, organisation), fewest)
    return [_all_lawful(_lawful_if(row, [year], fewest), year.counted) for row in rows]


def _all_lawful(row: Row, answers: list[Answered]) -> Row:
    """Where nothing among them was unlawful, a row says so: the total does, and none at all is nobody's secret."""
    return replace(row, lawful=row.answered) if all(one.lawful for one in answers) else row


def _lawful_if(row: Row, years: list[Year], fewest: int) -> Row:
    """A row that says what was within the law only if each bunch may: else one bunch could be had by subtraction."""
    bunches = [bunch for year in years for bunch in year.bunches]
    if all(statistics.rows([("", bunch)], fewest)[0].lawful is not None for bunch in bunches):
        return row
    return replace(row, lawful=None)


def _title(year: int, first: int, last: int) -> str:
    if first == last:
        return statistics.title_of_quarter(year, first)
    return _("%(year)d, quarters %(first)d to %(last)d") % {"year": year, "first": first, "last": last}
