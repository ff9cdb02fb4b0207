"""The hourly jobs by real workers: two at once remind of each request once; Celery runs them and their run is noted."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import User
from dsar import tasks
from dsar.flows import owners, reminding
from dsar.models import Reminder, Request, Task
from dsar.vocabulary import Happening, Matter
from dsar.waiting import WAITS_FOR_CODE
from portal.jobs.models import JobRun
from portal.outbox.models import Message
from tests.dsar.aged import due_in
from tests.dsar.requests.conftest import MAREK, as_guest
from tests.dsar.requests.test_owners_of_other_systems import due_in as task_due_in
from tests.dsar.requests.test_owners_of_other_systems import reminded as owner_reminded
from tests.dsar.requests.test_owners_of_other_systems import support
from tests.dsar.requests.test_reminders import reminded
from tests.processes import Worker

pytestmark = pytest.mark.django_db(transaction=True)
Ask = Callable[..., Request]


def at_once(*jobs: Callable[[], object]) -> None:
    """Each in a thread and a connection of its own, all beginning together."""
    start = Barrier(len(jobs))

    def work(job: Callable[[], object]) -> None:
        try:
            connection.ensure_connection()
            start.wait()
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as workers:
        list(workers.map(work, jobs))


def test_two_at_once_remind_of_each_once(ask: Ask, priya: User) -> None:
    matters = (Matter.ACCESS, Matter.ERASURE, Matter.PORTABILITY, Matter.RECTIFICATION, Matter.INFORMED)
    requests = [ask(matter, {"what": "calls"}) for matter in matters]
    for request in requests:
        due_in(request, 1)
    at_once(*[reminding.remind_all] * 2)
    assert reminded() == len(requests)
    assert Reminder.objects.count() == len(requests)
    for request in requests:
        assert request.events.filter(kind=Happening.REMINDED).count() == 1


def test_two_at_once_press_an_owner_once(ask: Ask) -> None:
    task_due_in(support(ask(Matter.ACCESS)), -1)
    at_once(*[owners.remind_all] * 2)
    assert owner_reminded() == Reminder.objects.count() == 1


def test_a_real_worker_runs_them(ask: Ask, priya: User, worker: Worker) -> None:
    due_in(ask(Matter.ACCESS), 3)
    forgotten = as_guest(Matter.ERASURE)
    Request.objects.filter(pk=forgotten.pk).update(received_at=forgotten.received_at - WAITS_FOR_CODE)
    for task in (tasks.watch_deadlines, tasks.tidy):
        task.delay()
    for run in runs("dsar.watch_deadlines", "dsar.tidy"):
        assert run.outcome == "succeeded", worker.log
    assert JobRun.objects.get(name="dsar.watch_deadlines").detail == "moved=0 reminded=1"
    assert JobRun.objects.get(name="dsar.tidy").detail.startswith("closed=1 ")
    assert reminded() == 1
    assert not Task.objects.filter(request=forgotten).exists()
    assert not Message.objects.filter(contact_point__address=MAREK).exclude(kind="request-code").exists()


def runs(*names: str) -> Iterator[JobRun]:
    """The runs of these jobs, once they have ended."""
    until = time.monotonic() + 60
    for name in names:
        while not (found := JobRun.objects.filter(name=name, finished_at__isnull=False).first()):
            assert time.monotonic() < until, f"{name} never ended"
            time.sleep(0.1)
        yield found
