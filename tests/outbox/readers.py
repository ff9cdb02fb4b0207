"""People who asked for the newsletter, by the ledger's one door; and how they stop everything, by the page's flow."""

from __future__ import annotations

from django.db import transaction

from consent.ledger.circumstances import Circumstances
from consent.ledger.record import Act, Choice, Shown, record
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from consent.preferences import mails
from consent.preferences.flows import stopping
from consent.preferences.flows.acts import Doing
from consent.preferences.models import Mailing
from portal.organisation.schema import Basis
from portal.outbox import flows
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint, Subject

TOPIC = "newsletter"
WORDS = Shown("en-gb", "Yes, send me the newsletter. I can stop it at any time.")
SIGNED_IN = Act(Method.PREFERENCE_CENTRE, Actor.PERSON, proved=True, text=WORDS)
YES = Choice(ObjectKind.TOPIC, TOPIC, Channel.EMAIL, Decision.GRANTED, basis=Basis.CONSENT)


def readers(count: int, name: str = "reader") -> list[ContactPoint]:
    """So many people, each with a consent of their own."""
    with transaction.atomic():
        return [reader(f"{name}{number}@example.org") for number in range(count)]


def reader(address: str) -> ContactPoint:
    point = people.reach(Channel.EMAIL, address, context="website", source="person")
    people.prove(point)
    record(point.subject, [YES], SIGNED_IN)
    return point


def broadcast(points: list[ContactPoint]) -> None:
    """A mailing of the newsletter to these people, waiting in the outbox."""
    mailing = Mailing.objects.create(topic_id=TOPIC, subject_line="News", body="What is new.")
    flows.enqueue_many(mails.MAILING.code, points, topic=TOPIC, params={"mailing": str(mailing.pk)})


def stop_everything(subject: Subject) -> stopping.Stopped:
    """What the button "Stop all marketing" does."""
    return stopping.stop_everything(subject, Doing(Method.UNSUBSCRIBE_PAGE, True, Circumstances()))
