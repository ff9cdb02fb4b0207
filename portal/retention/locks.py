"""Whom a batch locks, and in which order: messages, then people, then the rows (docs/architecture.md).

A person is locked FOR UPDATE, so that whoever is about to open a request or to decide something about them waits, and
with them each record that was merged with theirs. What was decided before is then seen by the second look.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import connection
from django.db.models import Model, Q, QuerySet, UUIDField, Value
from django.db.models.functions import Coalesce

from portal.database import Among
from portal.personal_data import registry
from portal.personal_data.registry import SELF, Holding
from portal.retention import starts, ties
from portal.subjects.models import Subject

_NOBODY: Final = UUID(int=0)


PATIENCE: Final = "100ms"
"""How long a batch waits for one lock while others may wait for those it has."""


class Moved(Exception):
    """Somebody was merged between the look and the lock: look again."""


def wait_briefly() -> None:
    """From here to the end of the transaction: whoever is kept waiting for long gives up, by an OperationalError
    that :func:`portal.database.is_lock_timeout` knows. SQLite has one writer at a time, and nothing to give up."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [PATIENCE])


def rows_first(chosen: QuerySet[Any], holding: Holding, known: Sequence[Any] | None) -> list[Any]:
    """Locks the rows that come before their people, and passes over those that somebody is at work on.

    Returns the primary keys that may go on; ``known`` are all of them, if they are.
    """
    if holding.rows_first or known is None:
        pks = list((_for_update(chosen) if holding.rows_first else chosen).values_list("pk", flat=True))
    else:
        pks = list(known)
    busy: set[Any] = set()
    for tie in ties.parts(holding.model):
        if _rows_first(tie.model):
            mine = tie.rows().filter(**{f"{tie.path}__among": pks})
            got = set(_for_update(mine).values_list("pk", flat=True))
            busy |= {whole for part, whole in mine.values_list("pk", tie.path) if part not in got}
    return [pk for pk in pks if pk not in busy]


def people(holding: Holding, rows: QuerySet[Any], speakers: set[UUID] | None = None) -> dict[UUID, UUID]:
    """Locks everybody the rows are about, in one order. Returns each id with that of the record that speaks for it.

    ``speakers`` are those records, where they are known from a look without locks: then ask :func:`only_about` or
    :func:`make_sure` afterwards. Raises :class:`Moved`.
    """
    heads = set(_speakers(holding, rows)) if speakers is None else speakers
    if not heads:
        return {}
    family = Subject.objects.filter(Q(pk__among=heads) | Q(head__among=heads)).order_by("pk")
    if connection.features.has_select_for_update:
        family = family.select_for_update(of=("self",))
    locked = {pk: head or pk for pk, head in family.values_list("pk", "head")}
    if not set(locked.values()) <= locked.keys():
        raise Moved
    return locked


def only_about(holding: Holding, locked: dict[UUID, UUID]) -> Q:
    """Rows about nobody but those who are locked."""
    known, condition = frozenset({_NOBODY, *locked}), Q()
    for path in holding.paths:
        # Within COALESCE no index is used: the few rows come by their keys, and those of all these people are many.
        person = Coalesce("pk" if path == SELF else path, Value(_NOBODY), output_field=UUIDField())
        condition &= Q(Among(person, known))
    return condition


def make_sure(holding: Holding, rows: QuerySet[Any], locked: dict[UUID, UUID]) -> None:
    """Raises :class:`Moved` where the rows are about somebody who is not locked."""
    if not set(_speakers(holding, rows)) <= locked.keys():
        raise Moved


def rows(found: QuerySet[Any]) -> None:
    """Locks the rows themselves, so that nothing new points at them; for what others point at."""
    if connection.features.has_select_for_update:
        list(found.order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))


def _for_update(found: QuerySet[Any]) -> QuerySet[Any]:
    found = found.order_by("pk")
    if not connection.features.has_select_for_update:
        return found
    return found.select_for_update(of=("self",), skip_locked=True)


def _rows_first(model: type[Model]) -> bool:
    try:
        return registry.holding_of(model).rows_first
    except LookupError:
        return False


def _speakers(holding: Holding, rows: QuerySet[Any]) -> Iterator[UUID]:
    """The record that speaks for each person the rows are about."""
    for path in holding.paths:
        found = rows.order_by().annotate(speaker=starts.head(path)).values_list("speaker", flat=True).distinct()
        yield from (speaker for speaker in found if speaker is not None)
