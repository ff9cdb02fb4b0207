"""Somebody is found to be under the age of the organisation file: their details go at once, whatever their periods.

Only what the rule with ``from = "discovery"`` names goes, and the account, which holds a name and an address too. What
is held stays until nothing holds it; what is needed to leave the address alone stays for good. It can be done again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import DateTimeField, Q, QuerySet, Value
from django.utils.translation import gettext as _

from portal.database import database_now, locked
from portal.holds import standing
from portal.organisation import versions
from portal.organisation.schema import RetentionStart
from portal.personal_data import registry
from portal.personal_data.registry import SELF, Holding
from portal.retention import batches, journal, rules, ties
from portal.retention.also import Also
from portal.retention.flows import preview
from portal.retention.models import Deletion
from portal.retention.removable import Work
from portal.retention.rules import Rule
from portal.subjects import flows as people
from portal.subjects import suppression
from portal.subjects.models import ContactPoint, Subject

REASON: Final = "under-age"
_ACCOUNTS: Final = "accounts"


class Refused(Exception):
    """It cannot be done; ``message`` says why, for staff."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Kind:
    """One kind of thing held about the person: how many rows there are, and how many would go now."""

    holding: Holding
    rows: int
    going: int


@dataclass
class Removed:
    """What went, by kind of row, what stays and why."""

    gone: Counter[str] = field(default_factory=Counter)
    stays: list[Kind] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def age() -> int | None:
    """The age under which details are removed when it is discovered; None where no file promises such a thing."""
    try:
        below = versions.current().organisation.children.remove_below
    except versions.NoOrganisation:
        return None
    return below if below is not None and _rule() is not None else None


def look(subject: Subject) -> list[Kind]:
    """What would go and what would stay now. Raises :class:`Refused`."""
    return list(_kinds(_works(people.resolve(subject), database_now())))


def remove(subject: Subject, by: str) -> Removed:
    """Mark the person, keep marketing from their addresses for good, and remove what may go; ``by`` is the staff key.

    Each kind goes in a transaction of its own, with its record and its line in the journal. Raises :class:`Refused`
    before anything is done.
    """
    person, now = people.resolve(subject), database_now()
    works, done = _works(person, now), Removed()
    _mark(person)
    for work in works:
        _all_of(work, done, by)
    done.stays = [kind for kind in _kinds(works) if kind.rows]
    if done.stays and Subject.objects.filter(pk=person.pk).exists():
        done.reasons = standing.reasons(registry.holding_of(Subject), person, for_staff=True)
    return done


def _all_of(work: Work, done: Removed, by: str) -> None:
    """In batches; again where rows of a kind keep each other, until no more goes."""
    while True:
        before, look = done.gone.total(), batches.Look(work, wary=True)
        while keys := look.next():
            batches.in_turn(keys, partial(_batch, work, done, by))
        if done.gone.total() == before or not ties.points_at_itself(work.holding):
            return


def _batch(work: Work, done: Removed, by: str, keys: Sequence[Any], *, patient: bool) -> None:
    with transaction.atomic(durable=True):
        gone = batches.take(work, keys, Deletion(why=Deletion.Why.DISCOVERY, by=by), patient=patient)
    done.gone.update(gone.counts)
    if gone.record is not None:
        journal.write(gone.record)


def _mark(person: Subject) -> None:
    """Nothing is marketed to them from this moment on, whatever comes of the rest; nor if a list brings them back."""
    with transaction.atomic():
        family = list(locked(Subject.objects.filter(pk__in=person.family()).order_by("pk")))
        Subject.objects.filter(pk__in=[one.pk for one in family]).update(under_age=True)
        points = ContactPoint.objects.filter(subject__in=family).order_by("pk")
        # At position 0: a yes of their own, once they are old enough, is later than that.
        suppression.suppress_all(suppression.Stop(point, suppression.MARKETING, 0, REASON) for point in points)


def _works(person: Subject, now: datetime) -> list[Work]:
    """What goes, in the order of its turns. Raises :class:`Refused`."""
    rule = _rule()
    if rule is None or age() is None:
        raise Refused(_("The organisation file does not promise to remove anybody’s details for their age."))
    _refuse_staff(person)
    whose = person.family()
    return [
        Work(work.holding, rule, now, Also(work.holding.label, rule.code, partial(_found, work.holding, whose, now)))
        for work in preview.works(now)
        if work.also is None and _is_meant(work.holding, rule)
    ]


def _rule() -> Rule | None:
    """The rule that runs from discovery."""
    retention = versions.current().organisation.retention
    codes = (code for code, entry in retention.items() if entry.from_ is RetentionStart.DISCOVERY)
    code = next(codes, None)
    return rules.rule(code) if code is not None else None


def _is_meant(holding: Holding, rule: Rule) -> bool:
    """What the rule names. A suppression, which a function finds, is what keeps their address from coming back."""
    return bool(holding.paths) and (holding.category in rule.entry.data or holding.retention == _ACCOUNTS)


def _found(holding: Holding, whose: list[Any], now: datetime, rows: QuerySet[Any], *_judged: Any) -> QuerySet[Any]:
    theirs = Q(pk__in=[])
    for path in holding.paths:
        theirs |= Q(**{f"{'pk' if path == SELF else path}__in": whose})
    found: QuerySet[Any] = rows.filter(theirs).annotate(starts_at=Value(now, output_field=DateTimeField()))
    return found


def _kinds(works: Sequence[Work]) -> Iterator[Kind]:
    for work in works:
        rows = work.due().count()
        if rows:
            yield Kind(work.holding, rows, work.free(work.due()).count())


def _refuse_staff(person: Subject) -> None:
    from django.contrib.auth import get_user_model

    family = person.family()
    if get_user_model()._default_manager.filter(subject__in=family, is_staff=True).exists():
        raise Refused(_("This is one of our staff. Close their account first."))
