"""Fetches what the rules look at, for many addresses at once: the same few statements for one and for two thousand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q

from consent.ledger.fold import Cell, Cells
from consent.ledger.models import State
from consent.ledger.projection import KEY_FIELDS, RULE_FIELDS, cell_of_row
from consent.ledger.rules import Facts, Suppressed
from consent.ledger.stops import company_of
from consent.ledger.vocabulary import Key
from portal.database import Among, Compiled, database_now
from portal.organisation.schema import Organisation
from portal.subjects import suppression
from portal.subjects.flows import resolve
from portal.subjects.models import AddressKind, Channel, ContactPoint, Provenance, Subject, Suppression

_UNMARKED = Subject()
_SUBJECT = ContactPoint._meta.get_field("subject")
_STATES = ("subject_id", *KEY_FIELDS, *RULE_FIELDS)
_STATES_OF = Compiled(lambda: State.objects.of([]).values_list(*_STATES))
_CONTEXTS_OF = Compiled(
    lambda: Provenance.objects.filter(contact_point__among=[]).values_list("contact_point_id", "context")
)
_MARKED = Q(erased_at__isnull=False) | Q(restricted_at__isnull=False) | Q(under_age=True) | Q(merged_into__isnull=False)


def fetch(
    points: Sequence[ContactPoint],
    organisation: Organisation,
    only: Iterable[Key] | None = None,
    now: datetime | None = None,
    known: Cells | None = None,
) -> list[Facts]:
    """The facts about each of these contact points, in their order.

    ``only`` spares reading cells that the question does not look at. People who were read with their addresses, the
    database's clock, and the cells ``known`` where all addresses are one person's, are not read again.
    """
    people = _people(points)
    speaks = {pk: person.pk for pk, person in people.items()}
    speakers = {speaks.get(point.subject_id, point.subject_id) for point in points}
    cells = _cells(speakers, only) if known is None else dict.fromkeys(speakers, known)
    contexts = _contexts(points)
    companies = _companies(points, organisation)
    addresses = {(point.channel, point.identity) for point in points}
    stops = suppression.suppressions_for(addresses.union(*companies.values()))
    now = now or database_now()
    return [
        _facts(point, people.get(point.subject_id, _UNMARKED), cells, contexts, companies, stops, now)
        for point in points
    ]


def _facts(
    point: ContactPoint,
    person: Subject,
    cells: dict[UUID, dict[Key, Cell]],
    contexts: dict[UUID, tuple[str, ...]],
    companies: dict[UUID, set[tuple[str, str]]],
    stops: dict[tuple[str, str], list[Suppression]],
    now: datetime,
) -> Facts:
    suppressed = [Suppressed(s.scope, s.position, s.created_at) for s in stops[point.channel, point.identity]]
    if point.address_kind == AddressKind.BUSINESS:
        for pair in companies.get(point.subject_id, ()):
            suppressed += [Suppressed(s.scope, s.position, s.created_at, company=True) for s in stops[pair]]
    return Facts(
        point.channel,
        now,
        point.address_kind,
        point.subscriber_kind,
        contexts.get(point.pk, ()),
        point.retired_at,
        person.erased_at,
        person.restricted_at,
        person.under_age,
        cells.get(point.subject_id if person is _UNMARKED else person.pk, {}),
        tuple(suppressed),
    )


def _people(points: Sequence[ContactPoint]) -> dict[UUID, Subject]:
    """Who speaks for the person at each address, for those of whom there is something to say; most are not here."""
    read = {point.subject_id: point.subject for point in points if _SUBJECT.is_cached(point)}
    marked = [person for person in read.values() if _is_marked(person)]
    if unread := {point.subject_id for point in points}.difference(read):
        marked += Subject.objects.filter(_MARKED, pk__among=unread)
    return {person.pk: resolve(person) for person in marked}


def _is_marked(person: Subject) -> bool:
    return bool(person.erased_at or person.restricted_at or person.under_age or person.merged_into_id)


def _cells(people: set[UUID], only: Iterable[Key] | None) -> dict[UUID, dict[Key, Cell]]:
    found: dict[UUID, dict[Key, Cell]] = {}
    for row in _STATES_OF.rows(Among.param(people)) if only is None else _states(people, only):
        found.setdefault(row[0], {})[Key(row[1], row[2], row[3])] = cell_of_row(row[4:])
    return found


def _states(people: set[UUID], only: Iterable[Key]) -> Iterable[Sequence[Any]]:
    kinds, codes, channels = zip(*only, strict=True)
    states = State.objects.of(people)
    return states.filter(kind__in=set(kinds), code__in=set(codes), channel__in=set(channels)).values_list(*_STATES)


def _contexts(points: Sequence[ContactPoint]) -> dict[UUID, tuple[str, ...]]:
    found: dict[UUID, tuple[str, ...]] = {}
    for pk, context in _CONTEXTS_OF.rows(Among.param(point.pk for point in points)):
        found[pk] = (*found.get(pk, ()), context)
    return found


def _companies(points: Sequence[ContactPoint], organisation: Organisation) -> dict[UUID, set[tuple[str, str]]]:
    """The companies each person works for, by their business e-mail addresses, where the file lets companies speak."""
    if not organisation.marketing.company_opt_out_covers_people:
        return {}
    addresses = ContactPoint.objects.current().filter(
        subject__among={point.subject_id for point in points}, channel=Channel.EMAIL, address_kind=AddressKind.BUSINESS
    )
    found: dict[UUID, set[tuple[str, str]]] = {}
    for subject, identity in addresses.values_list("subject_id", "identity"):
        company = company_of(Channel.EMAIL, identity, AddressKind.BUSINESS)
        if company is not None:
            found.setdefault(subject, set()).add(company)
    return found
