"""What ``/your-data/`` says, made from the declarations alone: a new app is on the page by declaring what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from django.db.models import DateTimeField, Field, Model, QuerySet
from django.urls import reverse
from django.utils.translation import ngettext

from accounts.your_data import values
from portal.holds import standing
from portal.organisation.schema import DataCategory, Organisation
from portal.organisation.versions import Current
from portal.personal_data import registry
from portal.personal_data.registry import Holding
from portal.retention.until import Until, of_rows
from portal.subjects import flows as people
from portal.subjects.models import Subject

SHOWN: Final = 10
"""Rows of one kind that stand on the page; of more it says how many there are."""


@dataclass(frozen=True)
class Fact:
    """One value, or one kind of thing that is only counted."""

    label: str
    value: str


@dataclass(frozen=True)
class Kind:
    """One holding with something in it about the person. ``rows`` are their facts, ``more`` how many are left out."""

    holding: Holding
    rows: list[list[Fact]]
    count: str
    more: int
    until: Until
    url: str


@dataclass(frozen=True)
class Section:
    """One category of data, in the order and the words of the organisation file."""

    code: str
    category: DataCategory
    kinds: list[Kind]


@dataclass(frozen=True)
class Page:
    """Everything. ``empty`` are the categories in which the portal holds nothing about the person; ``kept`` says why
    nothing of theirs goes at present, though its time be over."""

    sections: list[Section]
    empty: list[DataCategory]
    kept: list[str] = field(default_factory=list)

    @property
    def our_choice(self) -> bool:
        """Whether anything on the page is the organisation's own choice."""
        return any(kind.until.our_choice for section in self.sections for kind in section.kinds)


def of(subject: Subject, current: Current) -> Page:
    """The page about the person whom a record belongs to, merged records included."""
    organisation = current.organisation
    person = people.resolve(subject)
    found = list(_kinds(person, organisation))
    sections = [
        Section(code, category, kinds)
        for code, category in organisation.data_categories.items()
        if (kinds := [kind for kind in found if kind.holding.category == code])
    ]
    held = {section.code for section in sections}
    empty = [category for code, category in organisation.data_categories.items() if code not in held]
    return Page(sections, empty, standing.reasons(registry.holding_of(Subject), person))


def _kinds(subject: Subject, organisation: Organisation) -> Iterator[Kind]:
    for holding, rows in registry.held_about(subject):
        count = rows.count()
        if count:
            lines, more = _lines(holding, rows, count, organisation)
            yield Kind(
                holding,
                lines,
                ngettext("%(count)d entry", "%(count)d entries", count) % {"count": count},
                more,
                of_rows(holding, rows),
                reverse(holding.page) if holding.page else "",
            )


def _lines(
    holding: Holding, rows: QuerySet[Any], count: int, organisation: Organisation
) -> tuple[list[list[Fact]], int]:
    """What stands on the page of these rows, and of how many more it only says that they are there."""
    if holding.only_counted:
        return [], 0
    if holding.told is not None:
        told = holding.told(rows)
        return [[Fact(str(label), said) for label, said in line.items()] for line in told[:SHOWN]], len(told[SHOWN:])
    shown = _newest(holding, rows)
    return [facts for row in shown if (facts := list(_facts(holding, row, organisation)))], count - len(shown)


def _newest(holding: Holding, rows: QuerySet[Any]) -> list[Model]:
    """The latest first: by the first moment they tell that each row has, else by their keys, which mostly grow."""
    fields = [holding.model._meta.get_field(name) for name in holding.export]
    moments = [one.name for one in fields if isinstance(one, DateTimeField) and not one.null]
    return list(rows.order_by(*(f"-{name}" for name in moments[:1]), "-pk")[:SHOWN])


def _facts(holding: Holding, row: Model, organisation: Organisation) -> Iterator[Fact]:
    for name, label in holding.export.items():
        column = holding.model._meta.get_field(name)
        if isinstance(column, Field) and not column.many_to_many:
            value = values.shown(row, column, organisation)
            if value:
                yield Fact(str(label), value)
