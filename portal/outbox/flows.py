"""What is done with mails: put one in, put many in, try a failed one again."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from portal.database import ClockTimestamp
from portal.outbox import kinds, nudge
from portal.outbox.models import Message, State
from portal.subjects.models import Channel, ContactPoint

NEVER_IN_A_ROW = frozenset({"body", "code", "link", "password", "secret", "token", "url"})
"""Names of params that are refused: rows hold ids, and secrets are derived from them at sending."""


def enqueue(
    kind_code: str,
    contact_point: ContactPoint,
    *,
    topic: str = "",
    params: Mapping[str, Any] | None = None,
    run_at: datetime | None = None,
) -> Message:
    """Writes one mail into the caller's transaction and, once that commits, nudges a worker.

    ``params`` are JSON and ids only; ``run_at`` (aware) is the earliest moment, by default now. Raises
    :class:`portal.outbox.kinds.UnknownKind`, or ValueError for an address that is no e-mail address or a param
    that should not be stored. A broker that is down or hung neither fails nor delays the caller.
    """
    message = _message(kinds.get(kind_code), contact_point, topic, params, run_at)
    message.save(force_insert=True)
    transaction.on_commit(nudge.nudge, robust=True)
    return message


def enqueue_many(
    kind_code: str,
    contact_points: Iterable[ContactPoint],
    *,
    topic: str = "",
    params: Mapping[str, Any] | None = None,
    run_at: datetime | None = None,
    at_once: int = 500,
) -> int:
    """A broadcast: the same mail to many, in as many statements as there are ``at_once``; returns how many.

    Give contact points with their ``subject`` loaded, else each costs a query. Raises what :func:`enqueue` does.
    """
    kind, count = kinds.get(kind_code), 0
    for some in _in_pieces(contact_points, at_once):
        count += len(Message.objects.bulk_create([_message(kind, one, topic, params, run_at) for one in some]))
    transaction.on_commit(nudge.nudge, robust=True)
    return count


def enqueue_each(kind_code: str, mails: Iterable[tuple[ContactPoint, Mapping[str, Any]]]) -> None:
    """The same kind of mail to several, each with ``params`` of its own, in one statement; see :func:`enqueue`."""
    kind = kinds.get(kind_code)
    if Message.objects.bulk_create([_message(kind, point, "", params, None) for point, params in mails]):
        transaction.on_commit(nudge.nudge, robust=True)


def send_again(failed: Iterable[Message]) -> int:
    """Staff give failed mails another full round of attempts; what is not failed stays as it is."""
    ids = [message.pk for message in failed]
    again = Message.objects.failed().filter(pk__in=ids)
    count = again.update(state=State.QUEUED, attempts=0, run_at=ClockTimestamp())
    transaction.on_commit(nudge.nudge, robust=True)
    return count


def _message(
    kind: kinds.MailKind,
    contact_point: ContactPoint,
    topic: str,
    params: Mapping[str, Any] | None,
    run_at: datetime | None,
) -> Message:
    if contact_point.channel != Channel.EMAIL:
        raise ValueError(f"A mail cannot go to a contact point of the channel {contact_point.channel}.")
    if refused := NEVER_IN_A_ROW.intersection(params or {}):
        raise ValueError(f"{', '.join(sorted(refused))}: store an id, and derive this at sending.")
    message_key = uuid.uuid4()
    return Message(
        id=message_key,
        kind=kind.code,
        category=kind.category,
        bulk=kind.category in kinds.OPTIONAL,
        contact_point=contact_point,
        topic=topic,
        language=contact_point.subject.language,
        params=dict(params or {}),
        message_id=f"<{message_key.hex}@{urlsplit(settings.BASE_URL).hostname}>",
        domain=contact_point.identity.rpartition("@")[2],
        **({} if run_at is None else {"run_at": run_at}),
    )


def _in_pieces(things: Iterable[ContactPoint], size: int) -> Iterator[list[ContactPoint]]:
    rest = iter(things)
    while piece := list(islice(rest, size)):
        yield piece
