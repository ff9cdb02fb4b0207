"""How decisions leave the ledger when their time is over: everything about a person at once, by a lane of its own.

An event lets itself be deleted only while a row of :class:`~consent.ledger.models.Pruning` names its person: the
triggers see to that. What the events added up to goes with them, so that ``checkledger`` finds the rest in order.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from consent.ledger import projection
from consent.ledger.models import CircumstancesRecord, Event, Pruning, State
from consent.ledger.stops import scopes_of
from consent.ledger.vocabulary import EVERY_CHANNEL, STOPS, Decision, Key, Method, ObjectKind
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.retention import also, disposal, needs, unproved
from portal.retention.rules import Rule
from portal.subjects.models import ContactPoint, Merge
from portal.subjects.suppression import Stop, suppress_all

RETENTION: Final = "retention"
_EVENT: Final = Event._meta.label


def prune(rows: QuerySet[Any]) -> Mapping[str, int]:
    """Take these events and what they added up to; they are all there is about their people. Within a transaction."""
    people = dict(rows.values_list("subject").annotate(count=Count("pk")).order_by())
    keys = Pruning.objects.bulk_create([Pruning(person=one, events=count) for one, count in people.items()])
    _gone, counts = rows.delete()
    states, _by_label = State.objects.filter(subject__among=people).delete()
    Pruning.objects.filter(pk__among=[key.pk for key in keys]).update(person=None)
    return {**counts, State._meta.label: states}


def keep_obeyed(points: QuerySet[Any]) -> None:
    """Before an address goes: who said stop stays stopped there, by a mark from which the address cannot be read."""
    by_person: dict[Any, list[ContactPoint]] = {}
    for point in points.filter(retired_at=None):
        by_person.setdefault(point.subject_id, []).append(point)
    organisation = versions.current().organisation
    stops = State.objects.filter(subject__among=by_person, stopped_id__gt=0)
    rows = stops.values_list("subject_id", *projection.KEY_FIELDS, *projection.CELL_FIELDS)
    suppress_all(
        stop
        for person, *columns in rows
        for stop in _stops(Key(*columns[:3]), columns[3:], by_person[person], organisation)
    )


def _stops(key: Key, columns: list[Any], points: list[ContactPoint], organisation: Organisation) -> Iterator[Stop]:
    cell = projection.cell_of_row(columns)
    if cell.stop is None or not cell.stopped or not _is_known(key, organisation):
        return
    for scope in scopes_of(key, organisation):
        for point in points:
            if key.channel in {EVERY_CHANNEL, point.channel}:
                yield Stop(point, scope, cell.stop.id, RETENTION)


def _is_known(key: Key, organisation: Organisation) -> bool:
    """A purpose that left the file names no topics any more."""
    return key.kind != ObjectKind.PURPOSE or key.code in organisation.purposes


def merges_without_events(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Merges of people who have no decision on record any more: nothing dates them but themselves."""
    for side in ("survivor", "absorbed"):
        rows = rows.exclude(Exists(Event.objects.filter(subject=OuterRef(side))))
    last = Greatest("merged_at", Coalesce("undone_at", "merged_at"))
    old: QuerySet[Any] = rows.annotate(starts_at=last).filter(starts_at__lt=rule.cutoff(as_of))
    return old


def _said_more_than_no() -> Exists:
    """Whether more is on record of a person than stops, which are obeyed without an address, and a yes that somebody
    typed and nobody confirmed."""
    only_typed = Q(method=Method.FORM, decision=Decision.GRANTED, proved=False)
    return Exists(Event.objects.filter(subject=OuterRef("subject")).exclude(only_typed | Q(decision__in=STOPS)))


def register() -> None:
    """Tell retention. An address that is held is one that may be written to: what its person said is obeyed."""
    disposal.register_lane(_EVENT, prune)
    disposal.before_gone(ContactPoint._meta.label, keep_obeyed)
    unproved.known_otherwise(_said_more_than_no)
    also.register(also.Also(Merge._meta.label, "decisions", merges_without_events))
    needs.register(
        _EVENT,
        _("We hold your address, so what you chose is obeyed."),
        lambda: Exists(ContactPoint.objects.current().filter(subject=OuterRef("subject"))),
        after=ContactPoint._meta.label,
    )
    needs.register(
        _EVENT,
        _("How you decided is on record still, and it proves nothing alone."),
        lambda: Exists(CircumstancesRecord.objects.filter(subject=OuterRef("subject"))),
        after=CircumstancesRecord._meta.label,
    )
