"""From when a row's period runs, and which rows are due: the one place that decides it.

A start that the rows can date themselves stands in their declaration (``Holding.starts``). A start that belongs to the
person (their last contact, say) has sources in several apps, registered here once for every holding, and is the latest
moment that any of them knows about any record of the person's family. What cannot be dated is never due.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Case, DateTimeField, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest, NullIf

from portal.organisation.schema import Period
from portal.personal_data.registry import SELF, Holding
from portal.retention.periods import NEVER_YET, is_longer
from portal.retention.rules import Rule
from portal.subjects.models import Ending, Subject

Rows: TypeAlias = Callable[[Rule], QuerySet[Any]]
_MOMENT: Final = DateTimeField()
_NOBODY: Final = Q(pk__in=[])


@dataclass(frozen=True)
class Source:
    """Moments of a start that one app knows.

    ``rows`` gives the rows that count under a rule; ``person`` is the ORM path from a row to its Subject, ``moment``
    the expression over the row that gives the moment. ``contract`` is the path to the code of the contract
    a row belongs to, where it belongs to one: the period is that contract's then.
    """

    rows: Rows
    person: str
    moment: str | Callable[[Rule], Combinable]
    contract: str = ""


@dataclass(frozen=True)
class Unless:
    """As long as a person has one of these rows, the start has not come: nothing kept from it is due."""

    rows: Rows
    person: str


_sources: dict[str, list[Source]] = {}
_unless: dict[str, list[Unless]] = {}


def register(start: str, *sources: Source | Unless) -> None:
    """Say what an app knows about a start that belongs to the person; from ``AppConfig.ready()``."""
    for source in sources:
        known: list[Any] = (_sources if isinstance(source, Source) else _unless).setdefault(start, [])
        if source in known:
            raise ImproperlyConfigured(f"A source of {start!r} is registered twice.")
        known.append(source)


def datable(holding: Holding, start: str) -> bool:
    """Whether the rows of a holding can have such a start at all."""
    return start in holding.starts or (start in _sources and not callable(holding.subject))


def belongs_to_person(holding: Holding, rule: Rule) -> bool:
    """Whether the start is the person's, so that each row is dated by looks into other tables."""
    return rule.start not in holding.starts


def known_to(holding: Holding) -> set[str]:
    """The starts that the rows of a holding can have."""
    return {start for start in {*holding.starts, *_sources} if datable(holding, start)}


