"""People of long ago, so that retention has something to do in the demo: their years are over, whatever the file says.

They are made by the flows that make everybody and then put back in time, as far as rows may be changed; what they
decided says itself when it was. One of them has a contract that still runs, and stays where it counts; one has a
dispute with the organisation, and a hold keeps everything about her.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from accounts import flows as accounts
from accounts.models import User
from consent.ledger.choices import Act, Choice
from consent.ledger.record import record
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from portal import staff
from portal.database import database_now
from portal.holds import flows as holds
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.outbox import flows as outbox
from portal.outbox.models import Message, State
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint, Ending, Provenance, Subject

YEARS: Final = 9
"""So long ago they were met: longer than any of the five files keeps an address."""
GONE: Final = ("ada.old@example.net", "ben.old@example.net", "cleo.old@example.net", "dan.old@example.net")
STAYS: Final = "eve.customer@example.net"
DISPUTES: Final = "gina.claimant@example.net"
WHY: Final = (
    "She claims back what she paid for an order that she says never came: claim of 14 September before the county "
    "court, hearing not fixed yet. Our solicitors asked in writing that nothing about her is destroyed until then."
)
CLOSED: Final = "finn.closed@example.net"


def create() -> None:
    """Make them all, once."""
    if people.find(Channel.EMAIL, STAYS) is not None or people.find(Channel.EMAIL, CLOSED) is not None:
        return
    now = database_now()
    for number, address in enumerate(GONE):
        create_person(address, now - timedelta(days=365 * YEARS + number), ended=True)
    create_person(STAYS, now - timedelta(days=365 * YEARS), ended=False)
    create_dispute(create_person(DISPUTES, now - timedelta(days=365 * YEARS), ended=True))
    create_closed_account(now)


@transaction.atomic
def create_person(address: str, met: datetime, *, ended: bool) -> Subject:
    """Somebody who gave their address then, said yes, had a mail, and said stop a month later."""
    organisation = versions.current().organisation
    point = _met(address, met, organisation)
    topic, left = next(iter(organisation.topics)), met + timedelta(days=30)
    for decision, when in ((Decision.GRANTED, met), (Decision.WITHDRAWN, left)):
        choice = Choice(ObjectKind.TOPIC, topic, Channel.EMAIL.value, decision)
        record(point.subject, [choice], Act(Method.PREFERENCE_CENTRE, Actor.PERSON, proved=True, occurred_at=when))
    mail = outbox.enqueue("preferences-confirmation", point)
    Message.objects.filter(pk=mail.pk).update(state=State.SENT, created_at=met, sent_at=met)
    for what in Ending.What:
        Ending.objects.create(subject=point.subject, what=what, day=left.date() if ended else None)
    return point.subject


def create_dispute(subject: Subject) -> None:
    """The first privacy officer holds everything about her; without one nobody does."""
    for officer in staff.officers()[:1]:
        terms = holds.Terms(reason=WHY, owner=officer, review_on=holds.today() + timedelta(days=60))
        holds.place(subject, terms, by=officer)


@transaction.atomic
def create_closed_account(now: datetime) -> None:
    """Finn had an account, and staff closed it at his wish a hundred days ago."""
    user = accounts.open_account(CLOSED, name="Finn Closed")
    user.is_active = False
    user.save()
    User.objects.filter(pk=user.pk).update(
        date_joined=now - timedelta(days=365 * YEARS), closed_at=now - timedelta(days=100)
    )


def _met(address: str, when: datetime, organisation: Organisation) -> ContactPoint:
    context = next(code for code, one in organisation.contexts.items() if one.marketing)
    source = next(code for code, one in organisation.sources.items() if one.person)
    point = people.reach(Channel.EMAIL, address, context=context, source=source)
    Subject.objects.filter(pk=point.subject_id).update(created_at=when)
    ContactPoint.objects.filter(pk=point.pk).update(created_at=when)
    Provenance.objects.filter(contact_point=point).update(seen_at=when)
    return point
