"""Sends what is due: a permit in one short transaction, SMTP outside any, the outcome in the next.

The outcome of one mail and the permit of the next share a transaction, so that a mail costs one commit. Any
number of drainers may run at once: each passes over what another holds. Whatever kills one, its permits run out,
and its mails go through the gate again.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from uuid import UUID

from django.conf import settings
from django.db import transaction

from portal.database import database_now
from portal.outbox import compose, outcomes, permits, relay
from portal.outbox.compose import Letter
from portal.outbox.managers import NextDue
from portal.outbox.models import Message, State
from portal.outbox.outcomes import Outcome, Result
from portal.outbox.pace import Pace
from portal.outbox.permits import Permit
from portal.outbox.smtp import Bound, Connection, Server

logger = logging.getLogger(__name__)

DRAIN_SECONDS = 60.0
"""How long one drain goes on; a worker slot is wanted for other tasks too."""

LOOK_FOR_URGENT_EVERY = 0.25
"""Seconds between looks for urgent mail during a broadcast."""

_TRIES_AT_THE_END = 5
_PAUSE_AT_THE_END = 0.05


@dataclass
class Drained:
    """What one drain did. ``trouble`` is why it stopped early."""

    results: Counter[str] = field(default_factory=Counter)
    trouble: str = ""

    def __str__(self) -> str:
        counts = ", ".join(f"{count} {name}" for name, count in sorted(self.results.items())) or "nothing to send"
        return f"{counts}; stopped: {self.trouble}" if self.trouble else counts


class ServerTrouble(Exception):
    """The mail server cannot be talked to: no use in going on now."""


def drain(seconds: float = DRAIN_SECONDS) -> Drained:
    """Sends what is due, for at most ``seconds``; leaves the mail server alone while it is in trouble."""
    if relay.is_paused():
        return Drained(trouble="the mail server is left alone for a while")
    drainer = Drainer(seconds)
    try:
        drainer.run()
    except ServerTrouble as trouble:
        drainer.drained.trouble = outcomes.scrubbed(str(trouble))
        logger.warning("The mail server is in trouble: %s", drainer.drained.trouble)
        relay.report_trouble(drainer.drained.trouble)
    finally:
        drainer.close()
    return drainer.drained


class Drainer:
    """One drain: one SMTP connection, opened when first needed and kept until the end."""

    def __init__(self, seconds: float) -> None:
        self.drained = Drained()
        self._end = time.monotonic() + seconds
        self._conversation: float = settings.OUTBOX_CONVERSATION_SECONDS
        self._connection: Connection | None = None
        self._pace = Pace(permits.length())
        self._composer = compose.Composer()
        self._server = Server.at(settings.SMTP_URL, hello=urlsplit(settings.BASE_URL).hostname or "localhost")
        self._unsaved: tuple[Permit, Outcome] | None = None
        self._urgent = NextDue(Message.objects.due().urgent())
        self._bulk = NextDue(Message.objects.due().bulk())
        self._urgent_at = 0.0
        self._recovered = False

    def run(self) -> None:
        """Until nothing is due, or the time is up. Raises :class:`ServerTrouble`."""
        tries = 0
        while time.monotonic() < self._end and tries < _TRIES_AT_THE_END:
            if not (self._connected() or Message.objects.due().exists()):
                break
            self._connect()
            bound = Bound(self._conversation)
            taken = self._advance()
            if isinstance(taken, Permit):
                self._send(taken, bound)
            if taken is not None:
                tries = 0
            elif Message.objects.due().exists():
                # What is left is held by others: by a drainer, or by somebody who is just changing their mind.
                tries += 1
                time.sleep(_PAUSE_AT_THE_END)
            else:
                break

    def close(self) -> None:
        """Stores what is unsaved, and says goodbye to the mail server."""
        try:
            self._save()
        finally:
            if self._connection is not None:
                self._connection.begin(Bound(1))
                self._connection.leave()
                self._connection = None

    # The two transactions, which are one.

    def _advance(self) -> Permit | bool | None:
        """Stores the last outcome and takes the next permit: True where a message was settled without one, None
        where none was free."""
        claimed: Message | None = None
        try:
            with transaction.atomic():
                if self._unsaved:
                    outcomes.store(*self._unsaved)
                claimed = self._next()
                taken = None if claimed is None else self._taken(claimed)
        except Exception as error:
            # An outcome must not be lost to the next mail's trouble: the mail would go out a second time.
            self._save()
            if claimed is None:
                raise
            self._stumbled(claimed.pk, error)
            return True
        self._unsaved = None
        return taken

    def _next(self) -> Message | None:
        if time.monotonic() >= self._urgent_at:
            if claimed := self._urgent.claim():
                return claimed
            self._urgent_at = time.monotonic() + LOOK_FOR_URGENT_EVERY
        claimed = self._bulk.claim()
        if claimed is None:
            self._urgent_at = 0.0  # with no broadcast under way, urgent mail is looked for at once
        return claimed

    def _taken(self, message: Message) -> Permit | bool:
        now = message.now or database_now()
        message.language = message.contact_point.subject.language
        if message.state == State.QUEUED and not self._pace.allows(message):
            self._pace.postpone(message, now)
            self.drained.results["postponed"] += 1
            return True
        permit = permits.decide(message, now)
        if permit is None:
            self.drained.results["withheld"] += 1
        return permit or True

    def _save(self) -> None:
        if self._unsaved:
            unsaved, self._unsaved = self._unsaved, None
            with transaction.atomic():
                if not outcomes.store(*unsaved):
                    logger.warning("An outcome came after its permit: message %s.", unsaved[0].message.pk)

    def _stumbled(self, message_id: UUID, error: Exception) -> None:
        """The gate, or what it asked, failed: this message waits, the others go on."""
        logger.error("No verdict on message %s: %s", message_id, type(error).__name__, exc_info=error)
        self.drained.results["retry"] += 1
        words = f"No verdict: {type(error).__name__}."
        with transaction.atomic():
            message = Message.objects.unclaimed().get(pk=message_id)
            changes = outcomes.again_or_failed(message.attempts + 1, database_now(), words)
            Message.objects.filter(pk=message_id).update(attempts=message.attempts + 1, **changes)

    # SMTP, outside any transaction.

    def _send(self, permit: Permit, bound: Bound) -> None:
        outcome = self._attempt(permit, bound)
        self._unsaved = permit, outcome
        self.drained.results[outcome.result.name.lower()] += 1
        if outcome.stop:
            raise ServerTrouble(outcomes.scrubbed(outcome.error, permit.message.contact_point.address))
        if not self._recovered and outcome.result is Result.SENT:
            relay.report_recovery()
            self._recovered = True

    def _attempt(self, permit: Permit, bound: Bound) -> Outcome:
        try:
            letter = self._composer.letter(permit)
        except compose.NoLongerNeeded as reason:
            return outcomes.withheld(str(reason))
        except compose.Unsendable as reason:
            return outcomes.failed(str(reason))
        except Exception as error:
            logger.exception("Message %s could not be written.", permit.message.pk)
            return outcomes.retry(f"It could not be written: {type(error).__name__}.")
        return self._converse(letter, bound)

    def _converse(self, letter: Letter, bound: Bound, *, again: bool = True) -> Outcome:
        """Hands over one mail; a connection found dead is replaced once, as long as there is time."""
        try:
            connection = self._open(bound)
        except OSError as error:
            return outcomes.server_trouble(_in_words(error))
        try:
            return connection.hand_over(letter.sender, letter.recipient, letter.content)
        except OSError as error:
            self._drop()
            if again and not bound.is_over():
                return self._converse(letter, bound, again=False)
            return outcomes.retry(f"It broke off before the mail was given: {_in_words(error)}", stop=True)

    def _connected(self) -> bool:
        return self._connection is not None and self._connection.is_open

    def _connect(self) -> None:
        """Before any permit is given: a server that is away costs no mail an attempt."""
        if not self._connected():
            try:
                self._open(Bound(self._conversation))
            except OSError as error:
                raise ServerTrouble(_in_words(error)) from error

    def _open(self, bound: Bound) -> Connection:
        if self._connection is None or not self._connection.is_open:
            self._connection = Connection(self._server, bound)
        self._connection.begin(bound)
        return self._connection

    def _drop(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _in_words(error: OSError) -> str:
    return f"{type(error).__name__}: {error}"
