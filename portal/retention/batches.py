"""A few rows at a time: looked for by key, looked at again under lock, gone, and written down, in one transaction."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, Protocol
from uuid import UUID

from django.db import IntegrityError, OperationalError, transaction
from django.db.models import Count, Max, Min

from portal.database import is_lock_timeout
from portal.holds import standing
from portal.retention import disposal, locks, starts, ties
from portal.retention.models import Deletion
from portal.retention.removable import Work

LEAST: Final = 10
FIRST: Final = 100
MOST: Final = 5000
AHEAD: Final = 20_000
"""Keys that are looked for at once, for the batches to come."""
WINDOW: Final = 5000
"""Rows that are looked at for those that are due, where dating one takes looks into other tables."""
AT_ONCE: Final = 0.1
"""Seconds a batch should take: people wait for its locks that long. (None may hold them for 0.2.)"""


@dataclass
class Size:
    """How many keys a batch takes: as many as go in the time it may take."""

    keys: int = field(default_factory=lambda: FIRST)

    def learn(self, seconds: float, keys: int) -> None:
        """By what each of ``keys`` took: twice as many at most, or half, since one batch may have had bad luck."""
        fitting = int(keys * AT_ONCE / max(seconds, 1e-6))
        self.keys = min(max(fitting, self.keys // 2, LEAST), self.keys * 2, MOST)


@dataclass
class Look:
    """The keys of a holding in order, those of one batch at a time; ``after`` is the last one given out, or None.

    They are what is over its time; what holds a row, or needs it, is asked under the locks. Where much turns out to
    stay, it is asked before as well, so that nobody is locked for nothing. With the keys comes whom to lock.
    """

    work: Work
    after: Any = None
    size: Size = field(default_factory=Size)
    wary: bool = False
    _ahead: list[Any] = field(default_factory=list)
    _speakers: dict[Any, Sequence[UUID | None]] = field(default_factory=dict)

    def next(self) -> list[Any]:
        """The keys of the next batch; none at the end."""
        if not self._ahead:
            self._speakers = next_keys(self.work, self.after, AHEAD, judged=self.wary)
            self._ahead = list(self._speakers)
        keys, self._ahead = self._ahead[: self.size.keys], self._ahead[self.size.keys :]
        self.after = keys[-1] if keys else self.after
        return keys

    def speakers(self, keys: Sequence[Any]) -> set[UUID] | None:
        """The records that speak for the people these rows were about when they were found; told once, and None where
        that is not known: then it is asked again."""
        if self.work.holding.together or any(key not in self._speakers for key in keys):
            return None
        return {one for key in keys for one in self._speakers.pop(key) if one is not None}

    def learn(self, seconds: float, keys: int, gone: int) -> None:
        """What one batch took, of how many keys, and how many of them went."""
        self.size.learn(seconds, keys)
        if not self.wary and gone * 4 < keys * 3:
            self.wary, self._ahead = True, []


@dataclass
class Gone:
    """What a batch took away: keys, rows of the holding, rows by kind, and from when to when their periods ran."""

    keys: list[Any] = field(default_factory=list)
    rows: int = 0
    counts: Counter[str] = field(default_factory=Counter)
    earliest: datetime | None = None
    latest: datetime | None = None
    record: Deletion | None = None


def next_keys(work: Work, after: Any, size: int, *, judged: bool) -> dict[Any, Sequence[UUID | None]]:
    """The next keys in order of what is over its time, and where it is ``judged``, of what may go, as far as can be
    told without a lock; with the records that speak for whom each row is about. ``after`` is the last one, or None."""
    if not starts.belongs_to_person(work.holding, work.rule):
        return _keys_between(work, after, None, size, judged)
    # Each row is dated by looks into other tables: a planner that sorts first would date all of them for a few.
    while True:
        end = _key_at(work, after, WINDOW)
        keys = _keys_between(work, after, end, size, judged)
        if keys or end is None:
            return keys
        after = end


def _keys_between(work: Work, after: Any, end: Any, size: int, judged: bool) -> dict[Any, Sequence[UUID | None]]:
    found = _beyond(work, work.removable() if judged else work.due(), after).order_by(work.key)
    if end is not None:
        found = found.filter(**{f"{work.key}__lte": end})
    if work.holding.together:
        return dict.fromkeys(found.values_list(work.key, flat=True).distinct()[:size], ())
    speakers = {f"speaker_{number}": starts.head(path) for number, path in enumerate(work.holding.paths)}
    rows = found.annotate(**speakers).values_list(work.key, *speakers)[:size]
    return {key: them for key, *them in rows}


def _key_at(work: Work, after: Any, distance: int) -> Any:
    """The key so many rows further, due or not; None where there are fewer."""
    rows = _beyond(work, work.holding.model._base_manager.all(), after).order_by(work.key)
    return rows.values_list(work.key, flat=True)[distance - 1 : distance].first()


def _beyond(work: Work, rows: Any, after: Any) -> Any:
    return rows if after is None else rows.filter(**{f"{work.key}__gt": after})


def take(
    work: Work, keys: Sequence[Any], record: Deletion, speakers: set[UUID] | None = None, *, patient: bool = False
) -> Gone:
    """Lock, look again, and do what the rule says. Within a transaction; what is not removable any more stays.

    ``record`` says why and under which run; it is filled in and saved where something went. ``speakers`` are whom
    :meth:`Look.speakers` would have locked. Where it is ``patient``, it waits for a lock as long as anybody does:
    for one key alone. Raises :class:`~portal.retention.locks.Moved`, and where it waited in vain an
    OperationalError that :func:`~portal.database.is_lock_timeout` knows.
    """
    standing.freeze()
    if not patient:
        locks.wait_briefly()
    pks = locks.rows_first(work.chosen(keys), work.holding, None if work.holding.together else keys)
    chosen = work.holding.model._base_manager.filter(pk__among=frozenset(pks))
    people = locks.people(work.holding, chosen, speakers)
    if work.holding.together:
        chosen = work.chosen(people)
    if ties.keepers(work.holding.model):
        locks.rows(chosen)
    gone = _all_going(work, chosen, pks, people)
    if gone is None:
        if speakers is not None:
            locks.make_sure(work.holding, chosen, people)
        gone = _going(work, chosen, people)
    if not gone.rows:
        return gone
    leaving = work.holding.model._base_manager.filter(pk__among=frozenset(gone.keys))
    if work.holding.together:
        gone.keys = _whose(work, leaving)
    gone.counts = disposal.carry_out(work.action, work.holding, leaving)
    gone.record = _written(record, work, gone)
    return gone


class Step(Protocol):
    """One batch in a transaction of its own; ``patient`` is handed on to :func:`take`."""

    def __call__(self, keys: Sequence[Any], *, patient: bool) -> object: ...


def in_turn(keys: Sequence[Any], step: Step) -> None:
    """Call ``step(keys, patient=False)``, which opens a transaction; where something new points at one of them, or
    somebody is at work on one of the people, half of them each, down to that one. Whoever could not be locked soon is
    waited for when all others had their turn, by ``step([key], patient=True)``; what cannot go then stays."""
    for key in _quickly(keys, step):
        with suppress(_Stays):
            _try(step, [key], patient=True)


class _Stays(Exception):
    """Something points at these rows, or somebody moved again."""


class _Busy(Exception):
    """Somebody is at work on one of the people."""


def _quickly(keys: Sequence[Any], step: Step) -> list[Any]:
    """Returns the keys of those who could not be locked soon."""
    try:
        _try(step, keys, patient=False)
    except (_Stays, _Busy) as trouble:
        if len(keys) == 1:
            return list(keys) if isinstance(trouble, _Busy) else []
        middle = len(keys) // 2
        return [*_quickly(keys[:middle], step), *_quickly(keys[middle:], step)]
    return []


def _try(step: Step, keys: Sequence[Any], *, patient: bool) -> None:
    try:
        try:
            step(keys, patient=patient)
        except locks.Moved:
            step(keys, patient=patient)  # whom to lock is asked anew
    except (IntegrityError, locks.Moved) as error:
        raise _Stays from error
    except OperationalError as error:
        if is_lock_timeout(error):
            raise _Busy from error
        raise


def _all_going(work: Work, chosen: Any, pks: Sequence[Any], people: dict[UUID, UUID]) -> Gone | None:
    """What goes where all of it may: it need not be told one by one. None where some of it stays, or might."""
    if work.holding.together or ties.points_at_itself(work.holding):
        return None
    found = work.removable(chosen.filter(locks.only_about(work.holding, people))).order_by()
    facts = found.aggregate(rows=Count("pk"), earliest=Min("starts_at"), latest=Max("starts_at"))
    return Gone(list(pks), **facts) if facts["rows"] == len(pks) else None


def _going(work: Work, chosen: Any, people: dict[UUID, UUID]) -> Gone:
    """What goes by primary keys, found again under the locks."""
    found = _found(work, chosen)
    if work.holding.together:
        found = _whole(work, found, people)
    moments = [moment for moment in found.values() if moment is not None]
    return Gone(list(found), len(found), earliest=min(moments, default=None), latest=max(moments, default=None))


def _found(work: Work, chosen: Any) -> dict[Any, datetime | None]:
    """Primary keys of what may go, with their starts."""
    found: dict[Any, datetime | None] = {}
    among: Sequence[Any] = list(chosen.values_list("pk", flat=True)) if ties.points_at_itself(work.holding) else ()
    while True:
        found = dict(work.removable(chosen, among).values_list("pk", "starts_at"))
        if not among or len(found) == len(among):
            break
        among = list(found)  # what stays keeps what it points at
    return found


def _whole(work: Work, found: dict[Any, datetime | None], people: dict[UUID, UUID]) -> dict[Any, datetime | None]:
    """Of what may go, that of people all of whose rows may, under each of their records."""
    rows, path = work.holding.model._base_manager.all(), work.key
    staying = rows.filter(**{f"{path}__among": people}).exclude(pk__among=found)
    keep = {people[one] for one in staying.values_list(path, flat=True).distinct()}
    whose = dict(rows.filter(pk__among=found).values_list("pk", path))
    return {pk: moment for pk, moment in found.items() if people[whose[pk]] not in keep}


def _whose(work: Work, leaving: Any) -> list[Any]:
    """The people whose rows leave."""
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
