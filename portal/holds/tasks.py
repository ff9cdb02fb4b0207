"""What runs by the clock for holds. It can be repeated and interrupted at any moment."""

from __future__ import annotations

from celery import shared_task

from portal.holds import flows, reminding
from portal.jobs.recording import recorded


@shared_task(name="portal.holds.watch", expires=3600)
def watch() -> None:
    """Reminds of days that come up, and lifts what was placed to end by itself."""
    with recorded("portal.holds.watch") as run:
        reminded, lifted = reminding.remind_all(), flows.lift_ended()
        run.detail, run.uneventful = f"reminded={reminded} lifted={lifted}", not (reminded or lifted)
