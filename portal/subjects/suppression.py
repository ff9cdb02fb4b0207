"""Addresses nobody may market to, obeyed without being kept: HMAC-SHA256 of channel and identity (RFC 2104).

``settings.SUPPRESSION_KEYS`` maps key ids to secrets. The first makes new entries; every other is still looked up,
for as long as an entry made with it lives. A key that made live entries and is gone would let mail through to people
who said no, so that without it nothing is looked up at all (:class:`MissingKey`).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, Final, TypeAlias

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from portal.database import locked
from portal.subjects.models import ContactPoint, Subject, Suppression

MARKETING: Final = "marketing"
Pair: TypeAlias = tuple[str, str]


class MissingKey(ImproperlyConfigured):
    """A key that made live entries is not in SUPPRESSION_KEYS: give it back."""


def topic_scope(code: str) -> str:
    """The scope that stops one topic only."""
    return f"topic:{code}"


def suppress(target: ContactPoint | Pair, scope: str, position: int, reason: str) -> Suppression:
    """Stop ``scope`` at an address, given as a contact point or as (channel, identity).

    ``position`` is the ledger's id at which the stop was made. Said again, the latest position stands, and ``reason``
    goes with it. An entry made with an older key is made anew with the key in use, now that the address is at hand.
    """
    channel, identity = _pair(target)
    digests = _digests(channel, identity)
    key_id, digest = next(iter(digests.items()))
    with transaction.atomic():
        known = list(locked(Suppression.objects.filter(channel=channel, digest__in=digests.values(), scope=scope)))
        for entry in known:
            if entry.position > position:
                position, reason = entry.position, entry.reason
        outdated = [entry.pk for entry in known if entry.digest != digest]
        if outdated:
            Suppression.objects.filter(pk__in=outdated).delete()
        entry = next((entry for entry in known if entry.digest == digest), None) or _made(
            channel=channel, digest=digest, scope=scope, key_id=key_id, position=position, reason=reason
        )
        if entry.position < position:
            entry.position, entry.reason = position, reason
            entry.save(update_fields=["position", "reason"])
    return entry


def suppressions(channel: str, identity: str) -> list[Suppression]:
    """The stops at one identity, one for each scope."""
    return suppressions_for([(channel, identity)])[channel, identity]


def suppressions_for(pairs: Iterable[Pair]) -> dict[Pair, list[Suppression]]:
    """The stops at many (channel, identity) pairs: every pair is in the answer, most with an empty list.

    One query, whatever their number. Raises :class:`MissingKey`.
    """
    keys = _keys()
    require_all_keys(tuple(keys))
    found: dict[Pair, list[Suppression]] = {pair: [] for pair in pairs}
    owners = {_digest(secret, *pair): pair for pair in found for secret in keys.values()}
    channels = {channel for channel, _identity in found}
    for entry in Suppression.objects.filter(channel__in=channels, digest__among=owners).order_by("pk"):
        found[owners[entry.digest]].append(entry)
    return {pair: _one_a_scope(entries) if len(entries) > 1 else entries for pair, entries in found.items()}


def suppressions_of(subject: Subject) -> QuerySet[Suppression]:
    """The stops at any address this person has or had: what an access copy discloses."""
    points = ContactPoint.objects.filter(subject__in=subject.family())
    pairs = {(point.channel, point.identity) for point in points}
    digests = [digest for pair in pairs for digest in _digests(*pair).values()]
    return Suppression.objects.filter(digest__among=digests)


def missing_keys() -> list[str]:
    """Ids of keys that made live entries and are not in SUPPRESSION_KEYS."""
    used = Suppression.objects.order_by("key_id").values_list("key_id", flat=True).distinct()
    return [key_id for key_id in used if key_id not in settings.SUPPRESSION_KEYS]


@lru_cache(maxsize=1)
def require_all_keys(_key_ids: tuple[str, ...]) -> None:
    """Once a process and set of keys: entries live for years, and keys change with a restart."""
    if missing := missing_keys():
        raise MissingKey(
            f"SUPPRESSION_KEYS lacks {', '.join(missing)}, which made entries that are still live and would be "
            "overlooked. Put it back, after the first."
        )


def _made(*, channel: str, digest: str, scope: str, **rest: Any) -> Suppression:
    """A new entry, or the one that somebody else made in the same moment, locked."""
    try:
        with transaction.atomic():
            return Suppression.objects.create(channel=channel, digest=digest, scope=scope, **rest)
    except IntegrityError:
        return locked(Suppression.objects.filter(channel=channel, digest=digest, scope=scope)).get()


def _pair(target: ContactPoint | Pair) -> Pair:
    return (target.channel, target.identity) if isinstance(target, ContactPoint) else target


def _keys() -> dict[str, bytes]:
    keys: dict[str, str] = settings.SUPPRESSION_KEYS
    return {key_id: secret.encode() for key_id, secret in keys.items()}


def _digest(secret: bytes, channel: str, identity: str) -> str:
    """The channel is hashed with the identity, so that a digest is of one channel."""
    return hmac.digest(secret, f"{channel}\0{identity}".encode(), "sha256").hex()


def _digests(channel: str, identity: str) -> dict[str, str]:
    """The digest by each key, the key in use first."""
    return {key_id: _digest(secret, channel, identity) for key_id, secret in _keys().items()}


def _one_a_scope(entries: list[Suppression]) -> list[Suppression]:
    """Two keys may each have made an entry while both were in use: the latest position counts."""
    latest: dict[str, Suppression] = {}
    for entry in entries:
        if entry.scope not in latest or entry.position > latest[entry.scope].position:
            latest[entry.scope] = entry
    return list(latest.values())
