"""Rows that a rule reaches in a second way, where what their own start was read from is gone or was never there.

An account that nobody closed goes with the address it kept, once nobody used it for as long as that rule says. A
number that nothing points at any more is nobody's record, and no contact is left from which it could be dated. An
address that somebody typed and nobody proved goes by a rule of its own (:mod:`portal.retention.unproved`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from django.db.models import F, QuerySet

from portal.organisation import versions
from portal.personal_data.registry import Holding
from portal.retention import rules
from portal.retention.rules import Rule
from portal.subjects.models import Subject

Find: TypeAlias = Callable[[QuerySet[Any], Rule, datetime], QuerySet[Any]]


@dataclass(frozen=True)
class Also:
    """Rows of the holding ``label`` go under ``rule`` too: those of ``find(rows, rule, as_of)``, with ``starts_at``."""

    label: str
    rule: str
    find: Find


_registered: Final[list[Also]] = []


def register(one: Also) -> None:
    """Make it known; doing so again changes nothing."""
    if one not in _registered:
        _registered.append(one)


def ways_of(label: str) -> Iterator[tuple[Also, Rule]]:
    """The second ways of one holding, each with its rule. Raises NoOrganisation.

    One whose rule the file does not have reaches nothing: a file that was loaded before there was such a rule stays in
    force after an upgrade.
    """
    stated = versions.current().organisation.retention
    return ((one, rules.rule(one.rule)) for one in _registered if one.label == label and one.rule in stated)


def in_force() -> Iterator[tuple[Holding, Rule]]:
    """Every holding with each rule that reaches it, its own first. Raises as :func:`portal.retention.rules.rule`."""
    for holding, own in rules.in_force():
        yield holding, own
        yield from ((holding, rule) for _way, rule in ways_of(holding.label) if rule.code != own.code)


def made_before(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Rows made so long ago that whatever the rule counts from, it is over. They go if nothing points at them."""
    old: QuerySet[Any] = rows.annotate(starts_at=F("created_at")).filter(starts_at__lt=rule.cutoff(as_of))
    return old


register(Also(Subject._meta.label, "contacts", made_before))
