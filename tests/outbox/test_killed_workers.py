"""Workers that are killed while they send lose nothing; a worker whose clock is wrong does no harm."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest
from django.db import connection
from pytest_django import Settings

from portal.database import database_now
from portal.organisation.versions import Current
from portal.outbox import flows, nudge, permits
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.outbox.readers import broadcast, readers
from tests.outbox.sinks import Sink, SinkProcess
from tests.outbox.workers import Beat, Draining, OutboxWorker
from tests.processes import child_environment
from tests.servers import Valkey

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]
# Fifty where several write at once. SQLite has one writer at a time, so there are fewer moments to be killed at.
KILLS, WHOLE_WORKERS, MAILS = (50, 3, 120) if connection.vendor == "postgresql" else (12, 2, 60)


@pytest.mark.timeout(300)
def test_kills_lose_no_mail(organisation: Current, valkey: Valkey, tmp_path: Path) -> None:
    chance, people = random.Random(17), readers(MAILS)
    with SinkProcess(tmp_path, delay=0.03) as sink:
        environment = child_environment(
            SMTP_URL=sink.url, TEST_SLACK="1", OUTBOX_CONVERSATION_SECONDS="1", OUTBOX_MAX_ATTEMPTS="50"
        )
        broadcast(people)
        expected = set(Message.objects.values_list("message_id", flat=True))
        worker = OutboxWorker(environment, tmp_path)
        with Beat(environment, tmp_path):
            kills = 0
            while kills < KILLS:
                broadcast(people[:1])  # there is always something to be killed at
                nudge.publish()
                if kills % (KILLS // WHOLE_WORKERS) == 0:
                    wait_for_mail(sink)
                    worker.kill()
                    worker = OutboxWorker(environment, tmp_path)
                    kills += 1
                elif kill_a_child(worker, chance.uniform(0.02, 0.15)):
                    kills += 1
            expected |= set(Message.objects.values_list("message_id", flat=True))
            wait_until_settled(90)
        with worker:
            pass

        taken = Counter(message_id for _at, _to, message_id in sink.lines())
    assert set(taken) == expected
    assert not Message.objects.exclude(state="sent").exists()
    again = sum(taken.values()) - len(taken)
    print(f"{KILLS} kills, {len(expected)} mails, {again} of them once more under the same Message-ID")


def kill_a_child(worker: OutboxWorker, after: float) -> bool:
    """SIGKILL for the process that sends, some time into its work; whether there was one."""
    time.sleep(after)
    main = worker.process.pid
    children = Path(f"/proc/{main}/task/{main}/children").read_text().split()
    for child in children:
        with suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)
    return bool(children)


def wait_for_mail(sink: SinkProcess, seconds: float = 10) -> None:
    before, end = len(sink.lines()), time.monotonic() + seconds
    while len(sink.lines()) == before and time.monotonic() < end:
        time.sleep(0.02)


def wait_until_settled(seconds: float) -> None:
    end = time.monotonic() + seconds
    while Message.objects.open().exists() and time.monotonic() < end:
        time.sleep(0.2)


@pytest.mark.parametrize("ahead", [600, -600])
def test_a_worker_whose_clock_is_ten_minutes_off_sends_neither_early_nor_late_nor_twice(
    organisation: Current, joan: ContactPoint, sink: Sink, settings: Settings, tmp_path: Path, ahead: int
) -> None:
    now_due = flows.enqueue("test-service", joan)
    later = flows.enqueue("test-service", joan, run_at=database_now() + timedelta(minutes=5))
    held = flows.enqueue("test-marketing", joan)
    until = database_now() + permits.length()
    Message.objects.filter(pk=held.pk).update(state="handing_over", permit_until=until, run_at=until, attempts=1)

    with Draining(child_environment(SMTP_URL=sink.url, TEST_CLOCK_AHEAD=str(ahead)), tmp_path) as process:
        assert sink.wait_for(1, 30), process.log
        time.sleep(0.5)

    assert [one.mail["Message-ID"] for one in sink.taken] == [now_due.message_id]
    assert Message.objects.get(pk=later.pk).state == "queued"
    assert Message.objects.get(pk=held.pk).state == "handing_over"
    sent = Message.objects.get(pk=now_due.pk)
    assert sent.sent_at is not None
    assert abs(database_now() - sent.sent_at) < timedelta(seconds=60)
    assert abs(database_now() - parsedate_to_datetime(str(sink.mails[0]["Date"]))) < timedelta(seconds=60)
