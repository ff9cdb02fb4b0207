"""What was chosen, by site, category and week: numbers that lead to nobody, and praise no answer.

A week of a category is shown only where both numbers, allowed and refused, are ten or more, or as many as the file asks
for (``reports.fewest_people``): all categories of a banner
are answered by the same presses, so that one number and a sum would give away the other. And only weeks that are over:
a running one, looked at twice, would tell what the one person answered who came in between.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import Count, Sum
from django.db.models.functions import TruncWeek

from consent.cookies import register
from consent.cookies.models import Choice, Refusals
from portal.bars import Chart, chart
from portal.organisation import versions
from portal.organisation.schema import PORTAL_SITE, Organisation

FEWEST: Final = 10
WEEKS: Final = 12


@dataclass(frozen=True, slots=True)
class Week:
    """One category in one week. ``monday`` begins it, in UTC; None for numbers too small to be shown."""

    monday: date
    allowed: int | None = None
    refused: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """One category of a site over the weeks, the oldest first."""

    title: str
    weeks: list[Week]

    @property
    def chart(self) -> Chart:
        """Week by week two bars side by side, both drawn alike; none where the numbers are not shown."""
        return chart([[("allowed", week.allowed), ("refused", week.refused)] for week in self.weeks])

    @property
    def is_shown(self) -> bool:
        """Whether any week has numbers large enough."""
        return any(week.allowed is not None for week in self.weeks)


@dataclass(frozen=True, slots=True)
class Site:
    """One site and its optional categories."""

    title: str
    series: list[Series]


def fewest(organisation: Organisation) -> int:
    """The smallest number that is shown."""
    return max(FEWEST, organisation.reports.fewest_people)


def mondays(today: date) -> list[date]:
    """Those that begin the last twelve weeks that are over, the oldest first; ``today`` in UTC."""
    this_monday = today - timedelta(days=today.weekday())
    return [this_monday - timedelta(weeks=number) for number in range(WEEKS, 0, -1)]


def by_site(today: date) -> list[Site]:
    """The last twelve weeks that are over, of every site that asks; ``today`` in UTC."""
    organisation = versions.current().organisation
    weeks = mondays(today)
    counts, least = _counted(weeks[0]), fewest(organisation)
    return [
        Site(
            register.title(organisation, code),
            [
                Series(
                    str(one.title),
                    [_week(monday, counts.get((code, key, monday), Counter()), least) for monday in weeks],
                )
                for key, one in offered.items()
            ],
        )
        for code in (PORTAL_SITE, *organisation.cookies.sites)
        if (offered := register.optional(organisation, code))
    ]


Counts = dict[tuple[str, str, date], Counter[str]]


def _counted(since: date) -> Counts:
    """Presses by site, category and week."""
    counts: Counts = defaultdict(Counter)
    for site, week, allowed, refused, number in _choices(since):
        for code in allowed:
            counts[site, code, week]["allowed"] += number
        for code in refused:
            counts[site, code, week]["refused"] += number
    for site, day, version_id, number in _refusals(since):
        for code in register.optional(versions.get(version_id).organisation, site):
            counts[site, code, day - timedelta(days=day.weekday())]["refused"] += number
    return counts


def _choices(since: date) -> Iterable[tuple[str, date, list[str], list[str], int]]:
    """Choices with the same answer, week by week."""
    rows = (
        Choice.objects.filter(recorded_at__gte=datetime.combine(since, time(), UTC))
        .annotate(week=TruncWeek("recorded_at", tzinfo=UTC))
        .values_list("site", "week", "allowed", "refused")
        .annotate(number=Count("pk"))
        .order_by()
    )
    for site, week, allowed, refused, number in rows.iterator():
        yield site, week.date(), allowed, refused, number


def _refusals(since: date) -> Iterable[tuple[str, date, int, int]]:
    """Refusals of everything, day by day; only their number is known."""
    days = Refusals.objects.filter(day__gte=since).values_list("site", "day", "organisation_version_id")
    yield from days.annotate(number=Sum("count")).order_by()


def _week(monday: date, counted: Counter[str], least: int) -> Week:
    allowed, refused = counted["allowed"], counted["refused"]
    return Week(monday, allowed, refused) if min(allowed, refused) >= least else Week(monday)
