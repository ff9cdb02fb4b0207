"""What hangs on a row: what goes with it, and what keeps it. Read off the foreign keys, whichever app they are in.

A foreign key that cascades makes its row a part of what it points at: it goes with it. One that protects makes its row
a reason to stay. So it is the model that says which of two promises is the stronger, in one place, for the ORM and
for retention alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from graphlib import TopologicalSorter
from typing import Any

from django.db.models import CASCADE, PROTECT, RESTRICT, Exists, ForeignKey, Model, OuterRef, QuerySet

from portal.personal_data import registry
from portal.personal_data.registry import Holding
from portal.retention import needs


@dataclass(frozen=True)
class Tie:
    """Rows of ``model`` that point at rows of another; ``path`` leads there from them."""

    model: type[Model]
    path: str

    def rows(self) -> QuerySet[Any]:
        """All of them, as the base manager has them."""
        return self.model._base_manager.all()


@lru_cache
def parts(model: type[Model]) -> tuple[Tie, ...]:
    """All that a deletion cascades to, directly or not, each once."""
    found: dict[tuple[type[Model], str], Tie] = {}
    todo = [Tie(model, "")]
    while todo:
        whole = todo.pop()
        for field in _pointing_at(whole.model):
            tie = Tie(field.model, _joined(field.name, whole.path))
            if _on_delete(field) is CASCADE and field.model is not model and (tie.model, tie.path) not in found:
                found[tie.model, tie.path] = tie
                todo.append(tie)
    return tuple(found.values())


@lru_cache
def keepers(model: type[Model]) -> tuple[Tie, ...]:
    """All that forbids a deletion: rows that point, protecting, at a row of the model or at a part of one.

    What is declared to go with such a row (``Holding.part_of``) forbids nothing.
    """
    wholes = [Tie(model, ""), *parts(model)]
    members = {tie.model for tie in wholes}
    return tuple(
        Tie(field.model, _joined(field.name, whole.path))
        for whole in wholes
        for field in _pointing_at(whole.model)
        if _on_delete(field) in {PROTECT, RESTRICT}
        and not _declared_part(field)
        and (field.model not in members or field.model is model)
    )


def without_referrers(holding: Holding, rows: QuerySet[Any], among: Sequence[Any] = ()) -> QuerySet[Any]:
    """The rows that nothing which stays points at; what is in ``among``, by primary key, goes in the same moment."""
    for tie in keepers(holding.model):
        pointing = tie.rows().filter(**{tie.path: OuterRef("pk")})
        if tie.model is holding.model and among:
            pointing = pointing.exclude(pk__among=among)
        rows = rows.exclude(Exists(pointing))
    return rows


def points_at_itself(holding: Holding) -> bool:
    """Whether rows of it keep others of it: those then go in turns."""
    return any(tie.model is holding.model for tie in keepers(holding.model))


def is_part(holding: Holding) -> bool:
    """Whether its rows go with those of another holding under the same rule, and never by themselves.

    Half a request, or an address of which nobody knows any more where it came from, is worse than both or neither.
    """
    if holding.part_of:
        return True
    return any(
        isinstance(field, ForeignKey) and _on_delete(field) is CASCADE and _same_rule(holding, field.related_model)
        for field in holding.model._meta.concrete_fields
    )


def in_order(holdings: Sequence[Holding]) -> list[Holding]:
    """What points before what is pointed at, so that one run frees all that it can."""
    sorter: TopologicalSorter[str] = TopologicalSorter()
    known = {holding.label: holding for holding in holdings}
    for label, holding in sorted(known.items()):
        before = {tie.model._meta.label for tie in keepers(holding.model)} & set(known) - {label}
        sorter.add(label, *sorted(before), *sorted(needs.after(label) & set(known)))
    return [known[label] for label in sorter.static_order() if label in known]


def _same_rule(holding: Holding, model: Any) -> bool:
    try:
        return model is not holding.model and registry.holding_of(model).retention == holding.retention
    except LookupError:
        return False


def _declared_part(field: ForeignKey[Any, Any]) -> bool:
    try:
        return registry.holding_of(field.model).part_of == field.name
    except LookupError:
        return False


def _pointing_at(model: type[Model]) -> Iterator[ForeignKey[Any, Any]]:
    for relation in model._meta.get_fields(include_hidden=True):
        pointing = getattr(relation, "field", None)
        if relation.auto_created and not relation.concrete and isinstance(pointing, ForeignKey):
            yield pointing


def _on_delete(field: ForeignKey[Any, Any]) -> Any:
    return field.remote_field.on_delete


def _joined(name: str, path: str) -> str:
    return f"{name}__{path}" if path else name
