"""What the ledger knows about the starts of retention periods: acts, decisions, and which yes stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from django.db.models import CharField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet

from consent.ledger.models import Event, State
from consent.ledger.vocabulary import EVERY_CHANNEL, HOOKED, STOPS, Actor, Decision, Method, ObjectKind
from portal.organisation.schema import Organisation, PurposeKind, RetentionStart
from portal.retention.rules import Rule
from portal.retention.starts import Source, Unless
from portal.subjects.models import ContactPoint

_REPORTED: Final = (Method.API, Method.STAFF, Method.REPLY)
"""Ways by which an act of the person reaches us though no page saw them read their address."""
_NO_DECISION: Final = HOOKED | {Decision.LAPSED}


def _acts(rule: Rule) -> QuerySet[Event]:
    """Acts of people themselves. Typed into a form by whoever it was, one counts only once it is confirmed.

    Saying stop is no contact, unless the rule says so: who opts out is not kept longer for it.
    """
    theirs = Event.objects.filter(Q(proved=True) | Q(method__in=_REPORTED), actor=Actor.PERSON)
    return theirs if rule.entry.opt_out_restarts else theirs.exclude(decision__in=STOPS)


def _decisions(_rule: Rule) -> QuerySet[Event]:
    return Event.objects.exclude(decision__in=_NO_DECISION)


def _standing(rule: Rule) -> QuerySet[State]:
    """Yeses in force at an address that is still theirs: as long as one is relied on, its proof is kept (Art. 7(1))."""
    theirs = ContactPoint.objects.current().filter(subject=OuterRef("subject"), channel=OuterRef("channel"))
    given = State.objects.filter(Exists(theirs), consent_id__gt=0, subject__merged_into=None)
    return given.filter(_not_stopped(rule.current.organisation))


def _not_stopped(organisation: Organisation) -> Q:
    """As :func:`consent.ledger.fold.covering` has it: a wider stop, made later, takes a yes away.

    One question for all cells and not one for each: of everybody at once, the database answers it by a join.
    """
    here = {"subject": OuterRef("subject"), "channel__in": [EVERY_CHANNEL, OuterRef("channel")]}
    later = State.objects.filter(**here, stopped_id__gt=0).filter(stopped_id__gt=OuterRef("consent_id"))
    of_yes = {f"yes_{name}": ExpressionWrapper(OuterRef(name), output_field=CharField()) for name in ("kind", "code")}
    known, stopped = Q(pk__in=[]), Q(pk__in=[])
    for kind, code, reached in _covered(organisation):
        known |= Q(kind=kind, code=code)
        stopped |= Q(yes_kind=kind, yes_code=code) & reached
    return known & Q(~Exists(later.alias(**of_yes).filter(stopped)))


def _covered(organisation: Organisation) -> Iterator[tuple[ObjectKind, str, Q]]:
    """Each topic and each purpose of the file, and the cells whose stop reaches it."""
    for code, topic in organisation.topics.items():
        reached = Q(kind=ObjectKind.TOPIC, code=code) | Q(kind=ObjectKind.PURPOSE, code=topic.purpose)
        purpose = organisation.purposes.get(topic.purpose)
        if purpose is not None and purpose.kind is PurposeKind.MARKETING:
            reached |= Q(kind=ObjectKind.MARKETING)
        yield ObjectKind.TOPIC, code, reached
    for code in organisation.purposes:
        yield ObjectKind.PURPOSE, code, Q(kind=ObjectKind.PURPOSE, code=code)


_ACTS: Final = Source(_acts, person="subject", moment="occurred_at")
_STANDING: Final = Unless(_standing, person="subject")

SOURCES: Final[Mapping[RetentionStart, tuple[Source | Unless, ...]]] = {
    RetentionStart.LAST_CONTACT: (_ACTS,),
    RetentionStart.LAST_USE: (_ACTS, _STANDING),
    RetentionStart.LAST_DECISION: (Source(_decisions, person="subject", moment="occurred_at"), _STANDING),
}
