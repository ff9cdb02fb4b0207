"""What a worker does for the outbox: ``drain`` comes with a nudge, ``sweep`` by the clock and is recorded."""

from __future__ import annotations

from celery import shared_task

from portal.jobs.recording import recorded
from portal.outbox import drainer


@shared_task(name="portal.outbox.drain", expires=60)
def drain() -> None:
    """As soon as mail was committed."""
    drainer.drain()


@shared_task(name="portal.outbox.sweep", expires=15)
def sweep() -> None:
    """Every few seconds: finds what no nudge announced, and what became due since."""
    with recorded("portal.outbox.sweep") as run:
        drained = drainer.drain()
        run.detail, run.uneventful = str(drained), not drained.results
