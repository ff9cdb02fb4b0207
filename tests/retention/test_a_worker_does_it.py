"""What beat sends is done by a real worker; one that is killed in the middle leaves the rest to the next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import connection

from portal.database import ClockTimestamp
from portal.jobs.models import JobRun, Outcome
from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention import backends, journal
from portal.retention.models import Deletion, Run
from tests.processes import Worker
from tests.retention import scene
from tests.retention.scene import years_ago
from tests.retention.workers import Standing, the_clock_strikes, wait_for

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.process,
    pytest.mark.timeout(600),
    pytest.mark.parametrize("organisation", ["openitio"], indirect=True),
]
MAILS = 7


@pytest.fixture(autouse=True)
def _old_mails(organisation: versions.Current) -> None:
    scene.approve("mails")
    scene.mails(scene.person(), years_ago(3), MAILS)


def test_the_run_of_the_day_is_done_by_a_worker(start_worker: Callable[..., Worker], tmp_path: Path) -> None:
    start_worker(VAR_DIR=str(tmp_path))
    the_clock_strikes()
    wait_for(Run.objects.filter(state=Run.State.DONE).exists)
    wait_for(JobRun.objects.filter(outcome=Outcome.SUCCEEDED, detail=f"done removed={MAILS}").exists)
    assert each_mail_went_once()


def test_what_a_killed_worker_left_is_done_by_the_next(
    start_worker: Callable[..., Worker], mailed: Callable[[str], int], tmp_path: Path
) -> None:
    with Standing(tmp_path) as worker:
        the_clock_strikes()
        worker.wait_until_it_stands()
        worker.kill()
    cut_off = Run.objects.get()
    assert (cut_off.state, Message.objects.filter(kind="news").count()) == (Run.State.RUNNING, MAILS - 2)
    if connection.vendor == "postgresql":
        wait_for(lambda: backends.gone(cut_off.backend))
    else:  # it cannot tell that nobody is there: the lease must run out
        Run.objects.update(lease_until=ClockTimestamp())
    start_worker(VAR_DIR=str(tmp_path))
    the_clock_strikes()
    wait_for(Run.objects.filter(state=Run.State.DONE).exists)
    assert Run.objects.get().pk == cut_off.pk
    assert each_mail_went_once()
    assert mailed("retention-cut-off") == 1


def each_mail_went_once() -> bool:
    gone = Counter(key for one in Deletion.objects.filter(holding="outbox.Message") for key in one.rows)
    written = {key for line in journal.lines() for key in line.rows}
    left = Message.objects.filter(kind="news").exists()
    return not left and len(gone) == MAILS and set(gone.values()) == {1} and written == set(gone)
