"""A run that is killed at any moment ends the same: the next one goes on, and nothing is lost or done twice."""

from __future__ import annotations

import os
import signal
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, connections

from portal.database import ClockTimestamp
from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention import batches, journal
from portal.retention.flows import running
from portal.retention.models import Deletion, Run
from portal.subjects.models import ContactPoint, Subject
from tests.retention import scene
from tests.retention.scene import NOW, years_ago

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.process,
    pytest.mark.timeout(600),
    pytest.mark.parametrize("organisation", ["openitio"], indirect=True),
]
POINTS = 30 if connection.vendor == "postgresql" else 10


@pytest.fixture(autouse=True)
def _small_batches(organisation: versions.Current, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.approve("contacts", "mails")
    for size in ("LEAST", "FIRST", "MOST"):
        monkeypatch.setattr(batches, size, 2)


def test_killed_at_any_point_the_next_run_ends_the_same() -> None:
    people(0)
    statements = counted(lambda: running.expire(as_of=NOW))
    for point in range(POINTS):
        young, over = people(point + 1)
        killed_at(1 + point * statements // POINTS)
        Run.objects.filter(open=True).update(lease_until=ClockTimestamp())  # its lease is over
        assert running.expire(as_of=NOW).state == Run.State.DONE
        assert not ContactPoint.objects.filter(pk__in=over).exists()
        assert not Subject.objects.filter(contact_points=None).exists()
        assert set(Message.objects.filter(kind="news").values_list("contact_point", flat=True)) <= young
        times = Counter(key for one in Deletion.objects.filter(holding="subjects.ContactPoint") for key in one.rows)
        assert {times[str(pk)] for pk in over} == {1}
    written = {(line.holding, key) for line in journal.lines() for key in line.rows}
    assert written == {(one.holding, key) for one in Deletion.objects.all() for key in one.rows}


def people(number: int) -> tuple[set[Any], set[Any]]:
    """Three who stay, with an old mail and a young one; three who go."""
    young = [scene.person(f"young{number}.{one}@example.org", met=years_ago(1)) for one in range(3)]
    over = [scene.person(f"over{number}.{one}@example.org", met=years_ago(7)) for one in range(3)]
    for point in young:
        scene.mail(point, years_ago(3))
        scene.mail(point, years_ago(1))
    gone = {point.pk for point in over}
    return {point.pk for point in ContactPoint.objects.exclude(pk__in=gone)}, gone


def counted(act: Callable[[], object]) -> int:
    """How many statements it takes."""
    seen: list[str] = []

    def count(execute: Callable[..., Any], query: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        seen.append(query)
        return execute(query, params, many, context)

    with connection.execute_wrapper(count):
        act()
    return len(seen)


def killed_at(statement: int) -> None:
    """A process of its own runs, and is killed as it sends its n-th statement; or ends, having sent fewer."""
    connections.close_all()
    child = os.fork()
    if child == 0:
        left = [statement]

        def count(execute: Callable[..., Any], query: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return execute(query, params, many, context)

        try:
            with connection.execute_wrapper(count):
                running.expire(as_of=NOW)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    if connection.vendor == "postgresql":
        _the_server_noticed()


def _the_server_noticed() -> None:
    """What the dead process had begun is undone before its lease is over, however busy the machine is."""
    with connection.cursor() as cursor:
        others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        cursor.execute(f"SELECT pg_terminate_backend(pid, 60000) {others}")
        assert all(ended for (ended,) in cursor.fetchall())
