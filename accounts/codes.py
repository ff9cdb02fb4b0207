"""Codes that people type in from a mail. A row that waits to be sent holds a nonce, and never the code.

The code is derived from the nonce and a key (``portal.outbox.links``) when it is drawn, for the session that
will check it, and again when the mail is written.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from django.conf import settings

from portal.outbox import links

# RFC 8628, section 6.1: consonants only, so that no code spells a word and nothing looks like something else.
# 20 letters, 8 places: 2.6e10 codes. At most ten guesses are looked at for each (accounts.forms).
ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ"
LENGTH: Final = 8


class Purpose(StrEnum):
    """What a code is for; one for signing in opens nothing else."""

    SIGN_IN = "account-sign-in"
    ADDRESS = "account-address"
    PASSWORD = "account-password"  # noqa: S105  # the name of a purpose
    YOUR_DATA = "your-data"
    CLOSING = "account-closing"


LIFETIMES: Final[dict[Purpose, timedelta]] = {
    Purpose.SIGN_IN: timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
    Purpose.ADDRESS: timedelta(seconds=settings.ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT),
    Purpose.PASSWORD: timedelta(seconds=settings.ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT),
    Purpose.YOUR_DATA: timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
    Purpose.CLOSING: timedelta(seconds=settings.ACCOUNT_LOGIN_BY_CODE_TIMEOUT),
}


class Code(str):
    """A code that remembers its nonce as far as the mail: allauth hands codes around as plain strings."""

    __slots__ = ("nonce",)
    nonce: str

    def __new__(cls, code: str, nonce: str) -> Code:
        made = super().__new__(cls, code)
        made.nonce = nonce
        return made


def draw(purpose: Purpose) -> Code:
    """A new code, such as ``BCDF-GHJK``."""
    nonce = secrets.token_urlsafe(18)
    return Code(derive(purpose, nonce), nonce)


def derive(purpose: Purpose, nonce: str) -> str:
    """The code that was drawn with this nonce."""
    code = links.secret_for(purpose, nonce, digits=LENGTH, alphabet=ALPHABET)
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def ends(purpose: Purpose, drawn_at: datetime) -> datetime:
    """When a code drawn then stops working."""
    return drawn_at + LIFETIMES[purpose]
