"""What a run would do, counted and with samples, before anything is done. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from django.db.models import Count, Max, Min

from portal.database import database_now
from portal.personal_data.registry import Holding
from portal.retention import also, rules, starts, ties
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
    for one in also.ways_of(holding.label):
        yield Work(holding, rules.rule(one.rule), as_of, one)


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
    due = work.due().order_by()[:total]  # sliced, it is a subquery: each row is dated once, and not for each figure
    facts = due.aggregate(rows=Count("pk"), earliest=Min("starts_at"), latest=Max("starts_at"))
    kept = staying(work, facts["rows"]) if facts["rows"] else (0, 0, 0)
    first = work.removable().order_by(work.key)[:SAMPLES] if facts["rows"] else ()
    return Line(
        work,
        total=total,
        due=facts["rows"],
        held=kept[0],
        needed=kept[1],
        referred=kept[2],
        undated=0 if work.also else starts.undated(work.holding, work.rule).count(),
        earliest=facts["earliest"],
        latest=facts["latest"],
        approved=approving.is_approved(work.rule),
        samples=[Sample(str(row.pk), row.starts_at) for row in first],
    )


def staying(work: Work, due: int) -> tuple[int, int, int]:
    """Of ``due`` rows over their time: how many are held, how many of the others in use, how many of those pointed at.

    Where a person's rows go together, what stays because another of theirs does counts with the last.
    """
    rows = work.free(work.due())
    numbers = [due, rows.count()]
    for narrow in (work.unneeded, work.unreferred):
        narrowed = narrow(rows)
        numbers.append(numbers[-1] if narrowed is rows else narrowed.count())  # nothing asked, nothing to count
        rows = narrowed
    held, needed, referred = (before - after for before, after in pairwise(numbers))
    return held, needed, referred
