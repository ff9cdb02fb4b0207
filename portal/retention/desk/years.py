"""What went, month by month and rule by rule, with a chart above the numbers."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import MAXYEAR, date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from portal.bars import Chart, chart
from portal.database import database_now
from portal.retention.desk import words
from portal.retention.desk.report import this_year, within
from portal.retention.desk.rules import RetentionPage
from portal.retention.models import Deletion


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
    """What went in a year of the organisation's own, up to the month ``upto``: the present year ends with the present
    month. ``others`` are the years of which there is something to show."""

    number: int
    upto: int
    lines: list[Line]
    others: list[int]

    @property
    def months(self) -> list[date]:
        """The first day of each."""
        return [date(self.number, month, 1) for month in range(1, self.upto + 1)]

    @property
    def sums(self) -> Line:
        """All rules together."""
        return Line(_("All rules"), [sum(line.numbers[month] for line in self.lines) for month in range(self.upto)])

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
    upto = localtime(database_now()).month if number == this_year() else 12
    lines = [
        Line(words.title(rule), [months[month] for month in range(1, upto + 1)])
        for rule, months in sorted(found.items())
    ]
    known = {moment.year for moment in Deletion.objects.datetimes("at", "year")} | {this_year()}
    return Year(number, upto, lines, sorted(known - {number}))


class Months(RetentionPage):
    """This year, or another."""

    def get(self, _request: HttpRequest, year: int | None = None) -> HttpResponse:
        """The page."""
        number = this_year() if year is None else year
        if not 1 < number < MAXYEAR:
            raise Http404
        return self.show("months", _("What went in %(year)d") % {"year": number}, year=of(number))
