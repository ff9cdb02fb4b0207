"""Real Celery workers, beats and drainers for tests: the portal's own, with the ledger's gate and kinds of these tests.

As a Celery application (``-A tests.outbox.workers``) it is the portal's, except that the sweep comes every second,
that ``TEST_SLACK`` shortens permits, and that ``TEST_CLOCK_AHEAD`` sets the process's clock wrong, in seconds.
``python -m tests.outbox.workers SECONDS`` drains again and again.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import django
import time_machine

from portal.celery import app
from tests.processes import Running

if ahead := int(os.environ.get("TEST_CLOCK_AHEAD", "0")):
    time_machine.travel(datetime.now(UTC) + timedelta(seconds=ahead), tick=True).start()

ROOT = Path(__file__).parents[2]


def prepare() -> None:
    """The kinds and templates of the tests; the gate is the portal's own."""
    django.setup()
    from django.conf import settings

    from portal.outbox import permits
    from tests.outbox import conftest

    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [ROOT / "templates", conftest.TEMPLATES]}]
    conftest.register_kinds()
    permits.SLACK = timedelta(seconds=float(os.environ.get("TEST_SLACK", "10")))
    app.conf.beat_schedule = {
        "outbox-sweep": {"task": "portal.outbox.sweep", "schedule": 1.0, "options": {"expires": 5}}
    }


class Part(Running):
    """A part of Celery with the application above; ready when its log says ``word``."""

    def __init__(self, words: list[str], environment: dict[str, str], folder: Path, *, word: str) -> None:
        command = [sys.executable, "-m", "celery", "-A", "tests.outbox.workers", *words, "--loglevel=INFO"]
        super().__init__(command, {**environment, "TEST_OUTBOX": "1", "PYTHONPATH": str(ROOT)}, folder)
        until = time.monotonic() + 60
        while word not in self.log:
            self.ended(60, until)
            time.sleep(0.05)


class OutboxWorker(Part):
    """A worker with one process that sends."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        words = ["worker", "--concurrency=1", "--without-gossip", "--without-mingle"]
        super().__init__(words, environment, folder, word=" ready.")


class Beat(Part):
    """The clock that starts the sweep."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        super().__init__(["beat", "--schedule", str(folder / "schedule")], environment, folder, word="beat: Starting")


class Draining(Running):
    """A process that drains again and again, without Celery."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        command = [sys.executable, "-m", "tests.outbox.workers"]
        super().__init__(command, {**environment, "TEST_OUTBOX": "1", "PYTHONPATH": str(ROOT)}, folder)


def main() -> None:
    from portal.outbox import drainer

    while True:
        drainer.drain()
        time.sleep(0.01)


if os.environ.get("TEST_OUTBOX"):
    prepare()

if __name__ == "__main__":
    main()
