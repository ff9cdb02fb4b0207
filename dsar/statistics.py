"""How requests were answered: in time or not, by quarter and by matter. Numbers that lead to nobody.

"In time" compares local days: the day of the answer with the stored day of the promise, and of the law.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import Final, TypeVar, cast
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.db.models import Count as HowMany
from django.db.models import Max
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from dsar import matters
from dsar.models import Request
from dsar.small_numbers import hidden, is_small
from dsar.vocabulary import ANSWERED, Matter
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current

K = TypeVar("K", str, date)
QUARTERS: Final = 8
"""How far back the numbers go, the present quarter included: two years."""
KEPT_SECONDS: Final = 3600


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
    """Everything that is shown: all together, by quarter with the newest first, and by matter."""

    total: Row
    quarters: list[Row]
    matters: list[Row]


def answer_times(organisation: Organisation, today: date, *, fewest: int = 0) -> Record:
    """The answers of the last two years, up to the local day ``today``, in one query.

    A number of 1 to ``fewest`` - 1 is not shown, nor is one from which it could be worked out
    (:mod:`dsar.small_numbers`); 0 shows all, for the desk.
    """
    zone, first = ZoneInfo(organisation.law.time_zone), quarter_of(today)
    for _quarter in range(QUARTERS - 1):
        first = quarter_of(first - timedelta(days=1))
    found = list(_answers(first, zone))
    by_quarter = _grouped(((quarter_of(one.closed), one) for one in found), sort=True)
    by_matter = _grouped(((one.matter, one) for one in found), sort=False)
    return Record(
        _rows([(_("All requests"), found)], fewest)[0],
        _rows([(_quarter_title(key), group) for key, group in by_quarter], fewest),
        _rows([(matters.title(Matter(key), organisation), group) for key, group in by_matter], fewest),
    )


def published(current: Current, today: date) -> Record:
    """What the promise page shows: without small numbers, and counted once for all who look until one more is answered.

    Counting ten thousand answers takes half a second, which no stranger is to make us spend at each look.
    """
    fewest = current.organisation.reports.fewest_people
    known = Request.objects.closed().filter(outcome__in=ANSWERED).aggregate(HowMany("pk"), Max("closed_at"))
    parts = (current.id, get_language(), today, fewest, *known.values())
    return cast(
        "Record",
        cache.get_or_set(
            f"dsar.statistics {parts}",
            lambda: answer_times(current.organisation, today, fewest=fewest),
            KEPT_SECONDS,
        ),
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
    """The groups of one table. Within the law is shown only where the promise is: one tells of the other."""
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


def _quarter_title(first: date) -> str:
    return _("%(year)d, quarter %(number)d") % {"year": first.year, "number": (first.month + 2) // 3}
