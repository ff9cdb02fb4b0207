"""A hold, a new contact or a request in the middle of a run: the row stays. Several runs at once: one."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

import pytest
from django.db import connection, transaction

from consent.ledger.record import record
from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.vocabulary import Matter
from portal.database import locked
from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention.flows import running
from portal.retention.models import Deletion, Part, Run
from portal.subjects import merging
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import act, yes_to
from tests.retention import scene
from tests.retention.scene import NOW, years_ago

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("organisation", ["openitio"], indirect=True),
]
ON_POSTGRESQL = connection.vendor == "postgresql"
T = TypeVar("T")


@pytest.fixture
def joan(organisation: versions.Current) -> ContactPoint:
    scene.approve()
    return scene.person(met=years_ago(7))


def holds(joan: ContactPoint) -> None:
    scene.hold(joan.subject)


def hears(joan: ContactPoint) -> None:
    topic = next(iter(versions.current().organisation.topics))
    record(joan.subject, [yes_to(topic)], act())


def asks(joan: ContactPoint) -> None:
    asking.ask_as_guest(joan.address, Wish(Matter.ACCESS, {}))


@pytest.mark.parametrize("quicker", [holds, hears, asks])
def test_who_is_quicker_is_seen(joan: ContactPoint, quicker: Callable[[ContactPoint], None]) -> None:
    """The run has found the row, and waits for who is at work on the person; then it looks again."""
    with ThreadPoolExecutor(1) as others:
        with transaction.atomic():
            quicker(joan)
            run = others.submit(in_a_connection_of_its_own, lambda: running.expire(as_of=NOW))
            wait_until_somebody_waits()
        assert run.result(30).state == Run.State.DONE
    assert ContactPoint.objects.filter(pk=joan.pk).exists()
    assert Part.objects.get(holding="subjects.ContactPoint", rule="contacts").removed == 0


def test_a_request_on_the_record_that_speaks_for_them_keeps_all_of_the_merged(joan: ContactPoint) -> None:
    """They asked under their newer address; the run is about to remove the older one."""
    newer = scene.person("j.archer@example.org", met=years_ago(7))
    merging.merge(newer.subject, joan.subject)
    with ThreadPoolExecutor(1) as others:
        with transaction.atomic():
            asks(newer)
            run = others.submit(in_a_connection_of_its_own, lambda: running.expire(as_of=NOW))
            wait_until_somebody_waits()
        assert run.result(30).state == Run.State.DONE
    assert set(ContactPoint.objects.filter(pk__in=[joan.pk, newer.pk])) == {joan, newer}
    assert Subject.objects.filter(pk=joan.subject_id).exists()
    assert Part.objects.get(holding="subjects.ContactPoint", rule="contacts").held == 2


def test_who_comes_after_a_batch_finds_a_stranger(joan: ContactPoint) -> None:
    running.expire(as_of=NOW)
    asks(joan)
    assert ContactPoint.objects.get().pk != joan.pk


def test_of_several_runs_at_once_there_is_one(joan: ContactPoint) -> None:
    scene.mails(scene.person(scene.MAREK, met=years_ago(1)), years_ago(3), 40)
    start = threading.Barrier(4)

    def one(_number: int) -> str:
        start.wait(timeout=30)
        try:
            running.expire(as_of=NOW)
        except running.AlreadyAtWork:
            return "kept out"
        return "ran"

    with ThreadPoolExecutor(4) as others:
        found = list(others.map(lambda number: in_a_connection_of_its_own(lambda: one(number)), range(4)))
    assert "ran" in found
    assert not Message.objects.filter(kind="news").exists()
    keys = [key for deletion in Deletion.objects.filter(holding="outbox.Message") for key in deletion.rows]
    assert len(keys) == len(set(keys)) == 40
    assert not Run.objects.unfinished().exists()


if ON_POSTGRESQL:

    @pytest.mark.parametrize("place", [0, 1], ids=["the first", "the last"])
    def test_a_batch_waits_for_one_person_when_the_others_are_gone(joan: ContactPoint, place: int) -> None:
        both = sorted([joan, scene.person(scene.MAREK, met=years_ago(7))], key=lambda point: point.pk)
        busy, free = both[place], both[1 - place]
        with ThreadPoolExecutor(1) as others:
            with transaction.atomic():
                locked(Subject.objects.filter(pk=busy.subject_id)).get()
                run = others.submit(in_a_connection_of_its_own, lambda: running.expire(as_of=NOW))
                while ContactPoint.objects.filter(pk=free.pk).exists():
                    assert not run.done()
            assert run.result(60).state == Run.State.DONE
        assert not ContactPoint.objects.exists()

    def test_whoever_is_kept_waiting_while_another_begins_is_told_so(joan: ContactPoint) -> None:
        def impatient() -> None:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '50ms'")
            running.begin(as_of=NOW)

        with ThreadPoolExecutor(1) as others, transaction.atomic():
            running.begin(as_of=NOW)
            second = others.submit(in_a_connection_of_its_own, impatient)
            with pytest.raises(running.AlreadyAtWork):
                second.result()
        assert Run.objects.count() == 1


def in_a_connection_of_its_own(act: Callable[[], T]) -> T:
    try:
        return act()
    finally:
        connection.close()


def wait_until_somebody_waits() -> None:
    """On PostgreSQL, until the run waits for a lock of ours. SQLite lets it wait for our transaction as a whole."""
    with connection.cursor() as cursor:
        while ON_POSTGRESQL:
            cursor.execute("SELECT EXISTS (SELECT 1 FROM pg_locks WHERE NOT granted)")
            if cursor.fetchone()[0]:
                return
