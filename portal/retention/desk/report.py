"""The report of a year: what each rule did, from when the rows were, how often, how long, what failed and what stayed.

Numbers, dates and rules alone: it can be printed and handed to whoever asks whether promises about time are kept.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import MAXYEAR, datetime, timedelta
from typing import Any, Final

from django.db.models import Count, Max, Min, Q, QuerySet, Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.timezone import get_current_timezone, localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.database import database_now
from portal.holds.models import Hold
from portal.organisation.schema import RetentionAction
from portal.retention.desk import words
from portal.retention.desk.rules import RetentionPage
from portal.retention.models import Deletion, Part, Run

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\0")
_COLUMNS: Final = {
    "title": gettext_lazy("Rule"),
    "owner": gettext_lazy("Who answers for it"),
    "deleted": gettext_lazy("Rows deleted"),
    "anonymised": gettext_lazy("Rows made anonymous"),
    "earliest": gettext_lazy("Counted from: earliest"),
    "latest": gettext_lazy("Counted from: latest"),
    "runs": gettext_lazy("Runs"),
    "seconds": gettext_lazy("Seconds at work"),
    "failed": gettext_lazy("Runs that failed before its end"),
    "held": gettext_lazy("Most rows kept by a hold in one run"),
    "unapproved": gettext_lazy("Runs in which it waited for approval"),
}


@dataclass
class Line:
    """One rule in one year. ``discovered`` rows went on discovery, ``replayed`` ones again after a restore: they are
    among those deleted. ``held`` is the most that holds kept in one run, since each run counts the same rows anew."""

    title: str
    owner: str = ""
    deleted: int = 0
    anonymised: int = 0
    discovered: int = 0
    replayed: int = 0
    earliest: datetime | None = None
    latest: datetime | None = None
    runs: int = 0
    worked: timedelta = timedelta()
    failed: int = 0
    held: int = 0
    unapproved: int = 0

    @property
    def seconds(self) -> float:
        """Time at work."""
        return round(self.worked.total_seconds(), 1)


@dataclass(frozen=True)
class Report:
    """A year of the organisation's own. ``holds`` are those that stood on a day of it."""

    year: int
    lines: list[Line]
    states: Counter[str]
    worked: timedelta
    failed: list[Run]
    holds: list[Hold]
    others: list[int] = field(default_factory=list)

    @property
    def runs(self) -> int:
        """Of any end."""
        return self.states.total()

    @property
    def ends(self) -> list[tuple[str, int]]:
        """How they ended, in words, with how many did."""
        return [(str(Run.State(state).label), count) for state, count in sorted(self.states.items())]

    @property
    def sums(self) -> Line:
        """All rules together."""
        return Line(
            _("All rules"),
            deleted=sum(line.deleted for line in self.lines),
            anonymised=sum(line.anonymised for line in self.lines),
            worked=sum((line.worked for line in self.lines), timedelta()),
        )


def of(year: int) -> Report:
    """The report of this year; a fixed number of statements, however much went."""
    runs = Run.objects.filter(within(year, "started_at"))
    states = Counter(dict(runs.order_by().values_list("state").annotate(runs=Count("pk"))))
    worked: timedelta = runs.aggregate(worked=Sum("worked"))["worked"] or timedelta()
    failed = list(runs.filter(state=Run.State.FAILED).order_by("pk"))
    return Report(year, _lines(year), states, worked, failed, list(_holds(year)), _others(year))


def _lines(year: int) -> list[Line]:
    parts = Part.objects.filter(within(year, "run__started_at")).order_by()
    found = {code: Line(words.title(code), **facts) for code, facts in _worked(parts)}
    for rule, _run, held in parts.values_list("rule", "run").annotate(kept=Sum("held")).filter(kept__gt=0):
        found[rule].held = max(found[rule].held, held)
    gone = Deletion.objects.filter(within(year, "at")).order_by().values_list("rule", "action", "why")
    for rule, action, why, rows in gone.annotate(rows=Sum("count")):
        _add(found.setdefault(rule, Line(words.title(rule))), action, why, rows)
    return sorted(found.values(), key=lambda line: line.title.casefold())


def _worked(parts: QuerySet[Part]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What the runs say of each rule."""
    unfinished = Q(run__state=Run.State.FAILED, state=Part.State.WAITING)
    rows = parts.values("rule").annotate(
        runs=Count("run", distinct=True),
        worked=Sum("worked"),
        earliest=Min("earliest"),
        latest=Max("latest"),
        failed=Count("run", distinct=True, filter=unfinished),
        unapproved=Count("run", distinct=True, filter=Q(state=Part.State.UNAPPROVED)),
        owner=Max("owner"),
    )
    for row in rows:
        facts: dict[str, Any] = {**row}
        yield facts.pop("rule"), facts


def _add(line: Line, action: str, why: str, rows: int) -> None:
    if action == RetentionAction.ANONYMISE:
        line.anonymised += rows
    else:
        line.deleted += rows
    line.discovered += rows if why == Deletion.Why.DISCOVERY else 0
    line.replayed += rows if why == Deletion.Why.REPLAY else 0


def _holds(year: int) -> QuerySet[Hold]:
    begin, end = bounds(year)
    stood = Q(lifted_at=None) | Q(lifted_at__gte=begin)
    return Hold.objects.filter(stood, placed_at__lt=end).order_by("pk")


def _others(year: int) -> list[int]:
    known = {moment.year for moment in Run.objects.datetimes("started_at", "year")}
    return sorted((known | {this_year()}) - {year})


def within(year: int, moment: str) -> Q:
    """That ``moment``, a column, lies in this year where the organisation is.

    Not ``__year``: psycopg would ask its bounds for their zone while it holds the connection, and the zone, where
    nobody asked it before, looks into the database by the same connection: they would wait for each other.
    """
    begin, end = bounds(year)
    return Q(**{f"{moment}__gte": begin, f"{moment}__lt": end})


def bounds(year: int) -> tuple[datetime, datetime]:
    """The first moment of a year where the organisation is, and that of the next."""
    here = get_current_timezone()
    return datetime(year, 1, 1, tzinfo=here), datetime(year + 1, 1, 1, tzinfo=here)


def this_year() -> int:
    """The year it is where the organisation is."""
    return localtime(database_now()).year


class Yearly(RetentionPage):
    """The report as a page to print."""

    def get(self, _request: HttpRequest, year: int) -> HttpResponse:
        """The page."""
        title = _("Retention in %(year)d") % {"year": year}
        return self.show("report", title, report=_asked_for(year), drawn_at=database_now())


class Table(RetentionPage):
    """The same numbers as a file for a spreadsheet."""

    def get(self, _request: HttpRequest, year: int) -> HttpResponse:
        """The file."""
        table = as_csv(_asked_for(year))
        named = {"Content-Disposition": f'attachment; filename="retention-{year}.csv"'}
        return HttpResponse(table.encode("utf-8-sig"), content_type="text/csv; charset=utf-8", headers=named)


def as_csv(report: Report) -> str:
    """A line for each rule, under the words of the page. Nothing in it is taken for a formula."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(str(heading) for heading in _COLUMNS.values())
    for line in report.lines:
        writer.writerow(_cell(getattr(line, name)) for name in _COLUMNS)
    return text.getvalue()


def _cell(value: Any) -> Any:
    if isinstance(value, datetime):
        return localtime(value).date().isoformat()
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return "" if value is None else value


def _asked_for(year: int) -> Report:
    if not 1 < year < MAXYEAR:
        raise Http404
    return of(year)
