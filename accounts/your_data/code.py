"""A code by mail for who has no account: it opens ``/your-data/`` in the browser that asked, for an hour.

The session alone remembers it: which address was typed, and the number the code is made of. Whether anybody is known
at the address is not in the answer, and not in the session either: it is asked again when the code comes.
"""

from __future__ import annotations

import secrets
import time
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest
from django.utils.crypto import constant_time_compare

from accounts import addresses, codes
from accounts.codes import Purpose
from accounts.mails import YOUR_DATA_CODE
from portal import limits
from portal.outbox import flows as outbox
from portal.subjects import flows as people
from portal.subjects.models import Channel, Subject

SEEN_FOR: Final = 60 * 60
"""Seconds for which the code opens the page."""
MOST_GUESSES: Final = 5
_ASKED: Final = "your-data-asked"
_OPENED: Final = "your-data-opened"


def send(request: HttpRequest, address: str) -> None:
    """Mail a code to whoever is known at the address; nobody else gets a mail, and the page says the same to all.

    Raises :class:`~portal.subjects.identity.InvalidAddress`.
    """
    point = people.find(Channel.EMAIL, address)
    nonce = secrets.token_urlsafe(18)
    if point is not None:
        outbox.enqueue(YOUR_DATA_CODE.code, point, params={"nonce": nonce})
    request.session[_ASKED] = {"address": address, "nonce": nonce, "at": time.time()}


def asked(request: HttpRequest) -> str:
    """The address to which this browser had a code sent that may still be good, in full: who typed it sees a slip."""
    kept = _kept(request, _ASKED, codes.LIFETIMES[Purpose.YOUR_DATA].total_seconds())
    return str(kept["address"]) if kept else ""


def spend(request: HttpRequest, given: str) -> bool:
    """Whether this is the code, in time and among the first guesses; then the page is open here."""
    kept = _kept(request, _ASKED, codes.LIFETIMES[Purpose.YOUR_DATA].total_seconds())
    if not kept or not limits.allow("your-data-guess", kept["nonce"], MOST_GUESSES, SEEN_FOR):
        return False
    letters = "".join(sign for sign in given.upper() if sign.isalnum())
    right = constant_time_compare(letters, codes.derive(Purpose.YOUR_DATA, kept["nonce"]).replace("-", ""))
    point = people.find(Channel.EMAIL, kept["address"])
    if not right or point is None:
        return False
    request.session.cycle_key()
    del request.session[_ASKED]
    request.session[_OPENED] = {"subject": str(addresses.subject_of(point).pk), "at": time.time()}
    return True


def opened_for(request: HttpRequest) -> Subject | None:
    """Whose page a code opened here within the hour."""
    kept = _kept(request, _OPENED, SEEN_FOR)
    found = Subject.objects.filter(pk=UUID(kept["subject"]), erased_at=None).first() if kept else None
    return people.resolve(found) if found is not None else None


def close(request: HttpRequest) -> None:
    """Nobody who sits down here next sees the page."""
    request.session.pop(_OPENED, None)
    request.session.pop(_ASKED, None)


def _kept(request: HttpRequest, key: str, seconds: float) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(key, {})
    return kept if kept and 0 <= time.time() - kept["at"] < seconds else {}
