"""What the portal holds about people, declared once by each app in its ``personal_data.py``.

Access copy, portability copy, erasure, retention and the record of processing (Articles 15, 20, 17, 5(1)(e) and 30
UK GDPR) iterate over :func:`holdings`; none of them knows a model by name. This module stands under every other:
it imports no models.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, Q, QuerySet
from django.db.models.expressions import Combinable
from django.utils.functional import Promise

if TYPE_CHECKING:
    from portal.subjects.models import Subject

Text: TypeAlias = str | Promise
Start: TypeAlias = Combinable
"""An ORM expression over the rows of a model that gives a moment, or NULL where it cannot be told (yet)."""
SELF: Final = "self"
ALL: Final = "*"


class Erasure(StrEnum):
    """What erasing a person does to their rows of one holding."""

    DELETE = "delete"
    ANONYMISE = "anonymise"  # every field is cleared but those in ``survives``
    KEEP = "keep"  # every field stays; ``survives`` says why


@dataclass(frozen=True, kw_only=True)
class Holding:
    """One model's rows about people: how to find them, why they are held, and what happens to each field.

    ``subject`` is the ORM path from the row to the person: a foreign key (``contact_point__subject``), a UUID column
    (``subject_id``), ``self`` for Subject, several paths where a row names several people, or a function from the
    Subject to the rows where no column leads there. ``retention`` and ``category`` are codes of the organisation file.
    Every field but the primary key and the way to the person stands in ``export`` (with its label) or in
    ``withhold`` (with the reason). ``survives`` gives the reason for each field that outlives erasure; the key
    :data:`ALL` stands for all fields.

    ``starts`` gives, for each start of a retention period that the rows themselves can date (``sent``, ``collected``:
    the words of the organisation file), the expression that does. Starts that belong to the person, such as the last
    contact, are :mod:`portal.retention.starts`'s. ``born`` is when a row came to be, where ``collected`` does not say:
    after a restore from backup a number may name another row than the one that was deleted.

    How its rows leave when their time is over: ``part_of`` is a foreign key to what they go with and never without
    (a cascading one to a holding of the same rule is so by itself); ``together`` says that all of a person's rows go at
    once or none. ``anonymise`` gives what each field becomes that could lead to the person, for a rule that says so:
    for good, and alike for everybody. ``rows_first`` rows are locked before their people: those of the outbox.
    ``without_rule`` says at the desk what takes rows away in time though nobody approved their rule.

    ``page`` names the page on which a person sees these rows and can change them. Where there are many, or that page
    says it better, ``/your-data/`` has them ``only_counted`` and leads there. Where many rows are one thing to a
    person, ``told`` makes lines of them for that page, the latest first.
    """

    model: type[Model]
    subject: str | tuple[str, ...] | Callable[[Subject], QuerySet[Any]]
    title: Text
    category: str
    purpose: Text
    basis: Text
    source: Text
    recipients: Text
    retention: str
    starts: Mapping[str, Start] = field(default_factory=dict)
    born: Start | None = None
    export: Mapping[str, Text] = field(default_factory=dict)
    withhold: Mapping[str, Text] = field(default_factory=dict)
    erase: Erasure = Erasure.DELETE
    survives: Mapping[str, Text] = field(default_factory=dict)
    part_of: str = ""
    together: bool = False
    anonymise: Mapping[str, Any] = field(default_factory=dict)
    rows_first: bool = False
    without_rule: Text = ""
    page: str = ""
    only_counted: bool = False
    told: Callable[[QuerySet[Any]], list[Mapping[Text, str]]] | None = None

    @property
    def label(self) -> str:
        """``app_label.ModelName``."""
        return self.model._meta.label

    @property
    def paths(self) -> tuple[str, ...]:
        """The ORM paths to the person; none where a function finds the rows."""
        if callable(self.subject):
            return ()
        return (self.subject,) if isinstance(self.subject, str) else self.subject


class AlreadyDeclared(ImproperlyConfigured):
    """A model is declared or exempted a second time."""


_holdings: dict[str, Holding] = {}
_exempt: dict[str, Text] = {}


def register(holding: Holding) -> Holding:
    """Declare a holding; raises :class:`AlreadyDeclared` for a model that is declared or exempted already."""
    _refuse_second(holding.label)
    _holdings[holding.label] = holding
    return holding


def exempt(model: type[Model], reason: Text) -> None:
    """State why a model that points at people holds nothing about them; raises :class:`AlreadyDeclared`."""
    _refuse_second(model._meta.label)
    if not reason:
        raise ImproperlyConfigured(f"{model._meta.label} is exempted without a reason.")
    _exempt[model._meta.label] = reason


def holdings() -> tuple[Holding, ...]:
    """All holdings, in order of their labels."""
    return tuple(_holdings[label] for label in sorted(_holdings))


def exemptions() -> dict[str, Text]:
    """Reasons by model label."""
    return dict(_exempt)


def holding_of(model: type[Model]) -> Holding:
    """The holding of a model; raises :class:`LookupError` for one that is not declared."""
    return _holdings[model._meta.label]


def rows_of(holding: Holding, subject: Subject) -> QuerySet[Any]:
    """The rows of one holding about a person, those under records merged into theirs included."""
    if callable(holding.subject):
        return holding.subject(subject)
    condition = Q()
    family = subject.family()
    for path in holding.paths:
        condition |= Q(**{f"{'pk' if path == SELF else path}__in": family})
    # The base manager, since a default manager may hide rows that are held all the same.
    return holding.model._base_manager.filter(condition)


def held_about(subject: Subject) -> Iterator[tuple[Holding, QuerySet[Any]]]:
    """Each holding with the person's rows, the empty ones included: "we hold none" is an answer too."""
    for holding in holdings():
        yield holding, rows_of(holding, subject)


def missing_from(retention: Collection[str], categories: Collection[str]) -> list[str]:
    """A sentence for each holding that an organisation file with these rules and data categories says nothing about.

    Not a system check: which file is in force stands in the database.
    """
    return [
        f"{holding.label} is kept by the rule {holding.retention!r}, which [retention] does not have."
        for holding in holdings()
        if holding.retention not in retention
    ] + [
        f"{holding.label} holds data of the category {holding.category!r}, which [data_categories] does not have."
        for holding in holdings()
        if holding.category not in categories
    ]


def _refuse_second(label: str) -> None:
    if label in _holdings or label in _exempt:
        raise AlreadyDeclared(f"{label} is declared twice in personal_data.py files: keep one declaration.")
