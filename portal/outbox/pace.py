"""How many mails a minute go to one domain, counted in the database and so for all drainers together.

A mail over the limit is not held: it gets a later ``run_at``, behind those of its domain that wait already, and
the drainer goes on with other domains. Mails that people wait for keep a fifth of the limit for themselves.
"""

from __future__ import annotations

import time
from collections import Counter
from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Count, Max, Min

from portal.outbox.models import Message, State

MINUTE = timedelta(minutes=1)
COUNT_AGAIN_AFTER = 1.0
"""Seconds a drainer relies on its count: what others send meanwhile, it does not see."""

MOVED_AT_ONCE = 500


class Pace:
    """One drainer's knowledge of how much each domain still takes."""

    def __init__(self, permit: timedelta) -> None:
        self._permit = permit
        self._counted: Counter[str] = Counter()
        self._ours: Counter[str] = Counter()
        self._good_until = 0.0

    def allows(self, message: Message) -> bool:
        """Whether this message may go now; counts it if so."""
        if time.monotonic() > self._good_until:
            self._count()
        if not self._has_room(message) and self._ours[message.domain]:
            self._count()
        if not self._has_room(message):
            return False
        self._ours[message.domain] += 1
        return True

    def _has_room(self, message: Message) -> bool:
        # Our own count double until they are seen in the database: another drainer may be sending as many.
        return self._counted[message.domain] + 2 * self._ours[message.domain] < limit_of(message.bulk)

    def _count(self) -> None:
        recent = Message.objects.permitted_since(MINUTE, self._permit)
        self._counted = Counter(dict(recent.values_list("domain").annotate(Count("pk")).order_by()))
        self._ours.clear()
        self._good_until = time.monotonic() + COUNT_AGAIN_AFTER

    def postpone(self, message: Message, now: datetime) -> None:
        """Moves it and what is due behind it, of its domain and urgency, to moments when there is room."""
        alike = Message.objects.filter(state=State.QUEUED, domain=message.domain, bulk=message.bulk)
        last = alike.filter(run_at__gt=now).aggregate(last=Max("run_at"))["last"]
        recent = Message.objects.filter(domain=message.domain).permitted_since(MINUTE, self._permit)
        oldest = recent.aggregate(oldest=Min("permit_until"))["oldest"]
        room = now if oldest is None else oldest - self._permit + MINUTE
        moment, step = max(room, last or now), MINUTE / limit_of(message.bulk)
        crowd = list(alike.due().unclaimed()[:MOVED_AT_ONCE])
        for one in crowd:
            moment += step
            one.run_at = moment
        Message.objects.bulk_update(crowd, ["run_at"])


def limit_of(bulk: bool) -> int:
    """Mails a minute to a domain: all of the limit for urgent mails, four fifths of it for the others."""
    limit: int = settings.OUTBOX_DOMAIN_PER_MINUTE
    return max(1, limit * 4 // 5) if bulk else limit
