"""Stopping: one topic, or all marketing; by the person, by a link from a mail, or by an address typed in.

A stop is recorded first. Only then, outside the transaction, does it wait for mails that were leaving already.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from consent.ledger.models import Event
from consent.ledger.record import Choice, Locked, locking, record
from consent.ledger.stops import OPT_OUT
from consent.ledger.vocabulary import EVERY_CHANNEL, Method
from consent.preferences import switches
from consent.preferences.flows import acts
from portal.outbox import permits
from portal.outbox.kinds import OPTIONAL
from portal.subjects import flows as subjects
from portal.subjects import suppression
from portal.subjects.identity import normalise
from portal.subjects.models import Channel, Subject


@dataclass(frozen=True)
class Stopped:
    """What a stop came to. ``was_on`` are the switches it turned off, for the way back, and ``still_on`` those that
    stand on after it; ``position`` is the ledger's last event then; ``leaving`` counts mails that may still arrive.

    A mail program is told nothing of switches: it has no way back, and should be answered soon.
    """

    subject_id: UUID
    was_on: tuple[str, ...] = ()
    still_on: tuple[str, ...] = ()
    position: int = 0
    leaving: int = 0


def stop_topic(subject: Subject, topic: str, doing: acts.Doing, words: str = "") -> Stopped:
    """One topic, in every way it comes. ``words`` are those on the button. A topic that was retired stops too.

    Raises :class:`~consent.ledger.errors.UnknownTopic` for one that never was.
    """
    return _stop(
        subject,
        lambda person: acts.no(person.current.organisation, topic, EVERY_CHANNEL, person.cells),
        doing,
        words or _("Stop this"),
    )


def stop_everything(subject: Subject, doing: acts.Doing, words: str = "") -> Stopped:
    """All marketing, in every way, and profiling for it (Article 21(3)). Notices have switches of their own."""
    return _stop(subject, lambda _person: acts.no_marketing(), doing, words or _("Stop all marketing"))


def _stop(subject: Subject, what: Callable[[Locked], Choice], doing: acts.Doing, words: str) -> Stopped:
    with locking(subject) as person:
        choice = what(person)
        stopped = Stopped(person.person.pk)
        if doing.method == Method.ONE_CLICK:
            person.record([choice], doing.act(words))
        else:
            before = switches.board_of(person)
            events = person.record([choice], doing.act(words)).events
            after = before.after(person.cells).on
            position = events[-1].pk if events else switches.last_event(person.person.family())
            stopped = replace(stopped, was_on=tuple(before.on - after), still_on=tuple(after), position=position)
    return replace(stopped, leaving=permits.wait_for_open(stopped.subject_id, categories=OPTIONAL))


def stop_address(address: str, doing: acts.Doing) -> None:
    """All marketing to whoever is reached at this address, known or not; nothing told about which it was.

    Nobody known there is made known by it: a scrambled form of the address is kept, and it is obeyed from now on.
    There is no waiting for mails that are leaving, which would tell too. Raises ``InvalidAddress``.
    """
    with transaction.atomic():
        point = subjects.find(Channel.EMAIL, address)
        if point is not None:
            record(point.subject, [acts.no_marketing()], doing.act(_("Stop all marketing")))
            return
        identity = normalise(Channel.EMAIL, address)
        position = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        suppression.suppress_all(
            [suppression.Stop((Channel.EMAIL, identity), suppression.MARKETING, position, OPT_OUT)]
        )
