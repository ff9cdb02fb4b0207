"""Tokens for links in mails: who and what for, in few characters, hard to forge, and nothing personal inside.

A token is ``base64url(version, time of issue, parts, MAC)``. The MAC is HMAC-SHA256 cut to 128 bits, under a key
derived from one of ``LINK_KEYS`` and the purpose: a token for one purpose is noise for every other. The first
key signs and all verify, so a key can be replaced while its mails still lie in inboxes. ``SECRET_KEY`` plays no
part: changing it breaks no unsubscribe link.

A link can only take away. Whatever gives, or shows history, needs more than its token (design.md).
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import time
from datetime import timedelta
from uuid import UUID

from django.conf import settings

PREFERENCES = "preferences"
"""Opens a person's choices, without history; one part, the id of the contact point."""

UNSUBSCRIBE = "unsubscribe"
"""Stops; two parts, the id of the contact point and a topic or ``""``. Never expires (RFC 8058, design.md)."""

LIFETIMES: dict[str, timedelta] = {PREFERENCES: timedelta(days=90)}
"""How long a purpose's tokens are good where the reader states nothing else. Not listed: for ever."""

LEEWAY = timedelta(hours=1)
"""How far ahead of ours the clock of the worker that made a token may have been."""

DIGITS = "0123456789"

_VERSION = b"\x01"
_MAC_BYTES = 16
_LONGEST = 1024


class BadLink(Exception):
    """Not a token of ours for this purpose: forged, cut short, or made for something else."""


class ExpiredLink(BadLink):
    """A genuine token, too old. ``parts`` are what it said: enough to offer a new mail, not to act on."""

    def __init__(self, parts: tuple[str, ...]) -> None:
        super().__init__("The link has expired.")
        self.parts = parts


def make(purpose: str, *parts: str) -> str:
    """A URL-safe token that says ``parts`` (ids and codes; at most 254 bytes each) for ``purpose``."""
    body = _VERSION + int(time.time()).to_bytes(5, "big") + b"".join(_packed(part) for part in parts)
    return base64.urlsafe_b64encode(body + _mac(_keys()[0], purpose, body)).rstrip(b"=").decode("ascii")


def read(purpose: str, token: str, *, max_age: timedelta | None = None) -> tuple[str, ...]:
    """The parts of a token of ours; raises :class:`BadLink`, or :class:`ExpiredLink` for a genuine old one.

    ``max_age`` overrides the lifetime of the purpose in :data:`LIFETIMES`. A token from the future, beyond
    :data:`LEEWAY`, is bad.
    """
    body = _verified(purpose, token)
    parts = _unpacked(body[6:])
    age = timedelta(seconds=time.time() - int.from_bytes(body[1:6], "big"))
    limit = LIFETIMES.get(purpose) if max_age is None else max_age
    if age < -LEEWAY:
        raise BadLink("The link is from the future.")
    if limit is not None and age > limit:
        raise ExpiredLink(parts)
    return parts


def secret_for(purpose: str, nonce: str, *, digits: int = 0, alphabet: str = DIGITS) -> str:
    """The secret that belongs to a nonce: rows keep the nonce, and the secret exists only in the mail.

    Without ``digits`` it is a URL-safe token of 128 bits; with, a code of so many characters of ``alphabet``.
    """
    return _secret(_keys()[0], purpose, nonce, digits, alphabet)


def secret_matches(purpose: str, nonce: str, given: str, *, digits: int = 0, alphabet: str = DIGITS) -> bool:
    """Whether ``given`` is the nonce's secret under any key in force; in constant time."""
    answer = False
    for key in _keys():
        expected = _secret(key, purpose, nonce, digits, alphabet)
        answer |= hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace"))
    return answer


def hashed(token: str) -> str:
    """What a row may keep of a single-use token: its SHA-256, in hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()


def _keys() -> list[bytes]:
    return [key.encode() for key in settings.LINK_KEYS.values()]


def _derived(key: bytes, use: str, purpose: str) -> bytes:
    return hmac.digest(key, f"portal.outbox.links:{use}:{purpose}".encode(), "sha256")


def _mac(key: bytes, purpose: str, body: bytes) -> bytes:
    return hmac.digest(_derived(key, "link", purpose), body, "sha256")[:_MAC_BYTES]


def _secret(key: bytes, purpose: str, nonce: str, digits: int, alphabet: str) -> str:
    digest = hmac.digest(_derived(key, "secret", purpose), nonce.encode(), "sha256")
    if not digits:
        return base64.urlsafe_b64encode(digest[:_MAC_BYTES]).rstrip(b"=").decode("ascii")
    number, code = int.from_bytes(digest, "big"), ""
    for _ in range(digits):
        number, place = divmod(number, len(alphabet))
        code += alphabet[place]
    return code


def _verified(purpose: str, token: str) -> bytes:
    """The body of a token whose MAC is right under one of our keys. Only one spelling of a token is accepted."""
    if not token.isascii() or len(token) > _LONGEST:
        raise BadLink("No link of ours.")
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise BadLink("No link of ours.") from None
    body, mac = raw[:-_MAC_BYTES], raw[-_MAC_BYTES:]
    genuine = False
    for key in _keys():
        genuine |= hmac.compare_digest(mac, _mac(key, purpose, body))
    if not genuine or body[:1] != _VERSION or base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii") != token:
        raise BadLink("No link of ours.")
    return body


def _packed(part: str) -> bytes:
    """Length and bytes; an id in its canonical spelling takes 17 bytes instead of 37, marked by the length 0xff."""
    try:
        if str(identifier := UUID(part)) == part:
            return b"\xff" + identifier.bytes
    except ValueError:
        pass
    data = part.encode()
    if len(data) >= 0xFF:
        raise ValueError("A part of a link is at most 254 bytes long.")
    return bytes([len(data)]) + data


def _unpacked(data: bytes) -> tuple[str, ...]:
    parts, rest = [], data
    while rest:
        length = rest[0]
        if length == 0xFF:
            parts.append(str(UUID(bytes=rest[1:17])))
            rest = rest[17:]
        else:
            parts.append(rest[1 : 1 + length].decode())
            rest = rest[1 + length :]
    return tuple(parts)
