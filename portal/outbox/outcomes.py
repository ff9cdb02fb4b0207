"""What became of one attempt to send, and what follows: sent, tried again later, or given to staff."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

from django.conf import settings

from portal.outbox.managers import Change
from portal.outbox.models import Message, State
from portal.subjects.masking import masked

if TYPE_CHECKING:
    from portal.outbox.permits import Permit

FIRST_WAIT = timedelta(seconds=15)
LONGEST_WAIT = timedelta(hours=6)
_sent = Change("state", "sent_at", "last_error", where=("id", "state", "permit_until"))
_ADDRESS = re.compile(r"[^\s<>\"'(),;:]+@[^\s<>\"'(),;:]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class Result(Enum):
    SENT = auto()
    RETRY = auto()
    FAILED = auto()
    WITHHELD = auto()
    UNTOUCHED = auto()


@dataclass(frozen=True)
class Outcome:
    """``stop``: the trouble is the mail server's, so that the next mail would meet it too."""

    result: Result
    error: str = ""
    stop: bool = False


def sent() -> Outcome:
    return Outcome(Result.SENT)


def retry(error: str, *, stop: bool = False) -> Outcome:
    """Not taken, or nobody knows: again later, with the same Message-ID."""
    return Outcome(Result.RETRY, error, stop)


def failed(error: str) -> Outcome:
    """Refused for good: staff see it. A bounce is not an opt-out, so nothing else follows from it."""
    return Outcome(Result.FAILED, error)


def withheld(reason: str) -> Outcome:
    """Not sent, because it has lost its point."""
    return Outcome(Result.WITHHELD, reason)


def server_trouble(error: str) -> Outcome:
    """The mail server is in trouble, or does not want us: the mail was not tried, and loses no attempt."""
    return Outcome(Result.UNTOUCHED, error, stop=True)


def store(permit: Permit, outcome: Outcome) -> bool:
    """Writes the outcome, if the permit is still the message's; says whether it was."""
    if outcome.result is Result.SENT:
        standing = permit.message.pk, State.HANDING_OVER, permit.until
        return _sent(Message, State.SENT, permit.now(), "", *standing) == 1
    mine = Message.objects.filter(pk=permit.message.pk, state=State.HANDING_OVER, permit_until=permit.until)
    return mine.update(**_changes(permit, outcome)) == 1


def wait_after(attempts: int) -> timedelta:
    """Exponential, with a fifth of jitter either way, so that a crowd that failed together does not return together."""
    wait: timedelta = min(FIRST_WAIT * 3 ** min(attempts - 1, 12), LONGEST_WAIT)
    return wait * random.uniform(0.8, 1.2)  # noqa: S311  # spreads load, guards nothing


def scrubbed(error: str, address: str = "") -> str:
    """Fit to be kept and shown: addresses masked, one line, at most 500 characters.

    Mail servers also quote the part before the @ alone ("joan.archer: no such user"): that of ``address`` is masked.
    """
    error = _ADDRESS.sub(lambda found: masked(found[0]), _CONTROL.sub(" ", error))
    if mailbox := address.rpartition("@")[0]:
        alone = rf"(?<![\w.+-]){re.escape(mailbox)}(?![\w+-])"
        error = re.sub(alone, mailbox[0] + "•••", error, flags=re.IGNORECASE)
    return error[:500]


def _changes(permit: Permit, outcome: Outcome) -> dict[str, Any]:
    error = scrubbed(outcome.error, permit.message.contact_point.address)
    match outcome.result:
        case Result.FAILED:
            return {"state": State.FAILED, "last_error": error}
        case Result.WITHHELD:
            return {"state": State.WITHHELD, "last_error": error}
        case Result.UNTOUCHED:
            attempts = permit.message.attempts - 1
            return {"state": State.QUEUED, "run_at": permit.now(), "attempts": attempts, "last_error": error}
        case _:
            return again_or_failed(permit.message.attempts, permit.now(), error)


def again_or_failed(attempts: int, now: datetime, error: str) -> dict[str, Any]:
    """The next try, or the end of trying."""
    if attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        return {"state": State.FAILED, "last_error": error}
    return {"state": State.QUEUED, "run_at": now + wait_after(attempts), "last_error": error}
