"""Who may see a request here: the person, who it is written to, and for an hour whoever entered its code.

The right lies in the session and in nothing a mail or an address bar holds. What a session remembers is times by
request; asking alone gives no right, it only tells the page that a code is on its way.
"""

from __future__ import annotations

import time
from typing import Final
from uuid import UUID

from django.http import Http404, HttpRequest

from dsar.codes import LIFETIME
from dsar.managers import RequestQuerySet
from dsar.models import Request
from portal.subjects import flows as people

SEEN_FOR: Final = 60 * 60
"""Seconds for which a code opens a request."""
FRESH_FOR: Final = int(LIFETIME.total_seconds())
"""Seconds for which it lets files go out, and for which a code that was sent is waited for."""
MOST: Final = 20
"""Requests that a session remembers of each kind; the oldest goes first."""

_OPENED: Final = "requests-opened"
_SENT: Final = "requests-code-sent"


def find(http_request: HttpRequest, pk: UUID) -> Request:
    """The request whose page this visitor may at least try to open; raises Http404.

    Somebody signed in meets their own requests and no others. Anybody else meets any whose address can be sent a
    code: its random id came from the mail, and the page shows nothing without the code.
    """
    found = Request.objects.filter(pk=pk).select_related("contact_point", "contact_point__subject", "subject").first()
    if found is None:
        raise Http404
    if may_see(http_request, found):
        return found
    if http_request.user.is_authenticated or not takes_code(found):
        raise Http404
    return found


def find_seen(http_request: HttpRequest, pk: UUID) -> Request:
    """The request, for who may see it; raises Http404 for all others."""
    found = find(http_request, pk)
    if not may_see(http_request, found):
        raise Http404
    return found


def may_see(http_request: HttpRequest, request: Request) -> bool:
    """Whether it is theirs, or its code was entered here within the hour."""
    return visible(http_request).filter(pk=request.pk).exists()


def is_fresh(http_request: HttpRequest, request: Request) -> bool:
    """Whether files may go out: signed in, or the code was entered within the last ten minutes."""
    if http_request.user.is_authenticated:
        return may_see(http_request, request)
    return _within(http_request, _OPENED, FRESH_FOR, request.pk)


def visible(http_request: HttpRequest) -> RequestQuerySet:
    """All requests this visitor may see now."""
    if http_request.user.is_authenticated:
        subject = http_request.user.subject
        if subject is None:
            return Request.objects.none()
        return Request.objects.touching(people.resolve(subject).family())
    opened = [UUID(pk) for pk in _remembered(http_request, _OPENED, SEEN_FOR)]
    return Request.objects.filter(pk__in=opened) if opened else Request.objects.none()


def opens(http_request: HttpRequest, request: Request) -> None:
    """The right code was entered: this session may see the request, and gets a new name."""
    http_request.session.cycle_key()
    _remember(http_request, _OPENED, request)
    kept = http_request.session.get(_SENT, {})
    http_request.session[_SENT] = {pk: at for pk, at in kept.items() if pk != str(request.pk)}


def code_was_sent(http_request: HttpRequest, request: Request) -> None:
    """From this browser: its page then waits for the code."""
    _remember(http_request, _SENT, request)


def waits_for_code(http_request: HttpRequest, request: Request) -> bool:
    """Whether this browser had a code sent that may still be good."""
    return _within(http_request, _SENT, FRESH_FOR, request.pk)


def takes_code(request: Request) -> bool:
    """Whether there is an address to which a code can go: one of e-mail that was not given up."""
    point = request.contact_point
    return point is not None and point.channel == "email" and point.retired_at is None


def _within(http_request: HttpRequest, key: str, seconds: int, pk: UUID) -> bool:
    return str(pk) in _remembered(http_request, key, seconds)


def _remembered(http_request: HttpRequest, key: str, seconds: int) -> dict[str, float]:
    kept: dict[str, float] = http_request.session.get(key, {})
    return {pk: at for pk, at in kept.items() if 0 <= time.time() - at < seconds}


def _remember(http_request: HttpRequest, key: str, request: Request) -> None:
    kept = _remembered(http_request, key, SEEN_FOR)
    kept.pop(str(request.pk), None)
    newest = dict(list(kept.items())[-(MOST - 1) :])
    http_request.session[key] = {**newest, str(request.pk): time.time()}
