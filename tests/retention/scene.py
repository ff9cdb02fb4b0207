"""People whose data have come of age: made by the real flows, then put back in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Model

from consent.ledger.models import CircumstancesRecord, Event
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from portal.holds import flows as holds
from portal.holds.models import Hold
from portal.organisation import versions
from portal.outbox.models import Message, State
from portal.retention.flows import approving, running
from portal.retention.models import Approval, Run
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint, Provenance, Subject

NOW = datetime(2025, 11, 26, 3, tzinfo=UTC)
PRIYA = "7"
JOAN, MAREK = "joan.archer@example.org", "marek.nowak@example.com"


def years_ago(years: float) -> datetime:
    """So long before the run, and a few days."""
    return NOW - timedelta(days=366 * years + 3)


def person(address: str = JOAN, met: datetime | None = None) -> ContactPoint:
    """Somebody who gave us their address then, and was never heard of again."""
    organisation = versions.current().organisation
    context = next(code for code, one in organisation.contexts.items() if one.marketing)
    source = next(code for code, one in organisation.sources.items() if one.person)
    point = people.reach(Channel.EMAIL, address, context=context, source=source)
    if met is not None:
        Subject.objects.filter(pk=point.subject_id).update(created_at=met)
        ContactPoint.objects.filter(pk=point.pk).update(created_at=met)
        Provenance.objects.filter(contact_point=point).update(seen_at=met)
    return point


def mail(point: ContactPoint, sent: datetime, **changes: Any) -> Message:
    """A mail that went out then."""
    number = Message.objects.count()
    facts = {"kind": "news", "category": "service", "domain": "example.org", "state": State.SENT} | changes
    return Message.objects.create(
        contact_point=point, message_id=f"<{number}.{point.pk}@test>", sent_at=sent, created_at=sent, **facts
    )


def mails(point: ContactPoint, sent: datetime, count: int) -> None:
    """So many that went out then."""
    for _number in range(count):
        mail(point, sent)


def decision(
    point: ContactPoint, at: datetime, what: Decision = Decision.GRANTED, *, code: str = "", proved: bool = True
) -> Event:
    """What they decided then about all marketing, or about a topic; its state is for ``projection.rebuild``."""
    return Event.objects.create(
        subject_id=point.subject_id, kind=ObjectKind.TOPIC if code else ObjectKind.MARKETING, code=code, decision=what,
        organisation_version_id=versions.current().id, method=Method.PREFERENCE_CENTRE, actor=Actor.PERSON,
        proved=proved, occurred_at=at, recorded_at=at,
    )  # fmt: skip


def circumstances(point: ContactPoint, at: datetime) -> CircumstancesRecord:
    """Where they decided it."""
    number = CircumstancesRecord.objects.count()
    return CircumstancesRecord.objects.create(digest=f"{number:064}", subject_id=point.subject_id, created_at=at)


def hold(on: Subject | Model) -> Hold:
    """Priya holds somebody, or a row."""
    review = holds.today() + timedelta(days=90)
    return holds.place(on, holds.Terms(reason="A case is before the court.", owner=PRIYA, review_on=review), by=PRIYA)


def approve(*codes: str) -> None:
    """Priya looked at these rules, or at every one, and let them. (What looking takes has tests of its own.)"""
    Approval.objects.bulk_create(
        Approval(rule=rule.code, rule_digest=rule.digest, organisation_version_id=rule.current.id, approved_by=PRIYA)
        for rule in approving.waiting()
        if rule.code in (codes or {rule.code})
    )


def expire(as_of: datetime = NOW) -> Run:
    """One run, from its beginning to its end."""
    return running.expire(as_of=as_of)
