"""What requests know about the starts of retention periods: when one was closed, and what was contact in its course."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Case, DateTimeField, F, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Greatest

from dsar.models import Event
from dsar.vocabulary import Happening, Matter, Party, State
from portal.organisation.schema import RetentionStart
from portal.retention.rules import Rule
from portal.retention.starts import Source, Unless

TO_BE_LEFT_ALONE: Final = (Matter.ERASURE, Matter.OBJECTION, Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT)
"""Who asks for one of these is not kept longer for having asked, nor for having been answered."""
_ENDED: Final = (State.CLOSED, State.REVIEWED)
_COMPLAINT_ENDED: Final = (Happening.COMPLAINT_ANSWERED, Happening.COMPLAINT_DROPPED)


def closed(way: str = "") -> Combinable:
    """When a request was closed for the last time, a complaint about it included; NULL while anything is open.

    ``way`` leads to the request, with two underscores at its end.
    """
    ends = Event.objects.filter(request=OuterRef(f"{way}pk"), kind__in=_COMPLAINT_ENDED).order_by().values("request")
    reviewed = Subquery(ends.annotate(last=Max("recorded_at")).values("last"))
    first = F(f"{way}closed_at")
    last = Greatest(first, Coalesce(reviewed, first))
    is_ended = Q(**{f"{way}state__in": _ENDED, f"{way}closed_at__isnull": False})
    return Case(When(is_ended, then=last), default=Value(None), output_field=DateTimeField())


def _contact(rule: Rule) -> QuerySet[Event]:
    """What the person did, and what staff answered them, in matters of theirs; the portal's own letters are none.

    A request counts once it was shown to come from who reads the address, or staff logged who made it.
    """
    between_us = Q(party=Party.PERSON) | Q(party=Party.STAFF, shown=True)
    events = Event.objects.filter(between_us, request__verified_at__isnull=False)
    return events if rule.entry.opt_out_restarts else events.exclude(request__matter__in=TO_BE_LEFT_ALONE)


_MADE: Final = tuple(
    Source(_contact, person=person, moment="at") for person in ("request__subject", "request__contact_point__subject")
)

SOURCES: Final[Mapping[RetentionStart, tuple[Source | Unless, ...]]] = {
    RetentionStart.LAST_CONTACT: _MADE,
    RetentionStart.LAST_USE: _MADE,
}
