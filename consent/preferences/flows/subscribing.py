"""Signing up for topics by mail: asked on a page, confirmed by whoever reads the address, or not at all."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.db import transaction

from consent.ledger import projection
from consent.ledger.circumstances import Circumstances
from consent.ledger.fold import Cells, covering, latest_stop, running_pause
from consent.ledger.record import Choice, Locked, locking, record
from consent.ledger.vocabulary import Decision, Key, Method, ObjectKind
from consent.preferences import catalogue, mails
from consent.preferences.flows import acts
from consent.preferences.models import Confirmation
from portal.database import database_now
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.outbox import flows as outbox
from portal.outbox import links
from portal.subjects import flows as subjects
from portal.subjects.models import Channel, ContactPoint, Subject

ONE_MAIL_IN: Final = timedelta(minutes=5)
"""Asked for the same again within this time, one mail is enough: nobody fills a stranger's mailbox by a form."""


class Standing(StrEnum):
    """What a confirmation link is good for."""

    OPEN = "open"
    USED = "used"
    EXPIRED = "expired"
    STOPPED = "stopped"  # every topic was stopped after it was asked for
    GONE = "gone"  # every topic has left the organisation file
    UNKNOWN = "unknown"  # forged, or forgotten after its time


@dataclass(frozen=True)
class Outcome:
    """What opening or pressing a confirmation link comes to: topics that (will) come, and topics left out.

    Topics that are ``resting`` come once a pause ends, at the moment named (UTC).
    """

    standing: Standing
    confirmation: Confirmation | None = None
    topics: tuple[str, ...] = ()
    stopped: tuple[str, ...] = ()
    resting: Mapping[str, datetime] = field(default_factory=dict)


def subscribe(address: str, topics: Sequence[str], *, version_id: int, circumstances: Circumstances) -> Confirmation:
    """Note that somebody asked for ``topics`` at ``address``, and ask its reader by mail whether it was they.

    The same is done whoever is known at the address, so that the answer tells nobody who is. ``version_id`` is the
    organisation version whose words were on the form. Raises ``InvalidAddress``.
    """
    context, source = catalogue.way_in(versions.get(version_id).organisation)
    doing = acts.Doing(Method.FORM, proved=False, circumstances=circumstances)
    with transaction.atomic():
        point, newcomer = subjects.meet(
            Channel.EMAIL, address, context=context, source=source, language=acts.language(), typed=True
        )
        newcomer = newcomer or point.confirmations.unused().filter(newcomer=True).exists()
        return _ask(point, topics, version_id, newcomer, doing)


def send_again(confirmation: Confirmation, *, circumstances: Circumstances) -> Confirmation | None:
    """A new link to the same address for what is still offered; None if nothing is.

    The old link cannot have been read by anybody else than the reader of the address; it stays as it is.
    """
    current = versions.current()
    topics = [code for code in current.organisation.topics if code in confirmation.choices]
    if not topics:
        return None
    doing = acts.Doing(Method.FORM, proved=False, circumstances=circumstances)
    with transaction.atomic():
        return _ask(confirmation.contact_point, topics, current.id, confirmation.newcomer, doing)


def look(token: str) -> Outcome:
    """What pressing the button of this link would come to; nothing changes."""
    confirmation = _found(token)
    if confirmation is None:
        return Outcome(Standing.UNKNOWN)
    subject = subjects.resolve(confirmation.contact_point.subject)
    return _weighed(confirmation, projection.cells_of(subject.pk), versions.current().organisation, database_now())


def confirm(token: str, *, circumstances: Circumstances) -> Outcome:
    """The reader of the address says yes to what was asked, and to nothing else.

    Once: pressed again, or twenty times at once, it is recorded once and answered alike. What was stopped after it
    was asked for stays stopped. ``Standing.OPEN`` in the answer means that it counted, now or before.
    """
    confirmation = _found(token)
    if confirmation is None:
        return Outcome(Standing.UNKNOWN)
    with locking(confirmation.contact_point.subject) as person:
        confirmation = _found(token)  # again: it may have been used, or forgotten, while we waited
        if confirmation is None:
            return Outcome(Standing.UNKNOWN)
        now = database_now()
        outcome = _weighed(confirmation, person.cells, person.current.organisation, now)
        if outcome.standing is Standing.OPEN:
            _count(confirmation, person, outcome.topics, circumstances, now)
    if outcome.standing is Standing.USED and outcome.topics:
        return replace(outcome, standing=Standing.OPEN)
    return outcome


def choose_at_sign_up(
    subject: Subject, topics: Sequence[str], *, version_id: int, circumstances: Circumstances
) -> None:
    """Topics ticked while an account was opened, once its address is proved. What left the file since is left out."""
    shown, offered = versions.get(version_id).organisation, versions.current().organisation.topics
    doing = acts.Doing(Method.SIGNUP, proved=True, circumstances=circumstances)
    still = [topic for topic in topics if topic in offered and topic in shown.topics]
    record(subject, [acts.yes(shown, topic, Channel.EMAIL) for topic in still], doing.act())


