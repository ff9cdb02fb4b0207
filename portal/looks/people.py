"""Whom a row is about, by what its app declares (:mod:`portal.personal_data`)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db.models import Model, QuerySet

from portal.personal_data import registry
from portal.personal_data.registry import SELF

_SUBJECT: Final = "subjects.Subject"


def is_about_people(model: type[Model]) -> bool:
    """Whether looking at a row of it is looking at a person."""
    return _paths(model) is not None


def behind(model: type[Model], keys: Iterable[Any]) -> dict[Any, set[UUID]]:
    """Ids of whom each of these rows is about, by primary key; rows that do not exist are left out."""
    columns, chosen = _paths(model) or (), keys if isinstance(keys, QuerySet) else list(keys)
    try:
        rows = list(model._base_manager.filter(pk__in=chosen).values_list("pk", *columns))
    except (ValidationError, ValueError, OverflowError):  # what somebody wrote into the address is no key
        return {}
    return {row[0]: {person for person in row[1:] if person is not None} for row in rows}


def _paths(model: type[Model]) -> tuple[str, ...] | None:
    """The ORM paths to people, none where a function finds them; None for a model that is about nobody."""
    try:
        return tuple("pk" if path == SELF else path for path in registry.holding_of(model).paths)
    except LookupError:
        return ("subject",) if _names_a_person(model) else None


def _names_a_person(model: type[Model]) -> bool:
    """Whether it is exempted, as what adds up other rows is, and still says of whom."""
    try:
        target = model._meta.get_field("subject").related_model
    except FieldDoesNotExist:
        return False
    return isinstance(target, type) and target._meta.label == _SUBJECT
