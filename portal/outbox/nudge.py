"""Tells a worker that mail is waiting, without ever making anybody wait for the broker.

A nudge only saves time: what it fails to announce, the sweep finds. So it happens in a daemon thread of each
process, once however many mails were committed meanwhile, without retries; and a broker that is down or hung
holds up that thread and nothing else.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

from django.conf import settings

logger = logging.getLogger(__name__)

PAUSE_AFTER_FAILURE = 5.0
"""Seconds the thread leaves a broker alone that did not take a nudge."""


def publish() -> None:
    """Puts one drain task into the broker; raises whatever the broker's client raises."""
    from portal.outbox.tasks import drain  # tasks import the drainer, which imports the flows that nudge

    drain.apply_async(retry=False, ignore_result=True)


def publish_sweep() -> None:
    """The same with a sweep, which is recorded: a worker is there, and looks at once for what waited for it."""
    from portal.outbox.tasks import sweep

    sweep.apply_async(retry=False, ignore_result=True)


class Nudger:
    """One thread a process, started at the first nudge."""

    def __init__(self, publish: Callable[[], None]) -> None:
        self._publish = publish
        self._wanted = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def nudge(self) -> None:
        """Returns at once; many calls before the thread gets round to it are one nudge."""
        self._wanted.set()
        if self._thread is None:
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                thread = threading.Thread(target=self._run, name="outbox-nudge", daemon=True)
                thread.start()
                self._thread = thread

    def _run(self) -> None:
        while True:
            self._wanted.wait()
            self._wanted.clear()
            try:
                self._publish()
            except Exception as error:  # noqa: BLE001  # whatever a broker's client raises, mail is safe in its row
                logger.warning("No worker was nudged (%s); the sweep will find the mail.", type(error).__name__)
                time.sleep(PAUSE_AFTER_FAILURE)


_nudgers: dict[int, Nudger] = {}
"""By process: a forked child has neither its parent's thread nor any use for its locks."""


def sweep_when_ready(**_signal: object) -> None:
    """The receiver of Celery's ``worker_ready``."""
    sweep_soon()


def sweep_soon() -> None:
    """To be called when a worker is ready: mail may have waited for it, or its nudge been lost with the broker's data.

    Returns at once; where the broker is away, the clock's next sweep does it.
    """
    Nudger(publish_sweep).nudge()


def nudge() -> None:
    """To be called on commit: returns at once, whatever state the broker is in."""
    if settings.OUTBOX_NUDGE:
        _nudgers.setdefault(os.getpid(), Nudger(publish)).nudge()
