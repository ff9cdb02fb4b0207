"""Stopping: one topic, or all marketing; by the person, by a link from a mail, or by an address typed in.

A stop is recorded first. Only then, outside the transaction, does it wait for mails that were leaving already.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consent.ledger.models import Event
from consent.ledger.record import Choice
from consent.ledger.vocabulary import EVERY_CHANNEL, Decision, Method, ObjectKind
from consent.preferences import switches
from consent.preferences.flows import acts
from portal.organisation import versions
from portal.outbox import permits
from portal.outbox.kinds import OPTIONAL
from portal.subjects import flows as subjects
from portal.subjects import suppression
from portal.subjects.identity import normalise
from portal.subjects.models import Channel, Subject


@dataclass(frozen=True)
class Stopped:
    """What a stop came to. ``was_on`` are the switches it turned off, for the way back; ``position`` is the ledger's
    last event after it; ``leaving`` counts mails that may still arrive."""

    subject_id: UUID
    was_on: tuple[str, ...]
    position: int
    leaving: int = 0


def stop_topic(subject: Subject, topic: str, doing: acts.Doing, words: str = "") -> Stopped:
    """One topic, in every way it comes. ``words`` are those on the button. A topic that was retired stops too.

    Raises :class:`~consent.ledger.errors.UnknownTopic` for one that never was.
    """
    return _stop(subject, acts.no(topic, EVERY_CHANNEL), doing, words or _("Stop this"))


def stop_everything(subject: Subject, doing: acts.Doing, words: str = "") -> Stopped:
    """All marketing, in every way, and profiling for it (Article 21(3)). Notices have switches of their own."""
    choice = Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.OBJECTED)
    return _stop(subject, choice, doing, words or _("Stop all marketing"))


def _stop(subject: Subject, choice: Choice, doing: acts.Doing, words: str) -> Stopped:
    undoable = doing.method != Method.ONE_CLICK  # a mail program has no way back, and should be answered soon
    with acts.holding(subject) as person:
        before = switches.switched_on(person, versions.current()) if undoable else frozenset()
        acts.written(person, [choice], doing, words)
        after = switches.switched_on(person, versions.current()) if undoable else frozenset()
        position = switches.last_event(person) if undoable else 0
    leaving = permits.wait_for_open(person.pk, categories=OPTIONAL)
    return Stopped(person.pk, tuple(before - after), position, leaving)


def stop_address(address: str, doing: acts.Doing) -> None:
    """All marketing to whoever is reached at this address, known or not; nothing told about which it was.

    Nobody known there is made known by it: a scrambled form of the address is kept, and it is obeyed from now on.
    There is no waiting for mails that are leaving, which would tell too. Raises ``InvalidAddress``.
    """
    with transaction.atomic():
        point = subjects.find(Channel.EMAIL, address)
        if point is not None:
            choice = Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.OBJECTED)
            acts.written(point.subject, [choice], doing, _("Stop all marketing"))
            return
        identity = normalise(Channel.EMAIL, address)
        # Position 0 would mean no stop; in a ledger that holds nothing yet, the stop takes the first place.
        position = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 1
        suppression.suppress((Channel.EMAIL, identity), suppression.MARKETING, position, "opt-out")
