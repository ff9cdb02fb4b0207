"""Tells a worker that a run waits, without making anybody wait for the broker; the clock's next look finds it too."""

from __future__ import annotations

import os

from django.conf import settings
from django.db import transaction

from portal.outbox.nudge import Nudger

_nudgers: dict[int, Nudger] = {}
"""By process, as the outbox's."""


def publish() -> None:
    """Puts the task into the broker; raises whatever the broker's client raises."""
    from portal.retention.tasks import expire

    expire.apply_async(retry=False, ignore_result=True)


def soon() -> None:
    """On commit; returns at once, whatever state the broker is in."""
    if settings.OUTBOX_NUDGE:
        transaction.on_commit(_nudgers.setdefault(os.getpid(), Nudger(publish)).nudge, robust=True)
