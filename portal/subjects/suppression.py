"""Addresses nobody may market to, obeyed without being kept: HMAC-SHA256 of channel and identity (RFC 2104).

``settings.SUPPRESSION_KEYS`` maps key ids to secrets. The first makes new entries; every other is still looked up,
for as long as an entry made with it lives. A key that made live entries and is gone would let mail through to people
who said no, so that without it nothing is looked up at all (:class:`MissingKey`).
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, TypeAlias

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models import QuerySet

from portal.database import Among, Compiled, locked
from portal.subjects.models import ContactPoint, Subject, Suppression

MARKETING: Final = "marketing"
_FIELDS: Final = [field.attname for field in Suppression._meta.concrete_fields]
_ENTRIES_AT: Final = Compiled(
    lambda: Suppression.objects.filter(channel__among=[], digest__among=[]).order_by("pk").values_list(*_FIELDS)
)
Pair: TypeAlias = tuple[str, str]


class MissingKey(ImproperlyConfigured):
    """A key that made live entries is not in SUPPRESSION_KEYS: give it back."""


def topic_scope(code: str) -> str:
    """The scope that stops one topic only."""
    return f"topic:{code}"


@dataclass(frozen=True, slots=True)
class Stop:
    """``scope`` is to be stopped at an address, given as a contact point or as (channel, identity).

    ``position`` is the ledger's id at which the stop was made.
    """

    target: ContactPoint | Pair
    scope: str
    position: int
    reason: str


def suppress(target: ContactPoint | Pair, scope: str, position: int, reason: str) -> Suppression:
    """One stop, as :func:`suppress_all` makes many; returns the entry that now stands."""
    suppress_all([Stop(target, scope, position, reason)])
    channel, identity = _pair(target)
    digest = next(iter(_digests(channel, identity).values()))
    return Suppression.objects.get(channel=channel, digest=digest, scope=scope)


def suppress_all(stops: Iterable[Stop]) -> None:
    """Make these stops, however many, in one statement.

    Said again, the latest position stands, and its reason goes with it. An entry made with an older key is made anew
    with the key in use, now that the address is at hand.
    """
    entries: dict[tuple[str, str, str], Suppression] = {}
    with transaction.atomic(savepoint=False):
        for stop in stops:
            for entry in (_new(stop), *_outdated(stop)):
                key = (entry.channel, entry.digest, entry.scope)
                if key not in entries or entry.position > entries[key].position:
                    entries[key] = entry
        if entries:
            # In one order, so that two colleagues who stop the same company at once never wait for each other.
            _store([entry for _key, entry in sorted(entries.items())])


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
    for row in _ENTRIES_AT.rows(Among.param(channels), Among.param(owners)):
        entry = Suppression.from_db(connection.alias, _FIELDS, row)
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


def _new(stop: Stop) -> Suppression:
    """The entry of a stop, with the key in use."""
    channel, identity = _pair(stop.target)
    key_id, digest = next(iter(_digests(channel, identity).items()))
    return Suppression(
        channel=channel, digest=digest, key_id=key_id, scope=stop.scope, position=stop.position, reason=stop.reason
    )


def _outdated(stop: Stop) -> Iterator[Suppression]:
    """Entries of the same stop made with older keys: each is taken away, to be made anew with the key in use."""
    channel, identity = _pair(stop.target)
    (key_id, digest), *older = _digests(channel, identity).items()
    if not older:
        return
    stale = Suppression.objects.filter(channel=channel, digest__in=[old for _id, old in older], scope=stop.scope)
    for entry in list(locked(stale)):
        entry.delete()
        entry.digest, entry.key_id = digest, key_id
        yield entry


def _store(entries: Sequence[Suppression]) -> None:
    """Insert, or move what stands there to the later position; the ORM knows no condition on that."""
    table = connection.ops.quote_name(Suppression._meta.db_table)
    sql = (
        f"INSERT INTO {table} (channel, digest, key_id, scope, position, reason) "  # noqa: S608  # a constant name
        f"VALUES {', '.join(['(%s, %s, %s, %s, %s, %s)'] * len(entries))} "
        "ON CONFLICT (channel, digest, scope) DO UPDATE SET position = excluded.position, reason = excluded.reason "
        f"WHERE excluded.position > {table}.position"
    )
    rows = ((e.channel, e.digest, e.key_id, e.scope, e.position, e.reason) for e in entries)
    with connection.cursor() as cursor:
        cursor.execute(sql, [value for row in rows for value in row])


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
