"""Leaving a mail server in trouble alone for a while: known to all drainers, and to staff."""

from __future__ import annotations

from datetime import timedelta

from django.db import transaction

from portal.database import database_now, locked
from portal.outbox.models import Relay
from portal.outbox.outcomes import scrubbed

FIRST_PAUSE = timedelta(seconds=5)
LONGEST_PAUSE = timedelta(minutes=1)


def is_paused() -> bool:
    """Whether the mail server is to be left alone now."""
    until = Relay.objects.values_list("paused_until", flat=True).first()
    return until is not None and until > database_now()


def report_trouble(error: str) -> None:
    """Pauses all drainers, a little longer each time in a row."""
    with transaction.atomic():
        Relay.objects.get_or_create(pk=1)
        relay, now = locked(Relay.objects.filter(pk=1)).get(), database_now()
        relay.paused_until = now + min(FIRST_PAUSE * 2 ** min(relay.failures, 8), LONGEST_PAUSE)
        relay.since = relay.since or now
        relay.failures += 1
        relay.trouble = scrubbed(error)
        relay.save()


def report_recovery() -> None:
    """The mail server took a mail: whatever was wrong is over."""
    Relay.objects.exclude(failures=0).update(paused_until=None, failures=0, trouble="", since=None)
