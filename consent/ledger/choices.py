"""What is handed to ``record()``, and what the organisation file lets be decided. Nothing is written here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any, Final

from django.utils.timezone import is_aware

from consent.ledger.circumstances import Circumstances
from consent.ledger.errors import (
    ChannelNotOffered,
    ImpossibleDecision,
    ImpossibleTime,
    RetiredTopic,
    UnknownNotice,
    UnknownPurpose,
    UnknownTopic,
)
from consent.ledger.texts import Shown
from consent.ledger.vocabulary import EVERY_CHANNEL, HOOKED, STOPS, Actor, Decision, Key, Method, ObjectKind
from portal.database import database_now
from portal.organisation.models import Topic
from portal.organisation.schema import Basis, Organisation
from portal.subjects.models import Channel

if TYPE_CHECKING:
    from consent.ledger.models import Event

CLOCKS_DIFFER_BY: Final = timedelta(minutes=5)
LONGEST_KEY: Final = 100
_PAUSES: Final = frozenset({Decision.PAUSED, Decision.RESUMED})
_ON_ALL_MARKETING: Final = STOPS | _PAUSES
_ON_NOTICES: Final = STOPS | {Decision.GRANTED}


@dataclass(frozen=True, slots=True)
class Conditions:
    """What has to be known for a basis other than consent: PECR reg. 22(3) for the soft opt-in, reg. 21 for calls.

    ``source`` is a source of the organisation file, ``collected_in`` the occasion ("sale" or "negotiation" for the
    soft opt-in), ``screened_on`` the day a number was last checked against TPS and CTPS.
    """

    source: str
    collected_in: str = ""
    similar_products: bool = False
    refusal_offered: bool = False
    screened_on: date | None = None

    def as_details(self) -> dict[str, Any]:
        """As the ledger keeps them."""
        screened = {"screened_on": self.screened_on.isoformat()} if self.screened_on else {}
        return {
            "source": self.source,
            "collected_in": self.collected_in,
            "similar_products": self.similar_products,
            "refusal_offered": self.refusal_offered,
            **screened,
        }


@dataclass(frozen=True, slots=True)
class Choice:
    """One decision about one object. ``basis`` is that of the object's purpose if not given; ``until`` ends a pause.

    ``text`` are the words that stood beside this one, where they are not those of the whole act. ``details`` holds
    codes and flags, never personal data: ``Conditions(...).as_details()`` for ``ESTABLISHED``, ``{"grant": event_id}``
    for ``CONFIRMED`` where a certain yes is meant.
    """

    kind: ObjectKind
    code: str
    channel: str
    decision: Decision
    basis: Basis | None = None
    until: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    text: Shown | None = None

    @property
    def key(self) -> Key:
        """The cell this is about."""
        return Key(str(self.kind), self.code, str(self.channel))


@dataclass(frozen=True, slots=True)
class Act:
    """How the choices of one moment came about.

    ``proved``: whoever acted had shown control of the address: signed in with it verified, by a code sent to it, or by
    pressing the button behind a confirmation link. ``occurred_at`` is needed only for what happened earlier, such as
    a letter. ``idempotency_key`` makes sending the same act twice harmless for a day.
    """

    method: Method
    actor: Actor
    proved: bool = False
    text: Shown | None = None
    notice: str = ""
    circumstances: Circumstances | None = None
    occurred_at: datetime | None = None
    idempotency_key: str = ""


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of the choices. ``unchanged`` said what already held in the same words; ``ignored`` cannot have an
    effect: second-hand news against a stop, or the confirmation of a yes that was stopped since."""

    events: list[Event]
    unchanged: list[Choice]
    ignored: list[Choice]
    replayed: bool = False


def check(choices: Iterable[Choice], act: Act, organisation: Organisation) -> None:
    """Raise a :class:`~consent.ledger.errors.LedgerError` for what cannot be recorded."""
    if act.occurred_at is not None:
        _check_time(act.occurred_at)
    if len(act.idempotency_key) > LONGEST_KEY:
        raise ImpossibleDecision("idempotency key too long")
    for choice in choices:
        if choice.channel and choice.channel not in Channel.values:
            raise ChannelNotOffered(choice.channel)
        _check_decision(choice, act)
        _CHECKS[ObjectKind(choice.kind)](choice, organisation)
        if choice.decision == Decision.ESTABLISHED:
            _check_established(choice, organisation)


