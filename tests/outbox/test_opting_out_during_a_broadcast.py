"""A thousand people opt out while a broadcast is being sent to them: nothing goes to anybody who was told "done"."""

from __future__ import annotations

import os
import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection, transaction

from portal.database import database_now, locked
from portal.organisation.versions import Current
from portal.outbox import flows, permits
from portal.outbox.models import Message
from portal.subjects.models import Channel, ContactPoint, Subject
from tests.outbox.sinks import SinkProcess
from tests.outbox.workers import Draining
from tests.processes import child_environment

# SQLite has one writer at a time: the race is won by whoever waits in line first, and fewer rounds show it.
OPT_OUTS, PEOPLE, THREADS, DRAINERS = (1000, 2000, 2, 2) if connection.vendor == "postgresql" else (100, 250, 1, 1)
ANSWER_WITHIN, ANSWER_WITHIN_ON_A_BUSY_MACHINE = 0.05, 1.0
"""Seconds for 99 of 100 opt-outs: on PostgreSQL where nothing else runs, and elsewhere."""


@dataclass(frozen=True)
class OptOut:
    """One person's: when it was in force by the database's clock, when answered, how long it took, what was said."""

    in_force: datetime
    answered: float
    took: float
    warned: bool


@pytest.mark.process
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_nothing_reaches_anybody_after_the_answer(organisation: Current, tmp_path: Path) -> None:
    alone = connection.vendor == "postgresql" and os.getloadavg()[0] < (os.cpu_count() or 1)
    longest = ANSWER_WITHIN if alone else ANSWER_WITHIN_ON_A_BUSY_MACHINE
    readers = people(PEOPLE)
    flows.enqueue_many("test-marketing", readers, topic="newsletter")
    order = list(Message.objects.due().values_list("contact_point__subject_id", flat=True))
    with SinkProcess(tmp_path, delay=0.002) as sink:
        environment = child_environment(SMTP_URL=sink.url, OUTBOX_DOMAIN_PER_MINUTE="1000000")
        drainers = [Draining(environment, tmp_path) for _ in range(DRAINERS)]
        try:
            while not sink.lines():
                time.sleep(0.01)
            opted_out = race(order, sink)
            while Message.objects.open().exists():
                time.sleep(0.1)
        finally:
            for process in drainers:
                process.kill()
        accepted = {recipient: at for at, recipient, _ in sink.lines()}

    addresses = {reader.subject_id: reader.address for reader in readers}
    told_done_and_mailed = [
        subject
        for subject, one in opted_out.items()
        if not one.warned and accepted.get(addresses[subject], 0) > one.answered
    ]
    permitted_after = [
        message.pk
        for message in Message.objects.exclude(permit_until=None).select_related("contact_point")
        if (one := opted_out.get(message.contact_point.subject_id)) and given(message) > one.in_force
    ]
    p99 = report(opted_out, accepted, addresses)
    assert p99 < longest
    assert len(opted_out) == OPT_OUTS
    assert told_done_and_mailed == []
    assert permitted_after == []


def people(count: int) -> list[ContactPoint]:
    subjects = Subject.objects.bulk_create([Subject() for _ in range(count)])
    return ContactPoint.objects.bulk_create(
        ContactPoint(subject=subject, channel=Channel.EMAIL, address=address, identity=address)
        for number, subject in enumerate(subjects)
        for address in [f"reader{number}@example.org"]
    )


def given(message: Message) -> datetime:
    assert message.permit_until is not None
    return message.permit_until - permits.length()


def race(order: list[UUID], sink: SinkProcess) -> dict[UUID, OptOut]:
    """Opt-outs by people whose mail is about to leave, or leaving, or has just left."""
    done: dict[UUID, OptOut] = {}
    taken, choosing = set[UUID](), threading.Lock()
    chance = random.Random(23)

    def next_person() -> UUID | None:
        with choosing:
            if len(taken) >= OPT_OUTS:
                return None
            front = Message.objects.exclude(state="queued").count() + chance.randint(-3, 6)
            for subject in order[max(0, front) :] + order[: max(0, front)][::-1]:
                if subject not in taken:
                    taken.add(subject)
                    return subject
            return None

    def opting_out() -> None:
        while (subject := next_person()) is not None:
            done[subject] = opt_out(subject)
        connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        for ended in [pool.submit(opting_out) for _ in range(THREADS)]:
            ended.result()
    return done


def opt_out(subject: UUID) -> OptOut:
    """What every opt-out does: lock the Subject, decide, commit, wait for what is leaving, answer."""
    started = time.monotonic()
    with transaction.atomic():
        person = locked(Subject.objects.filter(pk=subject)).get()
        person.restricted_at = database_now()
        person.save(update_fields=["restricted_at"])
    in_force = database_now()
    open_permits = permits.wait_for_open(person.pk, 2.0)
    answered = time.monotonic()
    return OptOut(in_force, answered, answered - started, open_permits > 0)


def report(opted_out: dict[UUID, OptOut], accepted: dict[str, float], addresses: dict[UUID, str]) -> float:
    """Prints the figures; returns the 99th percentile, in seconds."""
    took = sorted(one.took for one in opted_out.values())
    just_before = sum(
        0 < one.answered - accepted.get(addresses[subject], 0) < 0.05 for subject, one in opted_out.items()
    )
    print(
        f"{len(opted_out)} opt-outs: median {took[len(took) // 2] * 1000:.1f} ms, "
        f"p99 {took[len(took) * 99 // 100] * 1000:.1f} ms, longest {took[-1] * 1000:.1f} ms; "
        f"{sum(one.warned for one in opted_out.values())} warned; "
        f"{just_before} had their last mail within 50 ms before the answer; {len(accepted)} mails went out"
    )
    return took[len(took) * 99 // 100]
