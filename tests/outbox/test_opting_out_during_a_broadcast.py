"""A thousand people opt out while a broadcast is being sent to them: nothing goes to anybody who was told "done".

With the ledger's own gate, consents recorded by its one door, and the flow behind the button "Stop all marketing".
"""

from __future__ import annotations

import random
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connection

from consent.ledger.models import Event
from consent.ledger.vocabulary import Decision
from portal.organisation.versions import Current
from portal.outbox import permits
from portal.outbox.models import Message
from portal.subjects.models import Subject
from tests.outbox.readers import broadcast, readers, stop_everything
from tests.outbox.sinks import SinkProcess
from tests.outbox.workers import Draining
from tests.processes import child_environment

# SQLite has one writer at a time: the race is won by whoever waits in line first, and fewer rounds show it.
OPT_OUTS, PEOPLE, THREADS, DRAINERS = (1000, 1600, 2, 2) if connection.vendor == "postgresql" else (60, 150, 1, 1)


@dataclass(frozen=True)
class OptOut:
    """One person's: when it was answered, by the monotonic clock, and whether the answer warned of a mail leaving."""

    answered: float
    warned: bool


@pytest.mark.process
@pytest.mark.timeout(300)
@pytest.mark.django_db(transaction=True)
def test_nothing_reaches_anybody_after_the_answer(organisation: Current, tmp_path: Path) -> None:
    people = readers(PEOPLE)
    broadcast(people)
    order = list(Message.objects.due().values_list("contact_point__subject_id", flat=True))
    with SinkProcess(tmp_path, delay=0.002) as sink:
        environment = child_environment(SMTP_URL=sink.url, OUTBOX_DOMAIN_PER_MINUTE="1000000")
        drainers = [Draining(environment, tmp_path) for _ in range(DRAINERS)]
        try:
            while not sink.lines():
                time.sleep(0.01)
            opted_out = race(order)
            while Message.objects.open().exists():
                time.sleep(0.1)
        finally:
            for process in drainers:
                process.kill()
        accepted = {recipient: at for at, recipient, _ in sink.lines()}

    addresses = {person.subject_id: person.address for person in people}
    told_done_and_mailed = [
        subject
        for subject, one in opted_out.items()
        if not one.warned and accepted.get(addresses[subject], 0) > one.answered
    ]
    assert len(opted_out) == OPT_OUTS
    assert told_done_and_mailed == []
    assert permitted_after_the_stop() == []
    stopped = sum(addresses[subject] not in accepted for subject in opted_out)
    assert 0 < stopped < OPT_OUTS  # some were in time and some were not, or there was no race
    assert {"sent", "withheld"} == set(Message.objects.values_list("state", flat=True))


def permitted_after_the_stop() -> list[UUID]:
    """Permits given after their person's stop. Both are dated by the database, under the same lock."""
    stops: dict[UUID, datetime] = dict(
        Event.objects.filter(decision=Decision.OBJECTED).values_list("subject_id", "recorded_at")
    )
    return [
        message.pk
        for message in Message.objects.exclude(permit_until=None).select_related("contact_point")
        if (stop := stops.get(message.contact_point.subject_id)) and given(message) > stop
    ]


def given(message: Message) -> datetime:
    assert message.permit_until is not None
    return message.permit_until - permits.length()


def race(order: list[UUID]) -> dict[UUID, OptOut]:
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
    stopped = stop_everything(Subject.objects.get(pk=subject))
    return OptOut(time.monotonic(), stopped.leaving > 0)
