"""How many mails a minute go to one domain, counted in the database and so for all drainers together.

A mail over the limit is not held: it gets a later ``run_at``, behind those of its domain that wait already, and
the drainer goes on with other domains. Mails that people wait for keep a fifth of the limit for themselves.
"""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max, Min

from portal.outbox.managers import MessageQuerySet
from portal.outbox.models import Message, State

MINUTE = timedelta(minutes=1)
COUNT_AGAIN_AFTER = 1.0
"""Seconds a drainer relies on its count: what others send meanwhile, it does not see."""

MOVED_AT_ONCE = 500


class Pace:
    """One drainer's knowledge of how much each domain still takes."""

    def __init__(self, permit: timedelta) -> None:
        self._permit = permit
        self._left: dict[tuple[str, bool], tuple[int, float]] = {}

    def allows(self, message: Message) -> bool:
        """Whether this message may go now; counts it if so."""
        key = (message.domain, message.bulk)
        left, until = self._left.get(key, (0, 0.0))
        if left <= 0 or time.monotonic() > until:
            # Half of what is free: another drainer may be counting the same.
            free = limit_of(message.bulk) - self._this_minute(message.domain).count()
            left, until = -(-free // 2), time.monotonic() + COUNT_AGAIN_AFTER
        self._left[key] = (left - 1, until)
        return left > 0

    def postpone(self, message: Message, now: datetime) -> None:
        """Moves it and what is due behind it, of its domain and urgency, to moments when there is room."""
        alike = Message.objects.filter(state=State.QUEUED, domain=message.domain, bulk=message.bulk)
        last = alike.filter(run_at__gt=now).aggregate(last=Max("run_at"))["last"]
        oldest = self._this_minute(message.domain).aggregate(oldest=Min("permit_until"))["oldest"]
        room = now if oldest is None else oldest - self._permit + MINUTE
        moment, step = max(room, last or now), MINUTE / limit_of(message.bulk)
        crowd = list(alike.due().unclaimed()[:MOVED_AT_ONCE])
        for one in crowd:
            moment += step
            one.run_at = moment
        Message.objects.bulk_update(crowd, ["run_at"])

    def _this_minute(self, domain: str) -> MessageQuerySet:
        return Message.objects.filter(domain=domain).permitted_since(MINUTE, self._permit)


def limit_of(bulk: bool) -> int:
    """Mails a minute to a domain: all of the limit for urgent mails, four fifths of it for the others."""
    limit: int = settings.OUTBOX_DOMAIN_PER_MINUTE
    return max(1, limit * 4 // 5) if bulk else limit
