"""A permit to send one mail: given in a short transaction, and over before anybody can be told otherwise."""

from __future__ import annotations

import time
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils import translation

from portal.outbox import gate
from portal.outbox.gate import Verdict
from portal.outbox.kinds import Category
from portal.outbox.managers import Change
from portal.outbox.models import Message, State

SLACK = timedelta(seconds=10)
"""How much longer a permit lasts than the conversation it covers."""

_permit = Change("state", "permit_until", "run_at", "attempts", "language", "verdict", where=("id",))
_FIRST_LOOK = 0.002
_LONGEST_WAIT_BETWEEN_LOOKS = 0.05


def length() -> timedelta:
    """How long a permit lasts."""
    return timedelta(seconds=settings.OUTBOX_CONVERSATION_SECONDS) + SLACK


@dataclass(frozen=True)
class Permit:
    """The right to send ``message`` until ``until``, by the database's clock; ``until`` also identifies it."""

    message: Message
    verdict: Verdict
    given_at: datetime
    until: datetime
    _monotonic: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        """The database's clock, as far as this process can tell without asking it again."""
        return self.given_at + timedelta(seconds=time.monotonic() - self._monotonic)


def decide(message: Message, now: datetime) -> Permit | None:
    """Asks the gate, with message and Subject locked by the caller; None where the mail is withheld.

    Must run inside a transaction. Whoever commits it has given the permit.
    """
    with translation.override(message.language):
        verdict = _verdict(message)
    if not verdict.allowed:
        _settle(message, State.WITHHELD, verdict, "")
        return None
    if message.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        _settle(message, State.FAILED, verdict, "The last attempt was cut off, and it was the last one.")
        return None
    until = now + length()
    message.attempts += 1
    _permit(
        Message, State.HANDING_OVER, until, until, message.attempts, message.language, verdict.as_json(), message.pk
    )
    return Permit(message, verdict, now, until)


def wait_for_open(
    subject_id: UUID, seconds: float = 2.0, *, categories: Collection[Category] = (Category.MARKETING,)
) -> int:
    """Waits until no mail to this person is leaving, at most ``seconds``; returns how many still may be.

    To be called after an opt-out has *committed*, outside any transaction: from then on no new permit is given,
    so what is counted here is all that can still arrive. Touches no row.
    """
    leaving = Message.objects.permitted().to_person(subject_id).filter(category__in=categories)
    end, pause = time.monotonic() + seconds, _FIRST_LOOK
    while (count := leaving.count()) and (left := end - time.monotonic()) > 0:
        time.sleep(min(pause, left))
        pause = min(pause * 2, _LONGEST_WAIT_BETWEEN_LOOKS)
    return count


def _verdict(message: Message) -> Verdict:
    if message.contact_point.retired_at is not None and message.category != Category.SECURITY:
        # A security notice does go to the old address: it says that the address was changed.
        return Verdict(False, "address-given-up", "The person gave this address up.")
    return gate.ask(message)


def _settle(message: Message, state: State, verdict: Verdict, error: str) -> None:
    Message.objects.filter(pk=message.pk).update(state=state, verdict=verdict.as_json(), last_error=error)
