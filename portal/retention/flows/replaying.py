"""After a restore from backup: what retention had deleted since goes again.

A key is not enough to know a row by: a restored database hands out numbers that were in use before. So a row known by
a number goes only if it is older than the deletion; one whose age nobody knows only if its time is over today. What is
held now stays, whatever became of the hold after the backup was made.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import AutoField, DateTimeField, QuerySet, Value

from portal.database import database_now
from portal.organisation.schema import RetentionStart
from portal.personal_data import registry
from portal.retention import batches, journal, rules
from portal.retention.journal import Line
from portal.retention.models import Deletion
from portal.retention.removable import Work

AT_ONCE: Final = 200


@dataclass
class Replayed:
    """How many rows went again, by kind, and of how many keys there was something that stayed, by holding."""

    gone: Counter[str] = field(default_factory=Counter)
    stayed: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, eq=False)
class Again(Work):
    """A holding whose rows go because they went before."""

    line: Line = field(kw_only=True)

    @property
    def action(self) -> str:
        return self.line.action

    def due(self, rows: QuerySet[Any] | None = None) -> QuerySet[Any]:
        rows = self.chosen([]) if rows is None else rows
        born = self.holding.born or self.holding.starts.get(RetentionStart.COLLECTED)
        if isinstance(self.holding.model._meta.pk, AutoField):
            if born is None:
                return super().due(rows)
            rows = rows.alias(born=born).filter(born__lt=self.line.at)
        again: QuerySet[Any] = rows.annotate(starts_at=Value(None, output_field=DateTimeField()))
        return again


def replay(as_of: datetime | None = None) -> Replayed:
    """Do again whatever the journal says was done, where it is undone. Can be repeated, and be cut off at any moment.

    Raises OSError where the journal cannot be read, and ``NoRule`` or ``NoOrganisation`` without rules.
    """
    now, done = as_of or database_now(), Replayed()
    known = {holding.label: holding for holding in registry.holdings()}
    for line in journal.lines():
        holding = known.get(line.holding)
        if holding is not None:
            _again(Again(holding, rules.rule_of(holding), now, line=line), done)
    return done


def _again(work: Again, done: Replayed) -> None:
    for some in _in_pieces([work.read_key(text) for text in work.line.rows]):
        there = list(work.chosen(some).values_list(work.key, flat=True).distinct())
        if there:
            batches.in_turn(there, partial(_batch, work, done))
            done.stayed[work.holding.label] += work.chosen(there).count()


def _batch(work: Again, done: Replayed, keys: Sequence[Any], *, patient: bool) -> None:
    with transaction.atomic(durable=True):
        gone = batches.take(work, keys, Deletion(why=Deletion.Why.REPLAY), patient=patient)
    done.gone.update(gone.counts)
    if gone.record is not None:
        journal.write(gone.record)


def _in_pieces(keys: Sequence[Any]) -> Iterator[Sequence[Any]]:
    for begin in range(0, len(keys), AT_ONCE):
        yield keys[begin : begin + AT_ONCE]
