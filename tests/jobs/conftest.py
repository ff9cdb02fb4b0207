"""Runs that happened at some time."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from portal.database import database_now
from portal.jobs.models import JobRun

MakeRun = Callable[..., JobRun]


@pytest.fixture
def run_started(db: None) -> MakeRun:
    """Make the record of a run that started so many seconds, minutes or days ago."""

    def make(name: str = "test.sweep", outcome: str = "succeeded", **ago: float) -> JobRun:
        return JobRun.objects.create(name=name, outcome=outcome, started_at=database_now() - timedelta(**ago))

    return make
