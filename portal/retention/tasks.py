"""What runs by the clock for retention. It can be repeated and interrupted at any moment."""

from __future__ import annotations

from typing import Final

from celery import shared_task

from portal.jobs.recording import recorded
from portal.retention.flows import daily

SECONDS: Final = 200
"""How long one task goes on with a run: the worker ends any that takes longer than 270 s."""


@shared_task(name="portal.retention.expire", expires=600)
def expire() -> None:
    """Every quarter of an hour: goes on with a run that is not done, and begins the one of the day."""
    with recorded("portal.retention.expire") as run:
        run.detail = daily.look(SECONDS)
        run.uneventful = run.detail == daily.NOTHING
