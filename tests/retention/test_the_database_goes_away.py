"""The database goes away in the middle of a run: nothing is lost or done twice, staff are told, the worker goes on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import OperationalError, connection, connections, transaction

from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention import journal
from portal.retention.flows import running
from portal.retention.models import Deletion, Run
from portal.subjects.models import ContactPoint, Subject
from tests.retention import scene
from tests.retention.scene import NOW, years_ago
from tests.retention.workers import Standing, the_clock_strikes, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.timeout(300),
    pytest.mark.parametrize("organisation", ["openitio"], indirect=True),
]
MAILS = 7


@pytest.fixture
def joan(organisation: versions.Current) -> ContactPoint:
    """Somebody whose mails are over their time, and then her address too."""
    scene.approve("contacts", "mails")
    joan = scene.person(met=years_ago(7))
    scene.mails(joan, years_ago(3), MAILS)
    return joan


@pytest.mark.process
def test_a_worker_outlives_it_and_goes_on_where_it_was(
    joan: ContactPoint, mailed: Callable[[str], int], tmp_path: Path
) -> None:
    with Standing(tmp_path) as worker:
        the_clock_strikes()
        worker.wait_until_it_stands()
        with nobody_let_in():
            worker.go_on()
            wait_for(lambda: "could not be written down" in worker.log)
        cut_off = Run.objects.get()
        assert (cut_off.state, Message.objects.filter(kind="news").count()) == (Run.State.RUNNING, MAILS - 2)
        the_clock_strikes()
        wait_for(Run.objects.filter(pk=cut_off.pk, state=Run.State.DONE).exists)
        assert worker.process.poll() is None
    assert all_went_once(joan)
    assert mailed("retention-cut-off") == 1


def test_a_run_whose_connection_is_cut_fails_and_says_so_and_the_next_does_the_rest(
    joan: ContactPoint, mailed: Callable[[str], int]
) -> None:
    with ThreadPoolExecutor(1) as others:
        with transaction.atomic():
            Subject.objects.select_for_update().get(pk=joan.subject_id)
            run = others.submit(running.expire, as_of=NOW)
            cut(who_waits_for_us())
        with pytest.raises(OperationalError):
            run.result(60)
        others.submit(connections.close_all).result(60)
    assert Run.objects.get().state == Run.State.FAILED
    assert mailed("retention-failed") == 1
    assert running.expire(as_of=NOW).state == Run.State.DONE
    assert all_went_once(joan)


def all_went_once(joan: ContactPoint) -> bool:
    gone = Counter((one.holding, key) for one in Deletion.objects.all() for key in one.rows)
    written = {(line.holding, key) for line in journal.lines() for key in line.rows}
    left = Message.objects.filter(kind="news").exists() or ContactPoint.objects.filter(pk=joan.pk).exists()
    return not left and set(gone.values()) == {1} and written == set(gone)


def who_waits_for_us() -> int:
    """The server's process of the run, once it waits for a lock of ours."""
    found: list[Any] = []

    def somebody() -> bool:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
            )
            found.extend(cursor.fetchall())
        return bool(found)

    wait_for(somebody)
    return int(found[0][0])


def cut(process: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])


@contextmanager
def nobody_let_in() -> Iterator[None]:
    """To those who use it a database that lets nobody in is one that went away."""
    name = connection.settings_dict["NAME"]
    facts = {key: connection.settings_dict[key.upper()] for key in ("host", "port", "user", "password")}
    connection.close()
    with psycopg.connect(dbname="postgres", autocommit=True, **facts) as server:
        server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
            yield
        finally:
            server.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
