"""The code by mail that shows that it is still them, for who closes an account. The session alone remembers it."""

from __future__ import annotations

import secrets
import time
from typing import Any, Final

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import codes, flows, mails
from accounts.codes import Purpose
from accounts.models import User

_ASKED: Final = "account-closing-code"


def send(request: HttpRequest, user: User) -> None:
    """Mail a new code to the address of the account; only the newest counts."""
    nonce = secrets.token_urlsafe(18)
    flows.write(mails.CLOSING_CODE, user.email, params={"nonce": nonce})
    request.session[_ASKED] = {"nonce": nonce, "at": time.time()}


def is_on_its_way(request: HttpRequest) -> bool:
    """Whether a code was sent from this browser that may still be good."""
    return bool(_kept(request))


def is_right(request: HttpRequest, given: str) -> bool:
    """Whether this is the code, in time. Whoever asks counts the guesses."""
    kept = _kept(request)
    letters = "".join(sign for sign in given.upper() if sign.isalnum())
    return bool(kept) and constant_time_compare(letters, codes.derive(Purpose.CLOSING, kept["nonce"]).replace("-", ""))


def forget(request: HttpRequest) -> None:
    """Ask for the password again."""
    request.session.pop(_ASKED, None)


def _kept(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(_ASKED, {})
    lasts = codes.LIFETIMES[Purpose.CLOSING].total_seconds()
    return kept if kept and 0 <= time.time() - kept["at"] < lasts else {}
