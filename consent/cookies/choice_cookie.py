"""The cookie that remembers a choice, in the form that the portal and ``consent.js`` both read and write.

    refused.VERSION.FLAGS[.KEY]
    REFERENCE.SECRET.VERSION.FLAGS.CODE+CODE[.KEY]

VERSION is the number of the organisation file whose register was on the screen. FLAGS holds ``g`` where the browser
sent Global Privacy Control when the person chose. CODEs are the optional categories allowed. KEY stands there only
while the choice has not reached the portal: the save is then repeated under the same key. A refusal names nobody.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.utils.crypto import salted_hmac

NAME: Final = "choices"  # with a prefix or without: consent.cookies.place
LONGEST: Final = 1_000
_ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: nothing that is misread aloud
_SAID: Final = re.compile(r"[\s\-\u2010-\u2015\u2212]")
_MEANT: Final = str.maketrans("OIL", "011")
_CODES: Final = r"(?:[a-z0-9_-]{1,64}(?:\+[a-z0-9_-]{1,64}){0,31})?"
_KEY: Final = r"(?:\.(?P<key>[A-Za-z0-9_-]{22}))?"
_REFUSED: Final = re.compile(rf"refused\.(?P<version>[0-9]{{1,9}})\.(?P<flags>g?){_KEY}")
_CHOSEN: Final = re.compile(
    rf"(?P<reference>[{_ALPHABET}]{{16}})\.(?P<secret>[A-Za-z0-9_-]{{22}})\.(?P<version>[0-9]{{1,9}})"
    rf"\.(?P<flags>g?)\.(?P<codes>{_CODES}){_KEY}"
)


@dataclass(frozen=True, slots=True)
class Credentials:
    """A browser's public reference, and the secret that proves it (128 bits, base64url)."""

    reference: str
    secret: str

    @classmethod
    def drawn(cls) -> Credentials:
        """New ones, from the system's source of randomness."""
        return cls("".join(secrets.choice(_ALPHABET) for _ in range(16)), new_key())

    @classmethod
    def of(cls, key: str) -> Credentials:
        """Those of a browser whose first save goes under ``key``: pressed twice, it is one browser all the same."""
        digest = salted_hmac("consent.cookies.credentials", key, algorithm="sha256").digest()
        return cls("".join(_ALPHABET[byte % 32] for byte in digest[:16]), _base64(digest[16:]))

    @classmethod
    def read(cls, reference: str, secret: str) -> Credentials | None:
        """Those somebody sent, dashes and case as people quote them; None where they cannot be any."""
        plain = unquoted(reference)
        sound = re.fullmatch(rf"[{_ALPHABET}]{{16}}", plain) and re.fullmatch(r"[A-Za-z0-9_-]{22}", secret)
        return cls(plain, secret) if sound else None

    @property
    def secret_hash(self) -> str:
        """SHA-256 of the secret, hexadecimal. The secret is random, so that it needs no slow hash."""
        return sha256(self.secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the cookie says: ``credentials`` is None for somebody who refused everything."""

    version: int
    allowed: frozenset[str] = frozenset()
    credentials: Credentials | None = None
    under_gpc: bool = False
    unsaved_key: str = ""


def read(value: str | None) -> Remembered | None:
    """What a cookie says; None for one that is absent or was not written by us. Never raises."""
    if not value or len(value) > LONGEST:
        return None
    if match := _REFUSED.fullmatch(value):
        return Remembered(int(match["version"]), under_gpc=bool(match["flags"]), unsaved_key=match["key"] or "")
    if match := _CHOSEN.fullmatch(value):
        return Remembered(
            int(match["version"]),
            frozenset(filter(None, match["codes"].split("+"))),
            Credentials(match["reference"], match["secret"]),
            bool(match["flags"]),
            match["key"] or "",
        )
    return None


def written(remembered: Remembered) -> str:
    """The value that :func:`read` understands as this."""
    flags = "g" if remembered.under_gpc else ""
    key = [remembered.unsaved_key] if remembered.unsaved_key else []
    if remembered.credentials is None:
        return ".".join(["refused", str(remembered.version), flags, *key])
    codes = "+".join(sorted(remembered.allowed))
    who = remembered.credentials
    return ".".join([who.reference, who.secret, str(remembered.version), flags, codes, *key])


def new_key() -> str:
    """A key for one save, or a secret: 128 random bits, base64url without padding, 22 characters."""
    return _base64(secrets.token_bytes(16))


def kept_key(key: str) -> str:
    """The key under which the press of a page is kept. The page's own leads to the browser's secret
    (:meth:`Credentials.of`): whoever reads the record, staff or thief, must not find it there."""
    return _base64(salted_hmac("consent.cookies.kept_key", key, algorithm="sha256").digest()[:16])


def quoted(reference: str) -> str:
    """A reference as people read it aloud: ``7QK2-M9XA-4TBD-10CE``."""
    return "-".join(reference[start : start + 4] for start in range(0, len(reference), 4))


def unquoted(said: str) -> str:
    """A reference as it is kept, from what somebody typed: any dashes, blanks and case, O for 0, I and L for 1."""
    return _SAID.sub("", said).upper().translate(_MEANT)


def _base64(sixteen: bytes) -> str:
    return base64.urlsafe_b64encode(sixteen).rstrip(b"=").decode()
