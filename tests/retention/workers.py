"""The portal's worker, which can be made to stand still in the middle of a run.

As a Celery application (``-A tests.retention.workers``) it is the portal's, except that it takes two rows at a time,
and that with ``TEST_STANDS_STILL`` it says so in that folder after its first batch of mails, within the transaction of
the second, and goes on when it is told to.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import django
from django.conf import settings

from portal.celery import app
from tests.processes import Worker, child_environment

PATIENCE = 120


class Standing(Worker):
    """Such a worker, at the moment at which it stands still."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = child_environment(VAR_DIR=str(folder), TEST_STANDS_STILL=str(folder))
        super().__init__(environment, folder, application="tests.retention.workers")

    def wait_until_it_stands(self) -> None:
        wait_for((self.folder / "stands").exists)

    def go_on(self) -> None:
        (self.folder / "go").touch()


def the_clock_strikes() -> None:
    """What beat does when the time for retention has come."""
    entry: Any = settings.CELERY_BEAT_SCHEDULE["retention-expire"]
    app.send_task(entry["task"], **entry["options"])


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it is so; a machine may be slow."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.05)


def prepare(folder: Path) -> None:
    django.setup()
    from portal.retention import batches, disposal

    batches.LEAST = batches.FIRST = batches.MOST = 2  # type: ignore[misc]
    seen: list[int] = []

    def stand_still(_rows: Any) -> None:
        seen.append(1)
        if len(seen) == 2:
            (folder / "stands").touch()
            wait_for((folder / "go").exists)

    disposal.before_gone("outbox.Message", stand_still)


if where := os.environ.get("TEST_STANDS_STILL"):
    prepare(Path(where))
