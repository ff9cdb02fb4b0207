"""Keeping the record of runs short."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from portal.jobs.models import JobRun

KEPT: Final = timedelta(days=90)


def prune() -> int:
    """Delete runs that started more than 90 days ago, by the database's clock; returns how many."""
    deleted, _by_model = JobRun.objects.older_than(KEPT).delete()
    return deleted
