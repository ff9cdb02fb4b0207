"""How requests were answered: in time or not, by quarter and by matter. Numbers that lead to nobody.

"In time" compares local days: the day of the answer with the stored day of the promise, and of the law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from dsar import matters
from dsar.models import Request
from dsar.vocabulary import ANSWERED, Matter
from portal.organisation.schema import Organisation

K = TypeVar("K", str, date)
QUARTERS: Final = 8
"""How far back the numbers go, the present quarter included: two years."""


@dataclass(frozen=True, slots=True)
class Answered:
    """One answered request, without anything of anybody: its matter, days, and the days that were allowed."""

    matter: str
    received: date
    closed: date
    promised: date | None
    by_law: date | None

    @property
    def days(self) -> int:
        """From receipt to answer."""
        return (self.closed - self.received).days

    @property
    def kept(self) -> bool:
        """Whether the promise was kept."""
        return self.promised is None or self.closed <= self.promised

    @property
    def lawful(self) -> bool:
        """Whether it was within what the law allows."""
        return self.by_law is None or self.closed <= self.by_law


@dataclass(frozen=True, slots=True)
class Row:
    """A group of answers. Counts are None where the group is too small to be shown in public."""

    title: str
    answered: int | None
    kept: int | None = None
    lawful: int | None = None
    typical_days: int | None = None

    @property
    def share(self) -> int | None:
        """Percent of the promises that were kept."""
        return round(100 * self.kept / self.answered) if self.answered and self.kept is not None else None

    @property
    def late(self) -> int | None:
        """How many promises were missed."""
        return self.answered - self.kept if self.answered is not None and self.kept is not None else None


@dataclass(frozen=True, slots=True)
class Record:
    """Everything that is shown: all together, by quarter with the newest first, and by matter."""

    total: Row
    quarters: list[Row]
    matters: list[Row]


def answer_times(organisation: Organisation, today: date, *, fewest: int = 0) -> Record:
    """The answers of the last two years, up to the local day ``today``, in one query.

    A group of fewer than ``fewest`` answers, or whose missed promises are fewer, is not shown in numbers (0 shows all,
    for the desk). Where just one group of a list would be hidden the smallest other goes with it, or a subtraction
    would tell.
    """
    zone, first = ZoneInfo(organisation.law.time_zone), quarter_of(today)
    for _quarter in range(QUARTERS - 1):
        first = quarter_of(first - timedelta(days=1))
    found = list(_answers(first, zone))
    by_quarter = _grouped(((quarter_of(one.closed), one) for one in found), sort=True)
    by_matter = _grouped(((one.matter, one) for one in found), sort=False)
    return Record(
        _row(_("All requests"), found, fewest),
        _rows([(_quarter_title(key), group) for key, group in by_quarter], fewest),
        _rows([(matters.title(Matter(key), organisation), group) for key, group in by_matter], fewest),
    )


def quarter_of(day: date) -> date:
    """The first day of the quarter a day lies in."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def _answers(first: date, zone: ZoneInfo) -> Iterable[Answered]:
    columns = ("matter", "received_at", "closed_at", "promised_due", "statutory_due")
    rows = Request.objects.closed().filter(outcome__in=ANSWERED, closed_at__date__gte=first - timedelta(days=1))
    for matter, received, closed, promised, by_law in rows.values_list(*columns).iterator(chunk_size=2000):
        one = Answered(matter, received.astimezone(zone).date(), closed.astimezone(zone).date(), promised, by_law)
        if one.closed >= first:
            yield one


def _grouped(pairs: Iterable[tuple[K, Answered]], *, sort: bool) -> list[tuple[K, list[Answered]]]:
    """By key, the greatest key first, or else the largest group."""
    groups: dict[K, list[Answered]] = {}
    for key, one in pairs:
        groups.setdefault(key, []).append(one)
    if sort:
        return sorted(groups.items(), key=lambda item: item[0], reverse=True)
    return sorted(groups.items(), key=lambda item: len(item[1]), reverse=True)


def _rows(groups: list[tuple[str, list[Answered]]], fewest: int) -> list[Row]:
    rows = [_row(title, group, fewest) for title, group in groups]
    hidden = [number for number, row in enumerate(rows) if row.answered is None]
    shown = [number for number, row in enumerate(rows) if row.answered is not None]
    if len(hidden) == 1 and shown:
        smallest = min(shown, key=lambda number: len(groups[number][1]))
        rows[smallest] = Row(groups[smallest][0], None)
    return rows


def _row(title: str, group: list[Answered], fewest: int) -> Row:
    kept = sum(one.kept for one in group)
    if len(group) < fewest:
        return Row(title, None)
    days = round(median(one.days for one in group)) if group else None
    if 0 < len(group) - kept < fewest:
        return Row(title, len(group), None, None, days)
    return Row(title, len(group), kept, sum(one.lawful for one in group), days)


def _quarter_title(first: date) -> str:
    return _("%(year)d, quarter %(number)d") % {"year": first.year, "number": (first.month + 2) // 3}
