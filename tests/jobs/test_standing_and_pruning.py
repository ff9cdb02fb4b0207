"""How a run stands is judged by the database's clock, in the list and one by one; old runs go."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from celery import current_app
from pytest_django import Settings

from portal.database import database_now
from portal.jobs import flows, tasks
from portal.jobs.models import JobRun, Standing

pytestmark = pytest.mark.django_db
MakeRun = Callable[..., JobRun]


@pytest.mark.parametrize(
    ("outcome", "minutes", "standing"),
    [
        ("running", 1, Standing.RUNNING),
        ("running", 4.9, Standing.RUNNING),
        ("running", 5.1, Standing.UNFINISHED),
        ("running", 60 * 24, Standing.UNFINISHED),
        ("succeeded", 60, Standing.SUCCEEDED),
        ("failed", 60, Standing.FAILED),
    ],
)
def test_a_run_stands_like_this(run_started: MakeRun, outcome: str, minutes: float, standing: Standing) -> None:
    run = run_started(outcome=outcome, minutes=minutes)
    assert JobRun.objects.with_standing().get().standing == standing
    assert run.standing_at(database_now()) is standing
    assert JobRun.objects.unfinished().exists() is (standing is Standing.UNFINISHED)


def test_a_worker_whose_clock_is_a_day_off_judges_the_same(run_started: MakeRun) -> None:
    run_started(outcome="running", minutes=1)
    with time_machine.travel(timedelta(days=1)):
        assert JobRun.objects.with_standing().get().standing == Standing.RUNNING
        assert not JobRun.objects.older_than(timedelta(hours=1)).exists()


def test_the_bound_is_celerys_own(run_started: MakeRun, settings: Settings) -> None:
    settings.CELERY_TASK_TIME_LIMIT = 30
    run_started(outcome="running", minutes=1)
    assert JobRun.objects.unfinished().exists()


def test_runs_are_kept_for_ninety_days(run_started: MakeRun) -> None:
    kept = [run_started(days=89.9), run_started(days=1)]
    run_started(days=90.1)
    run_started(days=400, outcome="running")
    assert flows.prune() == 2
    assert list(JobRun.objects.order_by("pk")) == kept


def test_the_task_says_what_it_deleted(run_started: MakeRun) -> None:
    run_started(days=100)
    tasks.prune()
    run = JobRun.objects.get()
    assert (run.name, run.outcome, run.detail) == ("portal.jobs.prune", "succeeded", "deleted=1")


def test_the_schedule_names_the_task() -> None:
    scheduled = {entry["task"] for entry in current_app.conf.beat_schedule.values()}
    assert tasks.prune.name == "portal.jobs.prune"
    assert tasks.prune.name in scheduled


def test_a_run_reads_as_job_and_outcome(run_started: MakeRun) -> None:
    assert str(run_started(minutes=1)) == "test.sweep, succeeded"
