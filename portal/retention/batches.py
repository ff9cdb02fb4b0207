"""A few rows at a time: looked for by key, looked at again under lock, gone, and written down, in one transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count

from portal.holds import standing
from portal.retention import disposal, locks, starts, ties
from portal.retention.models import Deletion
from portal.retention.removable import Work

LEAST: Final = 250
FIRST: Final = 500
MOST: Final = 2000
WINDOW: Final = 5000
"""Rows that are looked at for those that are due, where dating one takes looks into other tables."""
AT_ONCE: Final = 0.15
"""Seconds a batch should take: people wait for its locks that long. (None may hold them for 0.2.)"""


@dataclass
class Size:
    """How many keys a batch takes: as many as go in the time it may take."""

    keys: int = field(default_factory=lambda: FIRST)

    def learn(self, seconds: float) -> None:
        """Up by half where there is room, down by half where it took too long."""
        if seconds > AT_ONCE * 1.2:
            self.keys = max(LEAST, self.keys // 2)
        elif seconds < AT_ONCE * 0.8:
            self.keys = min(MOST, self.keys * 3 // 2)


@dataclass
class Gone:
    """What a batch took away: keys, rows of the holding, rows by kind, and from when to when their periods ran."""

    keys: list[Any] = field(default_factory=list)
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    earliest: datetime | None = None
    latest: datetime | None = None
    record: Deletion | None = None


def next_keys(work: Work, after: Any, size: int) -> list[Any]:
    """The next keys in order that may go, as far as can be told without a lock. ``after`` is the last one, or None."""
    if not starts.belongs_to_person(work.holding, work.rule):
        return _keys_between(work, after, None, size)
    # Each row is dated by looks into other tables: a planner that sorts first would date all of them for a few.
    while True:
        end = _key_at(work, after, WINDOW)
        keys = _keys_between(work, after, end, size)
        if keys or end is None:
            return keys
        after = end


def _keys_between(work: Work, after: Any, end: Any, size: int) -> list[Any]:
    keys = _beyond(work, work.removable(), after).order_by(work.key).values_list(work.key, flat=True)
    if end is not None:
        keys = keys.filter(**{f"{work.key}__lte": end})
    return list((keys.distinct() if work.holding.together else keys)[:size])


def _key_at(work: Work, after: Any, distance: int) -> Any:
    """The key so many rows further, due or not; None where there are fewer."""
    rows = _beyond(work, work.holding.model._base_manager.all(), after).order_by(work.key)
    return rows.values_list(work.key, flat=True)[distance - 1 : distance].first()


def _beyond(work: Work, rows: Any, after: Any) -> Any:
    return rows if after is None else rows.filter(**{f"{work.key}__gt": after})


def take(work: Work, keys: Sequence[Any], record: Deletion) -> Gone:
    """Lock, look again, and do what the rule says. Within a transaction; what is not removable any more stays.

    ``record`` says why and under which run; it is filled in and saved where something went. Raises
    :class:`~portal.retention.locks.Moved`.
    """
    standing.freeze()
    pks = locks.rows_first(work.chosen(keys), work.holding, None if work.holding.together else keys)
    chosen = work.holding.model._base_manager.filter(pk__in=pks)
    people = locks.people(work.holding, chosen)
    if work.holding.together:
        chosen = work.chosen(people)
    if ties.keepers(work.holding.model):
        locks.rows(chosen)
    going = _going(work, chosen, people)
    if not going:
        return Gone()
    moments = [moment for moment in going.values() if moment is not None]
    gone = Gone(rows=len(going), earliest=min(moments, default=None), latest=max(moments, default=None))
    leaving = work.holding.model._base_manager.filter(pk__in=list(going))
    gone.keys = _keys(work, leaving, going)
    gone.counts = disposal.carry_out(work.action, work.holding, leaving)
    gone.record = _written(record, work, gone)
    return gone


def in_turn(work: Work, keys: Sequence[Any], step: Any) -> None:
    """Call ``step(keys)``, which opens a transaction; where something new points at one of them, half of them each,
    down to that one, which stays."""
    try:
        step(keys)
    except (IntegrityError, locks.Moved):
        if len(keys) == 1:
            return
        middle = len(keys) // 2
        in_turn(work, keys[:middle], step)
        in_turn(work, keys[middle:], step)


def _going(work: Work, chosen: Any, people: dict[UUID, UUID]) -> dict[Any, datetime | None]:
    """Primary keys of what may go, with their starts, found again under the locks."""
    found: dict[Any, datetime | None] = {}
    among: Sequence[Any] = list(chosen.values_list("pk", flat=True)) if ties.points_at_itself(work.holding) else ()
    while True:
        found = dict(work.removable(chosen, among).values_list("pk", "starts_at"))
        if not among or len(found) == len(among):
            break
        among = list(found)  # what stays keeps what it points at
    return _whole(work, found, people) if work.holding.together else found


def _whole(work: Work, found: dict[Any, datetime | None], people: dict[UUID, UUID]) -> dict[Any, datetime | None]:
    """Of what may go, that of people all of whose rows may, under each of their records."""
    rows, path = work.holding.model._base_manager.all(), work.key
    staying = rows.filter(**{f"{path}__in": list(people)}).exclude(pk__in=list(found))
    keep = {people[one] for one in staying.values_list(path, flat=True).distinct()}
    whose = dict(rows.filter(pk__in=list(found)).values_list("pk", path))
    return {pk: moment for pk, moment in found.items() if people[whose[pk]] not in keep}


def _keys(work: Work, leaving: Any, going: dict[Any, Any]) -> list[Any]:
    if not work.holding.together:
        return list(going)
    return [one for one, _rows in leaving.values_list(work.key).annotate(rows=Count("pk")).order_by(work.key)]


def _written(record: Deletion, work: Work, gone: Gone) -> Deletion:
    record.holding, record.action, record.key = work.holding.label, work.action, work.key
    record.rule, record.rule_digest = work.rule.code, work.rule.digest
    record.rows = [str(key) for key in gone.keys]
    record.count, record.counts = sum(gone.counts.values()), dict(gone.counts)
    record.save(force_insert=True)
    return record


def timed() -> float:
    """A moment on the clock that never goes back."""
    return time.perf_counter()


def atomically(step: Any) -> Any:
    """Run ``step()`` in a transaction of its own; outside any, for what it commits is final."""
    with transaction.atomic(durable=True):
        return step()
