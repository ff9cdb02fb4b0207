"""How rows leave: the one door through which retention, and later erasure, deletes or anonymises.

Whoever calls it has locked the people concerned and asked what holds the rows. Here what belongs to the rows goes with
them, files once the transaction is committed, and a record of it stays (:class:`~portal.retention.models.Deletion`).
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, TypeAlias

from django.db import transaction
from django.db.models import Model, Q, QuerySet

from portal.organisation.schema import RetentionAction
from portal.personal_data.registry import Holding
from portal.retention import ties

logger = logging.getLogger(__name__)

Afterwards: TypeAlias = Callable[[], None]
Hook: TypeAlias = Callable[[QuerySet[Any]], Afterwards | None]
Lane: TypeAlias = Callable[[QuerySet[Any]], Mapping[str, int]]

_hooks: Final[dict[str, list[Hook]]] = {}
_lanes: Final[dict[str, Lane]] = {}


def before_gone(label: str, hook: Hook) -> None:
    """Call ``hook(rows)`` in the transaction that deletes these rows of ``label`` (``app.Model``), by themselves or as
    parts of something. What it returns is called once that is committed: a file goes after its row, never before.
    """
    known = _hooks.setdefault(label, [])
    if hook not in known:
        known.append(hook)


def register_lane(label: str, lane: Lane) -> None:
    """Rows of ``label`` leave by ``lane(rows)`` and not by the ORM alone; it returns how many went, by label.

    For tables that only grow (:mod:`portal.append_only`): a lane writes down what leaves before it takes it.
    """
    _lanes[label] = lane


def remove(holding: Holding, rows: QuerySet[Any]) -> Counter[str]:
    """Delete the rows with what belongs to them; how many went, by label. Within a transaction."""
    for afterwards in _told(holding.model, rows):
        transaction.on_commit(afterwards, robust=True)
    lane = _lanes.get(holding.label)
    return Counter(lane(rows) if lane else rows.delete()[1])


def anonymise(holding: Holding, rows: QuerySet[Any]) -> Counter[str]:
    """Replace, for good, every field that the holding says leads to the person; how many rows changed, by label."""
    return Counter({holding.label: rows.update(**holding.anonymise)})


def carry_out(action: str, holding: Holding, rows: QuerySet[Any]) -> Counter[str]:
    """Do to the rows what a rule says: delete or anonymise."""
    return (anonymise if action == RetentionAction.ANONYMISE else remove)(holding, rows)


def not_anonymous(holding: Holding, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that were not anonymised yet."""
    return rows.exclude(
        Q(
            **{name: value for name, value in holding.anonymise.items() if value is not None},
            **{f"{name}__isnull": True for name, value in holding.anonymise.items() if value is None},
        )
    )


def can(holding: Holding, action: str) -> bool:
    """Whether the holding has declared how this is done."""
    return action != RetentionAction.ANONYMISE or bool(holding.anonymise)


def _told(model: type[Model], rows: QuerySet[Any]) -> Iterator[Afterwards]:
    for label, some in _with_parts(model, rows):
        for hook in _hooks.get(label, ()):
            afterwards = hook(some)
            if afterwards is not None:
                yield afterwards


def _with_parts(model: type[Model], rows: QuerySet[Any]) -> Iterator[tuple[str, QuerySet[Any]]]:
    yield model._meta.label, rows
    keys: Sequence[Any] | None = None
    for tie in ties.parts(model):
        if tie.model._meta.label in _hooks:
            keys = list(rows.values_list("pk", flat=True)) if keys is None else keys
            yield tie.model._meta.label, tie.rows().filter(**{f"{tie.path}__among": keys})