def _check_time(occurred_at: datetime) -> None:
    if not is_aware(occurred_at):
        raise ImpossibleTime("occurred_at has no time zone")
    if occurred_at > database_now() + CLOCKS_DIFFER_BY:
        raise ImpossibleTime("occurred_at lies in the future")


def _check_decision(choice: Choice, act: Act) -> None:
    if choice.decision in HOOKED:
        raise ImpossibleDecision("only merging writes this")
    if choice.decision == Decision.LAPSED and act.actor != Actor.SYSTEM:
        raise ImpossibleDecision("only time makes a yes lapse")
    if choice.decision == Decision.GRANTED and act.method == Method.STAFF and act.proved:
        raise ImpossibleDecision("staff cannot prove somebody else's yes: record it unproved and let them confirm")
    if choice.decision == Decision.GRANTED and act.method == Method.ONE_CLICK:
        raise ImpossibleDecision("an unsubscribe button can only take away")
    if (choice.until is not None) != (choice.decision == Decision.PAUSED):
        raise ImpossibleDecision("a pause has an end, and nothing else has one")
    if choice.until is not None and not is_aware(choice.until):
        raise ImpossibleTime("until has no time zone")


def _check_topic(choice: Choice, organisation: Organisation) -> None:
    entry = organisation.topics.get(choice.code)
    if entry is None:
        if not Topic.objects.filter(code=choice.code).exists():
            raise UnknownTopic(choice.code)
        if choice.decision not in STOPS:
            raise RetiredTopic(choice.code)
        return
    if choice.decision in STOPS or (choice.decision in _PAUSES and choice.channel == EVERY_CHANNEL):
        return  # a stop is taken wherever it comes from, also on a way we no longer use
    if choice.channel not in entry.channels:
        raise ChannelNotOffered(choice.channel)


def _check_purpose(choice: Choice, organisation: Organisation) -> None:
    if choice.code not in organisation.purposes:
        raise UnknownPurpose(choice.code)


def _check_marketing(choice: Choice, _organisation: Organisation) -> None:
    if choice.code or choice.decision not in _ON_ALL_MARKETING:
        raise ImpossibleDecision("all marketing can be stopped and paused; a yes is to a topic")


def _check_notice(choice: Choice, organisation: Organisation) -> None:
    if choice.code not in organisation.notices:
        raise UnknownNotice(choice.code)
    if choice.decision not in _ON_NOTICES:
        raise ImpossibleDecision("a notice is shown, not confirmed or paused")


_CHECKS = {
    ObjectKind.TOPIC: _check_topic,
    ObjectKind.PURPOSE: _check_purpose,
    ObjectKind.MARKETING: _check_marketing,
    ObjectKind.NOTICE: _check_notice,
}


def _check_established(choice: Choice, organisation: Organisation) -> None:
    if choice.kind not in {ObjectKind.TOPIC, ObjectKind.PURPOSE} or not choice.details.get("source"):
        raise ImpossibleDecision("a basis is recorded for a topic or purpose, with its source")
    if basis_of(choice, organisation) == Basis.CONSENT:
        raise ImpossibleDecision("consent is granted by the person, not established")


def basis_of(choice: Choice, organisation: Organisation) -> str:
    """The lawful basis the choice stands on: its own, or that of its purpose; empty where there is no purpose."""
    if choice.basis is not None:
        return str(choice.basis)
    code = choice.code
    if choice.kind == ObjectKind.TOPIC and code in organisation.topics:
        code = organisation.topics[code].purpose
    purpose = organisation.purposes.get(code) if choice.kind in {ObjectKind.TOPIC, ObjectKind.PURPOSE} else None
    return str(purpose.basis) if purpose else ""


def fingerprint(choices: Iterable[Choice], act: Act) -> str:
    """What makes two requests the same request: everything but when and where they were sent."""
    said = [
        [
            *(*choice.key, choice.decision, choice.basis),
            *(choice.until and choice.until.isoformat(), dict(choice.details), choice.text and choice.text.digest),
        ]
        for choice in choices
    ]
    how = [act.method, act.actor, act.proved, act.text and act.text.digest, act.notice]
    return sha256(json.dumps([said, how], sort_keys=True).encode()).hexdigest()
