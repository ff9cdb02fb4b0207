"""How requests were answered: in time or not, by quarter and by matter. Numbers that lead to nobody.

"In time" compares local days: the day of the answer with the stored day of the promise, and of the law.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final, TypeVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from dsar import matters
from dsar.models import Request
from dsar.small_numbers import hidden, is_small
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
    """A group of answers. Counts are None where they are not shown in public: because they are small, which the
    ``few`` say, or because a small one could be worked out from them."""

    title: str
    answered: int | None
    kept: int | None = None
    lawful: int | None = None
    typical_days: int | None = None
    few: bool = False
    few_kept: bool = False
    few_late: bool = False

    @property
    def share(self) -> int | None:
        """Percent of the promises that were kept; a hundred only where all were."""
        return 100 * self.kept // self.answered if self.answered and self.kept is not None else None

    @property
    def late(self) -> int | None:
        """How many promises were missed."""
        return self.answered - self.kept if self.answered is not None and self.kept is not None else None


@dataclass(frozen=True, slots=True)
class Count:
    """The numbers of one group, as they are."""

    answered: int
    kept: int
    late_but_lawful: int
    unlawful: int

    @property
    def late(self) -> int:
        """Promises missed."""
        return self.answered - self.kept


@dataclass(frozen=True, slots=True)
class Record:
    """All together, by quarter with the newest first, and by matter."""

    total: Row
    quarters: list[Row]
    matters: list[Row]


def answer_times(organisation: Organisation, today: date) -> Record:
    """The answers of the last two years, up to the local day ``today``, in one query; every number, for the desk."""
    zone, first = ZoneInfo(organisation.law.time_zone), quarter_of(today)
    for _quarter in range(QUARTERS - 1):
        first = quarter_of(first - timedelta(days=1))
    found = list(answers(first, zone))
    by_quarter = sorted(_grouped((quarter_of(one.closed), one) for one in found), reverse=True, key=_first)
    titled = [(title_of_quarter(key.year, number_of_quarter(key)), group) for key, group in by_quarter]
    return Record(rows([(_("All requests"), found)])[0], rows(titled), rows(by_matter(found, organisation)))


def quarter_of(day: date) -> date:
    """The first day of the quarter a day lies in."""
    return date(day.year, 3 * ((day.month - 1) // 3) + 1, 1)


def number_of_quarter(day: date) -> int:
    """1 to 4."""
    return (day.month + 2) // 3


def title_of_quarter(year: int, number: int) -> str:
    """A quarter as people call it."""
    return _("%(year)d, quarter %(number)d") % {"year": year, "number": number}


def answers(first: date, zone: ZoneInfo) -> Iterator[Answered]:
    """What was answered from the local day ``first`` on, in one query."""
    columns = ("matter", "received_at", "closed_at", "promised_due", "statutory_due")
    rows = Request.objects.closed().filter(outcome__in=ANSWERED, closed_at__date__gte=first - timedelta(days=1))
    for matter, received, closed, promised, by_law in rows.values_list(*columns).iterator(chunk_size=2000):
        one = Answered(matter, received.astimezone(zone).date(), closed.astimezone(zone).date(), promised, by_law)
        if one.closed >= first:
            yield one


def by_matter(found: Iterable[Answered], organisation: Organisation) -> list[tuple[str, list[Answered]]]:
    """Grouped by what was asked for, under its title; the largest group first."""
    groups = sorted(_grouped((one.matter, one) for one in found), key=lambda item: len(item[1]), reverse=True)
    return [(matters.title(Matter(key), organisation), group) for key, group in groups]


def _grouped(pairs: Iterable[tuple[K, Answered]]) -> Iterable[tuple[K, list[Answered]]]:
    groups: dict[K, list[Answered]] = {}
    for key, one in pairs:
        groups.setdefault(key, []).append(one)
    return groups.items()


def _first(item: tuple[K, list[Answered]]) -> K:
    return item[0]


def rows(groups: list[tuple[str, list[Answered]]], fewest: int = 0) -> list[Row]:
    """The groups of one table. Within the law is shown only where the promise is: one tells of the other.

    A number of 1 to ``fewest`` - 1 is not shown, nor is one from which it could be worked out in the same table
    (:mod:`dsar.small_numbers`).
    """
    counts = [_count(group) for _title, group in groups]
    answered = hidden([(one.answered,) for one in counts], fewest)
    kept = hidden([(one.kept, one.late) for one in counts], fewest, answered)
    lawful = hidden([(one.kept, one.late_but_lawful, one.unlawful) for one in counts], fewest, kept)
    return [
        Row(
            title,
            None if number in answered else one.answered,
            None if number in kept else one.kept,
            None if number in lawful else one.answered - one.unlawful,
            None if number in answered or not group else round(median(answer.days for answer in group)),
            few=is_small(one.answered, fewest),
            few_kept=is_small(one.kept, fewest),
            few_late=is_small(one.late, fewest),
        )
        for number, ((title, group), one) in enumerate(zip(groups, counts, strict=True))
    ]


def _count(group: list[Answered]) -> Count:
    kept = sum(one.kept for one in group)
    late_but_lawful = sum(one.lawful and not one.kept for one in group)
    return Count(len(group), kept, late_but_lawful, sum(not one.lawful for one in group))