def dated(holding: Holding, rule: Rule, rows: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """The rows of a holding with ``starts_at``, the moment from which each is kept, or None where it has no date.

    Further annotations give the same by the period that applies (:func:`spans`). ``rows`` narrows what is looked at.
    Raises LookupError for a start that the holding cannot have.
    """
    if not datable(holding, rule.start):
        raise LookupError(f"{holding.label} cannot date {rule.start!r}.")
    everything: QuerySet[Any] = holding.model._base_manager.all() if rows is None else rows
    if rule.start not in holding.starts or rule.own:
        everything = everything.alias(**_heads(holding))
    parts = _parts(holding, rule)
    if len(parts) == 1:
        alone: QuerySet[Any] = everything.annotate(starts_at=parts[0])
        return alone
    named = {name: part for (name, _period), part in zip(spans(rule), parts, strict=True)}
    several: QuerySet[Any] = everything.annotate(**named).annotate(starts_at=latest([F(name) for name in named]))
    return several


def due(holding: Holding, rule: Rule, as_of: datetime, rows: QuerySet[Any] | None = None) -> QuerySet[Any]:
    """The rows whose period is over at ``as_of``, as :func:`dated` gives them. Raises as it does."""
    if not rule.own:
        return dated(holding, rule, rows).filter(starts_at__lt=rule.cutoff(as_of))
    over = Q(starts_at__isnull=False)
    for name, period in spans(rule):
        over &= Q(**{f"{name}__lt": rule.cutoff(as_of, period)}) | Q(**{f"{name}__isnull": True})
    return dated(holding, rule, rows).filter(over)


def undated(holding: Holding, rule: Rule) -> QuerySet[Any]:
    """The rows whose start nobody knows, or has not come: kept, reported, never guessed."""
    return dated(holding, rule).filter(starts_at=None)


def spans(rule: Rule) -> list[tuple[str, Period]]:
    """The annotations of :func:`dated`, each with the period that runs from it; one alone unless contracts differ."""
    lengths = _lengths(rule)
    if len(lengths) == 1:
        return [("starts_at", rule.entry.period)]
    return [(f"starts_at_{number}", period) for number, period in enumerate(lengths)]


def sources_of(start: str) -> Sequence[Source]:
    """What the apps know of a start that belongs to the person."""
    return _sources[start]


def unless_of(start: str) -> Sequence[Unless]:
    """What keeps such a start from having come."""
    return _unless.get(start, ())


def told_by(rule: Rule, source: Source) -> Iterator[tuple[Period, QuerySet[Any], Combinable]]:
    """The rows of a source that count under a rule, each with its moment, by the period that runs from it."""
    moment = F(source.moment) if isinstance(source.moment, str) else source.moment(rule)
    lengths = _lengths(rule)
    for period in lengths:
        rows = source.rows(rule).order_by()
        if source.contract and len(lengths) > 1:
            rows = rows.filter(_of_length(rule, period, source.contract))
        if source.contract or period == rule.entry.period:
            yield period, rows, moment


def _lengths(rule: Rule) -> list[Period]:
    """The different periods of a rule, its own first."""
    return list(dict.fromkeys([rule.entry.period, *rule.own.values()]))


def _parts(holding: Holding, rule: Rule) -> list[Combinable]:
    """The start of what is kept each of :func:`_lengths`."""
    lengths = _lengths(rule)
    if rule.start in holding.starts:
        own: Combinable = holding.starts[rule.start]
        return [own] if len(lengths) == 1 else [_under(holding, rule, period, own) for period in lengths]
    sources = _sources[rule.start]
    if len(lengths) == 1 or any(source.contract for source in sources):
        return [_of_person(holding, rule, sources, period if len(lengths) > 1 else None) for period in lengths]
    return [_under(holding, rule, period, _of_person(holding, rule, sources, None)) for period in lengths]


def _of_person(holding: Holding, rule: Rule, sources: Sequence[Source], period: Period | None) -> Combinable:
    """The latest moment any source knows of anybody the row is about; with ``period`` of what is kept that long."""
    known = [Latest(rows) for source in sources for rows in _moments(holding, rule, source, period)]
    unless = [
        Q(Exists(one.rows(rule).filter(**{f"{one.person}__in": family})))
        for one in _unless.get(rule.start, ())
        for family in _families(holding)
    ]
    moment = latest(known)
    if not unless:
        return moment
    return Case(*(When(still, then=Value(None)) for still in unless), default=moment, output_field=_MOMENT)


def _moments(holding: Holding, rule: Rule, source: Source, period: Period | None) -> Iterator[QuerySet[Any]]:
    for length, rows, moment in told_by(rule, source):
        if period in {None, length}:
            for family in _families(holding):
                yield rows.filter(**{f"{source.person}__in": family}).values(latest=moment)


def _under(holding: Holding, rule: Rule, period: Period, start: Combinable) -> Combinable:
    """``start`` where this is the longest period among the person's contracts; the rule's own where there is none."""
    contracts = [Ending.objects.filter(what=Ending.What.CONTRACT, subject__in=family) for family in _families(holding)]
    mine, longer, any_at_all = _NOBODY, _NOBODY, _NOBODY
    for of_family in contracts:
        any_at_all |= Q(Exists(of_family))
        mine |= Q(Exists(of_family.filter(_of_length(rule, period, "contract"))))
        for other in _lengths(rule):
            if is_longer(other, period):
                longer |= Q(Exists(of_family.filter(_of_length(rule, other, "contract"))))
    if period == rule.entry.period:
        mine |= ~any_at_all
    return Case(When(longer, then=Value(None)), When(mine, then=start), default=Value(None), output_field=_MOMENT)


def _of_length(rule: Rule, period: Period, path: str) -> Q:
    """Rows under a contract whose period is this; those under no contract of the file have the rule's own."""
    codes = [contract for contract, own in rule.own.items() if own == period]
    named = Q(**{f"{path}__in": codes})
    return named | ~Q(**{f"{path}__in": list(rule.own)}) if period == rule.entry.period else named


def _heads(holding: Holding) -> dict[str, Combinable]:
    """By alias, the record that speaks for each person a row is about."""
    return {f"head_{number}": head(path) for number, path in enumerate(holding.paths)}


def head(path: str) -> Combinable:
    """The record that speaks for the person at the end of a path."""
    if path == SELF:
        return Coalesce("head_id", "id")
    if path.endswith("subject_id"):  # a bare column, from which the ORM knows no way on
        return Coalesce(Subquery(Subject.objects.filter(pk=OuterRef(path)).values("head_id")), path)
    return Coalesce(f"{path}__head_id", f"{path}_id")


def _families(holding: Holding) -> list[QuerySet[Any]]:
    """For each person a row is about, the ids of their family; to be used one query below the rows."""
    heads = [OuterRef(OuterRef(name)) for name in _heads(holding)]
    return [Subject.objects.of_family(head).values("pk") for head in heads]


def latest(moments: Sequence[Combinable]) -> Combinable:
    """The latest of several, where some may be NULL: GREATEST and MAX differ on that between databases."""
    if len(moments) == 1:
        return moments[0]
    never = Value(NEVER_YET, output_field=_MOMENT)
    if not moments:
        return Value(None, output_field=_MOMENT)
    return NullIf(Greatest(*(Coalesce(moment, never) for moment in moments)), never)


class Latest(Subquery):
    """The latest of many moments. Not ORDER BY and LIMIT, for which a planner may walk a whole index of times."""

    template = "(SELECT MAX(latest) FROM (%(subquery)s) AS known)"

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows, output_field=_MOMENT)
