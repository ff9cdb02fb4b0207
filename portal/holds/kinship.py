"""Which rows go together: a row deleted takes along the rows that hang on it by a cascading foreign key.

The one hung on is called the whole, the other the part: a request and its letters, an address and the mails to it.
"""

from __future__ import annotations

from typing import Any, Final

from django.db.models import CASCADE, ForeignKey, Model

from portal.personal_data import registry

_LONGEST: Final = 6


def wholes(model: type[Model]) -> dict[str, tuple[str, ...]]:
    """Label of each declared model of which rows of ``model`` are parts, with the shortest ORM paths there."""
    declared = {holding.label for holding in registry.holdings()}
    found: dict[str, tuple[str, ...]] = {}
    latest: list[tuple[type[Model], str]] = [(model, "")]
    for _step in range(_LONGEST):
        here: dict[str, tuple[str, ...]] = {}
        after: list[tuple[type[Model], str]] = []
        for start, way in latest:
            for field in _cascading(start):
                path, whole = f"{way}{field.name}", field.related_model
                label = whole._meta.label
                if label != model._meta.label and label not in found:
                    here[label] = (*here.get(label, ()), path)
                    after.append((whole, f"{path}__"))
        found |= here
        latest = after
    return {label: paths for label, paths in found.items() if label in declared}


def parts(label: str) -> set[str]:
    """Labels of the declared models whose rows may be parts of this one's."""
    return {holding.label for holding in registry.holdings() if label in wholes(holding.model)}


def _cascading(model: type[Model]) -> list[Any]:
    fields = (field for field in model._meta.concrete_fields if isinstance(field, ForeignKey))
    return [field for field in fields if field.remote_field.on_delete is CASCADE]
