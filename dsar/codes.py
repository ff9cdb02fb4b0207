"""The code by which somebody shows that they read the address a request was made from; drawn anew at every visit."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F
from django.utils.crypto import constant_time_compare

from accounts.codes import ALPHABET, LENGTH
from dsar.models import Challenge, Request
from portal.database import ClockTimestamp
from portal.outbox import links

PURPOSE: Final = "request-code"
LIFETIME: Final = timedelta(minutes=10)
MOST_GUESSES: Final = 5


def draw(request: Request) -> Challenge:
    """A new code for this request; only the newest counts."""
    return Challenge.objects.create(request=request, nonce=secrets.token_urlsafe(18))


def derive(challenge: Challenge) -> str:
    """The code, such as ``BCDF-GHJK``. It exists in the mail, and is stored nowhere."""
    code = links.secret_for(PURPOSE, challenge.nonce, digits=LENGTH, alphabet=ALPHABET)
    return f"{code[: LENGTH // 2]}-{code[LENGTH // 2 :]}"


def ends(challenge: Challenge) -> datetime:
    """When the code stops working."""
    return challenge.created_at + LIFETIME


def spend(request: Request, given: str) -> bool:
    """Whether ``given`` is the newest code of this request; right once, and looked at five times at most.

    Guesses are counted in the database before they are compared, so that fifty at once are five.
    """
    newest = Challenge.objects.filter(request=request).annotate(now=ClockTimestamp()).order_by("-pk").first()
    if newest is None or ends(newest) <= newest.now:
        return False
    live = Challenge.objects.filter(pk=newest.pk, used_at=None, guesses__lt=MOST_GUESSES)
    if not live.update(guesses=F("guesses") + 1):
        return False
    letters = "".join(sign for sign in given.upper() if sign.isalnum())
    if not constant_time_compare(letters, derive(newest).replace("-", "")):
        return False
    return bool(Challenge.objects.filter(pk=newest.pk, used_at=None).update(used_at=ClockTimestamp()))
