"""What went, month by month and rule by rule, with a chart above the numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import MAXYEAR, date
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal.bars import Chart, chart
from portal.retention.desk import words
from portal.retention.desk.report import this_year, within
from portal.retention.desk.rules import RetentionPage
from portal.retention.models import Deletion

_MONTHS: Final = range(1, 13)


@dataclass(frozen=True)
class Line:
    """One rule: rows in each month, and in all."""

    title: str
    numbers: list[int]

    @property
    def total(self) -> int:
        """In the whole year."""
        return sum(self.numbers)


@dataclass(frozen=True)
class Year:
    """What went in a year of the organisation's own; ``others`` are the years of which there is something to show."""

    number: int
    lines: list[Line]
    others: list[int]

    @property
    def months(self) -> list[date]:
        """The first day of each."""
        return [date(self.number, month, 1) for month in _MONTHS]

    @property
    def sums(self) -> Line:
        """All rules together."""
        return Line(_("All rules"), [sum(line.numbers[month - 1] for line in self.lines) for month in _MONTHS])

    @property
    def chart(self) -> Chart:
        """The sums as bars."""
        return chart([[("gone", number)] for number in self.sums.numbers])


def of(number: int) -> Year:
    """The year with this number."""
    found: dict[str, Counter[int]] = {}
    rows: list[tuple[Any, str, int]] = Deletion.objects.filter(within(number, "at")).by_month()
    for month, rule, count in rows:
        found.setdefault(rule, Counter())[month.month] += count
    lines = [Line(words.title(rule), [months[month] for month in _MONTHS]) for rule, months in sorted(found.items())]
    known = {moment.year for moment in Deletion.objects.datetimes("at", "year")} | {this_year()}
    return Year(number, lines, sorted(known - {number}))


class Months(RetentionPage):
    """This year, or another."""

    def get(self, _request: HttpRequest, year: int | None = None) -> HttpResponse:
        """The page."""
        number = this_year() if year is None else year
        if not 1 < number < MAXYEAR:
            raise Http404
        return self.show("months", _("What went in %(year)d") % {"year": number}, year=of(number))
