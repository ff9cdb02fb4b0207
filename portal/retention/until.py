"""Until when something is kept, in the words a person reads: the same rule, start and calendar by which it goes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from portal.organisation.schema import Period, RetentionAction
from portal.outbox import keeping
from portal.personal_data.registry import Holding
from portal.retention import periods, starts, unproved
from portal.retention.rules import Rule, rule_of


@dataclass(frozen=True)
class Until:
    """``words`` are whole sentences; ``last_day`` is the day after which the last of it goes, where that is known.

    ``our_choice`` is whether the organisation chose the period itself, its policy being silent or vague; ``reason``
    why it is that long, in the organisation's words.
    """

    words: str
    reason: str
    last_day: date | None = None
    our_choice: bool = False


def until(holding: Holding, row: Model) -> Until:
    """Until when one row is kept. Raises :class:`~portal.retention.rules.NoRule`."""
    return of_rows(holding, holding.model._base_manager.filter(pk=row.pk))


def of_rows(holding: Holding, rows: QuerySet[Any]) -> Until:
    """Until when the first and the last of these rows are kept. Raises :class:`~portal.retention.rules.NoRule`."""
    rule, days = _judged(holding, rows)
    known = sorted(day for day in days if day is not None)
    words = " ".join([*_when(known, len(days)), _rule_in_words(rule), *_not_begun(known, len(days)), *_then(rule)])
    last_day = known[-1] if known and len(known) == len(days) else None
    return Until(words, str(rule.entry.reason), last_day, rule.entry.our_choice("period"))


def in_words(rule: Rule) -> str:
    """How long a rule keeps, whatever the row: "For 6 years after our last contact."."""
    return _rule_in_words(rule)


def _judged(holding: Holding, rows: QuerySet[Any]) -> tuple[Rule, list[date | None]]:
    """The rule that decides when these rows go, with the last day of each as far as it is known."""
    sooner = unproved.reaches(holding, rows)
    if sooner is not None:
        return sooner, list(unproved.last_days(holding, sooner, rows))
    rule = rule_of(holding)
    return rule, list(_last_days(holding, rule, rows)) if starts.datable(holding, rule.start) else []


def _last_days(holding: Holding, rule: Rule, rows: QuerySet[Any]) -> Iterator[date | None]:
    spans = starts.spans(rule)
    for moments in starts.dated(holding, rule, rows).values_list(*(name for name, _period in spans)):
        yield _last_day(rule, [(period, moment) for (_name, period), moment in zip(spans, moments, strict=True)])


def _last_day(rule: Rule, begun: Sequence[tuple[Period, datetime | None]]) -> date | None:
    """The day with which the last of several periods ends; None where none has begun, or one ends after all days."""
    ends = [periods.last_day(period, moment, rule.zone) for period, moment in begun if moment is not None]
    known = [day for day in ends if day is not None]
    return max(known) if known and len(known) == len(ends) else None


def _when(known: Sequence[date], rows: int) -> Iterator[str]:
    if known and known[0] == known[-1] and len(known) == rows:
        yield _("Until %(day)s.") % {"day": _written(known[0])}
    elif known and len(known) == rows:
        days = {"first": _written(known[0]), "last": _written(known[-1])}
        yield _("The first of it until %(first)s, the last until %(last)s.") % days
    elif known:
        yield _("Part of it until %(day)s.") % {"day": _written(known[-1])}


def _not_begun(known: Sequence[date], rows: int) -> Iterator[str]:
    """Said of what has no date: the contract runs, the account is open."""
    if known and len(known) < rows:
        yield _("For the rest that time has not begun yet.")
    elif rows and not known:
        yield _("That time has not begun yet.")


def _rule_in_words(rule: Rule) -> str:
    words = {"period": rule.entry.period, "event": keeping.EVENTS[rule.start]}
    if rule.entry.period.amount == 0:
        return _("It is kept until %(event)s.") % words
    if rule.entry.up_to:
        return _("It is kept for up to %(period)s after %(event)s.") % words
    if rule.own:
        return _("It is kept for %(period)s after %(event)s, or as long as your contract says.") % words
    return _("It is kept for %(period)s after %(event)s.") % words


def _then(rule: Rule) -> Iterator[str]:
    if rule.entry.action is RetentionAction.ANONYMISE:
        yield _("Then nothing in it names you any more.")
    if rule.entry.action is RetentionAction.REVIEW:
        yield _("Then one of us looks whether it must stay.")
    if rule.entry.may_be_longer is not None and not rule.entry.up_to:
        yield str(rule.entry.may_be_longer)


def _written(day: date) -> str:
    return date_format(day, "j F Y")