def _ask(
    point: ContactPoint, topics: Sequence[str], version_id: int, newcomer: bool, doing: acts.Doing
) -> Confirmation:
    shown = versions.get(version_id).organisation
    left = catalogue.left_unticked(shown, topics)
    with locking(point.subject) as person:
        person.record([acts.yes(shown, topic, Channel.EMAIL, left) for topic in topics], doing.act())
        choices = {topic: _pending(person.cells, topic) for topic in topics}
        now = database_now()
        asked = _just_asked(point, choices, version_id, now)
        if asked is not None:
            return asked
    confirmation = Confirmation(
        contact_point=point,
        choices=choices,
        organisation_version_id=version_id,
        language=acts.language(),
        newcomer=newcomer,
        nonce=secrets.token_urlsafe(24),
        expires_at=catalogue.end_of(shown.mail.confirmation_link, now),
    )
    confirmation.token_hash = links.hashed(mails.token_of(confirmation))
    confirmation.save(force_insert=True)
    outbox.enqueue(mails.CONFIRMATION.code, point, params={"confirmation": str(confirmation.pk)})
    return confirmation


def _just_asked(point: ContactPoint, choices: Mapping[str, int], version_id: int, now: datetime) -> Confirmation | None:
    """The question for the very same that is on its way; after a stop, or under other words, it is another one."""
    recent = point.confirmations.unused().filter(created_at__gt=now - ONE_MAIL_IN, expires_at__gt=now)
    recent = recent.filter(organisation_version=version_id, language=acts.language())
    return next((one for one in recent if one.choices == choices), None)


def _pending(cells: Cells, topic: str) -> int:
    """The event of the yes that now waits; the ledger has just written or kept it."""
    pending = cells[Key(ObjectKind.TOPIC, topic, Channel.EMAIL)].pending
    if pending is None:
        raise RuntimeError(f"The yes to {topic} does not wait for its confirmation.")
    return pending.id


def _found(token: str) -> Confirmation | None:
    found = Confirmation.objects.filter(token_hash=links.hashed(token)).select_related("contact_point__subject")
    return found.first()


def _weighed(confirmation: Confirmation, cells: Cells, organisation: Organisation, now: datetime) -> Outcome:
    """The standing of a link: used before expired before stopped, so that each says what the person did last."""
    offered = [code for code in organisation.topics if code in confirmation.choices]
    stopped = tuple(code for code in offered if _stopped_since(cells, organisation, code, confirmation.choices[code]))
    coming = tuple(code for code in offered if code not in stopped)
    resting = _resting(cells, organisation, coming, now)
    if confirmation.used_at is not None:
        return Outcome(Standing.USED, confirmation, coming, stopped, resting)
    if confirmation.expires_at <= now:
        return Outcome(Standing.EXPIRED, confirmation)
    if not coming or confirmation.contact_point.retired_at is not None:
        return Outcome(Standing.STOPPED if stopped else Standing.GONE, confirmation, (), stopped)
    return Outcome(Standing.OPEN, confirmation, coming, stopped, resting)


def _resting(cells: Cells, organisation: Organisation, topics: Sequence[str], now: datetime) -> dict[str, datetime]:
    """The topics a running pause holds back, each with its end."""
    pauses = {code: running_pause(cells, _reaching(organisation, code), now) for code in topics}
    return {code: pause.until for code, pause in pauses.items() if pause is not None}


def _reaching(organisation: Organisation, topic: str) -> tuple[Key, ...]:
    """The cells whose stop or pause reaches the topic by e-mail."""
    marketing = catalogue.is_marketing(organisation, topic)
    return covering(topic, organisation.topics[topic].purpose, Channel.EMAIL, marketing=marketing)


def _stopped_since(cells: Cells, organisation: Organisation, topic: str, asked: int) -> bool:
    """Whether a stop that reaches the topic by e-mail is younger than the yes, with no later yes to lift it."""
    found = latest_stop(cells, _reaching(organisation, topic))
    cell = cells.get(Key(ObjectKind.TOPIC, topic, Channel.EMAIL))
    lifted = cell.consent.id if cell is not None and cell.consent is not None else asked
    return found is not None and found[1].id > max(lifted, asked)


def _count(
    confirmation: Confirmation, person: Locked, topics: Sequence[str], circumstances: Circumstances, now: datetime
) -> None:
    shown = versions.get(confirmation.organisation_version_id).organisation
    doing = acts.Doing(Method.CONFIRMATION_MAIL, proved=True, circumstances=circumstances)
    person.record([_confirmed(confirmation, topic, shown) for topic in topics], doing.act())
    subjects.prove(confirmation.contact_point)
    confirmation.used_at = now
    confirmation.save(update_fields=["used_at"])


def _confirmed(confirmation: Confirmation, topic: str, shown: Organisation) -> Choice:
    """The yes to a topic's words, and to no other than that which was asked for."""
    return replace(
        acts.yes(shown, topic, Channel.EMAIL),
        decision=Decision.CONFIRMED,
        details={"grant": confirmation.choices[topic]},
    )
