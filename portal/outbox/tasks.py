"""What a worker does for the outbox. Both tasks do the same; the sweep comes by the clock and is recorded."""

from __future__ import annotations

from celery import shared_task

from portal.outbox import drainer


@shared_task(name="portal.outbox.drain", expires=60)
def drain() -> None:
    drainer.drain()
