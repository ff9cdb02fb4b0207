"""The broker is down, hung or wiped: no request waits for it, no mail is lost, and mail goes out once it is back."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from portal.jobs.models import JobRun
from portal.organisation.versions import Current
from portal.outbox import flows, nudge
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.outbox.sinks import Sink
from tests.outbox.workers import Beat, OutboxWorker
from tests.processes import child_environment
from tests.servers import Valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]
AT_ONCE = 10.0  # on a busy machine; without our care it is for ever
"""Seconds that a request may take on a busy machine; a broker's time-out would be far beyond."""


@pytest.fixture
def portal_at_work(
    organisation: Current, sink: Sink, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Sink]:
    """A real worker and a real beat, and nudges from this process."""
    settings.OUTBOX_NUDGE = True
    monkeypatch.setattr(nudge, "PAUSE_AFTER_FAILURE", 0.2)
    environment = child_environment(SMTP_URL=sink.url, TEST_SLACK="1", OUTBOX_CONVERSATION_SECONDS="5")
    with ExitStack() as stack:
        stack.enter_context(OutboxWorker(environment, tmp_path))
        stack.enter_context(Beat(environment, tmp_path))
        yield sink


def leave_an_address(joan: ContactPoint) -> float:
    """What a request does, and how many seconds it took."""
    started = time.monotonic()
    with transaction.atomic():
        flows.enqueue("test-confirmation", joan)
    return time.monotonic() - started


def test_whatever_the_broker_does_requests_are_quick_and_mail_arrives(
    portal_at_work: Sink, valkey: Valkey, joan: ContactPoint, settings: Settings
) -> None:
    # Well: a nudge brings the mail.
    assert leave_an_address(joan) < AT_ONCE
    assert portal_at_work.wait_for(1)

    # Hung: connections stay open, and nothing answers.
    valkey.hang()
    assert max(leave_an_address(joan) for _ in range(5)) < AT_ONCE
    valkey.resume()
    assert portal_at_work.wait_for(6, seconds=40)

    # Down, with connections refused.
    valkey.stop()
    assert max(leave_an_address(joan) for _ in range(5)) < AT_ONCE
    valkey.start()
    assert portal_at_work.wait_for(11, seconds=60)

    # Wiped, with whatever tasks were in it.
    assert leave_an_address(joan) < AT_ONCE
    valkey.wipe()
    assert portal_at_work.wait_for(12, seconds=30)

    assert len({one.mail["Message-ID"] for one in portal_at_work.taken}) == 12
    wait_until(lambda: Message.objects.filter(state="sent").count() == 12)

    # And without any nudge: the clock has survived all that, and what it does is on record.
    settings.OUTBOX_NUDGE = False
    leave_an_address(joan)
    assert portal_at_work.wait_for(13, seconds=40)
    wait_until(lambda: JobRun.objects.filter(name="portal.outbox.sweep", outcome="succeeded").exists())


def test_a_worker_that_starts_looks_at_once_for_what_waited(
    organisation: Current, sink: Sink, valkey: Valkey, joan: ContactPoint, tmp_path: Path
) -> None:
    """Nothing else tells it: no nudge, no clock, and a broker that holds nothing any more."""
    flows.enqueue("test-confirmation", joan)
    valkey.wipe()
    with OutboxWorker(child_environment(SMTP_URL=sink.url), tmp_path) as worker:
        assert sink.wait_for(1, seconds=30), worker.log
        wait_until(lambda: JobRun.objects.filter(name="portal.outbox.sweep", outcome="succeeded").exists())


def wait_until(condition: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    assert condition()
