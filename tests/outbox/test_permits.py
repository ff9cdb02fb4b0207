"""A permit is open for as long as its mail may be leaving, and somebody who opts out can wait for that."""

from __future__ import annotations

import threading
import time
from datetime import timedelta

import pytest
from django.db import connection, transaction

from portal.database import database_now
from portal.outbox import drainer, flows, permits
from portal.outbox.kinds import Category
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint, Subject
from tests.outbox.sinks import Sink


@pytest.mark.django_db
def test_nobody_waits_where_nothing_is_leaving(joan: ContactPoint) -> None:
    flows.enqueue("test-marketing", joan)
    started = time.monotonic()
    assert permits.wait_for_open(joan.subject_id, 120) == 0
    assert time.monotonic() - started < 60


@pytest.mark.django_db
def test_a_permit_that_stays_open_is_waited_for_and_then_owned_up_to(joan: ContactPoint, marek: ContactPoint) -> None:
    for person, kind in ((joan, "test-marketing"), (joan, "test-service"), (marek, "test-marketing")):
        leaving = flows.enqueue(kind, person)
        until = database_now() + timedelta(seconds=30)
        Message.objects.filter(pk=leaving.pk).update(state="handing_over", permit_until=until)

    started = time.monotonic()
    assert permits.wait_for_open(joan.subject_id, 0.2) == 1
    assert 0.2 <= time.monotonic() - started < 20  # and not until the permit is over
    assert permits.wait_for_open(joan.subject_id, 0, categories=list(Category)) == 2


@pytest.mark.django_db
def test_a_permit_that_has_run_out_is_nobodys(joan: ContactPoint) -> None:
    leaving = flows.enqueue("test-marketing", joan)
    Message.objects.filter(pk=leaving.pk).update(state="handing_over", permit_until=database_now())
    assert permits.wait_for_open(joan.subject_id) == 0


@pytest.mark.django_db(transaction=True)
def test_while_a_mail_is_leaving_its_permit_is_open_and_no_lock_is_held(ready: Sink, joan: ContactPoint) -> None:
    ready.behaviour.delay["end"] = 2.5
    message = flows.enqueue("test-marketing", joan)

    def drain() -> None:
        drainer.drain()
        connection.close()

    worker = threading.Thread(target=drain)
    worker.start()
    while "DATA" not in [line.upper() for line in ready.lines]:
        time.sleep(0.01)

    leaving = Message.objects.get(pk=message.pk)
    assert leaving.state == "handing_over"
    assert leaving.permit_until is not None
    assert timedelta(seconds=25) < leaving.permit_until - database_now() <= permits.length()
    if connection.features.has_select_for_update_nowait:
        with transaction.atomic():  # the rows are free, though the conversation goes on
            assert Subject.objects.select_for_update(nowait=True).get() == joan.subject
            assert Message.objects.select_for_update(nowait=True).get() == message
    assert permits.wait_for_open(joan.subject_id, 30) == 0
    message.refresh_from_db()
    assert message.state == "sent"
    worker.join()
    assert len(ready.mails) == 1
