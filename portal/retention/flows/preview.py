"""What a run would do, counted and with samples, before anything is done. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Max, Min, QuerySet

from portal.database import database_now
from portal.personal_data.registry import Holding
from portal.retention import also, everybody, rules, starts, ties
from portal.retention.everybody import Facts
from portal.retention.flows import approving
from portal.retention.removable import Work
from portal.retention.rules import Rule

SAMPLES: Final = 5


@dataclass(frozen=True)
class Sample:
    """A row that would go: its key, and from when its period ran."""

    key: str
    start: datetime


@dataclass(frozen=True, eq=False)
class Line:
    """What would happen to one holding. ``due`` are the rows over their time, of ``total``; ``held``, ``needed`` and
    ``referred`` of them would stay for now, the last as long as something that stays points at them."""

    work: Work
    total: int
    due: int
    held: int
    needed: int
    referred: int
    undated: int
    earliest: datetime | None
    latest: datetime | None
    approved: bool
    samples: list[Sample] = field(default_factory=list)

    @property
    def holding(self) -> Holding:
        return self.work.holding

    @property
    def rule(self) -> Rule:
        return self.work.rule

    @property
    def going(self) -> int:
        """How many would go."""
        return self.due - self.held - self.needed - self.referred

    def as_json(self) -> dict[str, Any]:
        """For the command line, and for the record of an approval: no keys of rows."""
        moments = {"earliest": self.earliest, "latest": self.latest}
        return {
            "rule": self.rule.code,
            "holding": self.holding.label,
            "action": str(self.work.action),
            "approved": self.approved,
            **{
                name: getattr(self, name) for name in ("total", "due", "going", "held", "needed", "referred", "undated")
            },
            **{name: moment and moment.isoformat() for name, moment in moments.items()},
        }


def works(as_of: datetime) -> list[Work]:
    """Every holding that has rows of its own to remove, with its rule, in the order of their turns."""
    ruled = {holding.label: rule for holding, rule in rules.in_force()}
    whole = [holding for holding, _rule in rules.in_force() if not ties.is_part(holding)]
    return [work for holding in ties.in_order(whole) for work in _of(holding, ruled[holding.label], as_of)]


def _of(holding: Holding, rule: Rule, as_of: datetime) -> Iterator[Work]:
    yield Work(holding, rule, as_of)
    for way, second in also.ways_of(holding.label):
        yield Work(holding, second, as_of, way)


def lines(as_of: datetime | None = None, rule: str = "") -> Iterator[Line]:
    """A line for each holding, or for those of one rule, as things stand at ``as_of``: by default now."""
    for work in works(as_of or database_now()):
        if rule in {"", work.rule.code}:
            yield line(work)


def line(work: Work) -> Line:
    """The line of one holding, in a handful of statements however many rows there are."""
    total = work.holding.model._base_manager.count()
    if not total:
        return Line(work, 0, 0, 0, 0, 0, 0, None, None, approving.is_approved(work.rule))
    facts, kept, first = _at_once(work) if everybody.can_judge(work) else _row_by_row(work, total)
    return Line(
        work,
        total=total,
        due=facts.due,
        held=kept[0],
        needed=kept[1],
        referred=kept[2],
        undated=facts.undated,
        earliest=facts.earliest,
        latest=facts.latest,
        approved=approving.is_approved(work.rule),
        samples=[Sample(str(row.pk), row.starts_at) for row in first],
    )


def facts(work: Work, total: int) -> Facts:
    """How many of all ``total`` rows are over their time, from when they are, and how many have no date."""
    if everybody.can_judge(work):
        return everybody.look(work, [work.as_of]).facts
    due = work.due().order_by()[:total]  # sliced, it is a subquery: each row is dated once, and not for each figure
    seen = due.aggregate(due=Count("pk"), earliest=Min("starts_at"), latest=Max("starts_at"))
    return Facts(**seen, undated=0 if work.also else starts.undated(work.holding, work.rule).count())


def staying(work: Work) -> tuple[int, int, int]:
    """Of the rows over their time: how many are held, how many of the others in use, how many of those pointed at.

    Where a person's rows go together, what stays because another of theirs does counts with the last.
    """
    if everybody.can_judge(work):
        seen = everybody.look(work, [work.as_of], _narrowed(work, everybody.due(work)))
        return _kept(seen.facts.due, seen.numbers)
    due = work.due().count()
    return _kept(due, _counts(work)) if due else (0, 0, 0)


def coming(now: datetime, until: datetime) -> Iterator[tuple[Work, int, int]]:
    """What goes at all by then, a holding at a time: how many rows now, and how many more until then."""
    for later in works(until):
        first, both = _twice(replace(later, as_of=now), later)
        if both:
            yield later, first, max(0, both - first)


def _at_once(work: Work) -> tuple[Facts, tuple[int, int, int], list[Any]]:
    seen = everybody.look(work, [work.as_of], _narrowed(work, everybody.due(work)), SAMPLES)
    some = work.holding.model._base_manager.filter(pk__in=seen.first)
    rows = {row.pk: row for row in starts.dated(work.holding, work.rule, some)} if seen.first else {}
    return seen.facts, _kept(seen.facts.due, seen.numbers), [rows[key] for key in seen.first if key in rows]


def _row_by_row(work: Work, total: int) -> tuple[Facts, tuple[int, int, int], list[Any]]:
    found = facts(work, total)
    if not found.due:
        return found, (0, 0, 0), []
    return found, _kept(found.due, _counts(work)), list(work.removable().order_by(work.key)[:SAMPLES])


def _twice(now: Work, later: Work) -> tuple[int, int]:
    """How many rows may go now, and how many later."""
    if everybody.can_judge(later):
        rows = [_narrowed(later, everybody.due(later, turn))[-1] for turn in (0, 1)]
        first, both = everybody.look(later, [now.as_of, later.as_of], rows).numbers
        return first, both
    if not later.due().exists():
        return 0, 0
    return now.removable().count(), later.removable().count()


def _narrowed(work: Work, due: QuerySet[Any]) -> list[QuerySet[Any]]:
    """Of the rows over their time: those that nothing holds; of these, what is not in use; of these, what may go."""
    free = work.free(due)
    unneeded = work.unneeded(free)
    return [free, unneeded, work.unreferred(unneeded)]


def _counts(work: Work) -> list[int]:
    free, unneeded, removable = _narrowed(work, work.due())
    numbers = [free.count()]
    for before, after in ((free, unneeded), (unneeded, removable)):
        numbers.append(numbers[-1] if after is before else after.count())  # nothing asked, nothing to count
    return numbers


def _kept(due: int, numbers: Sequence[int]) -> tuple[int, int, int]:
    free, unneeded, removable = numbers
    return due - free, free - unneeded, unneeded - removable
