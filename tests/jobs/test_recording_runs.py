"""Each run of a job is on record, whatever became of its work."""

import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction

from portal.jobs import recording
from portal.jobs.models import JobRun, Outcome, Standing
from portal.jobs.recording import last_run, last_success, recorded
from portal.subjects.models import Subject
from tests.processes import child_environment

pytestmark = pytest.mark.django_db


def test_a_run_that_ends_well_is_on_record_with_what_it_did() -> None:
    with recorded("test.sweep") as run:
        assert JobRun.objects.get().outcome == Outcome.RUNNING, "on record before its work begins"
        run.detail = "sent=5"
    done = JobRun.objects.get()
    assert (done.name, done.outcome, done.detail) == ("test.sweep", Outcome.SUCCEEDED, "sent=5")
    assert done.finished_at is not None
    assert done.finished_at >= done.started_at


def test_it_decorates_too_and_each_call_is_a_run() -> None:
    @recorded("test.sweep")
    def sweep(number: int) -> int:
        return number + 1

    assert [sweep(1), sweep(2)] == [2, 3]
    assert JobRun.objects.of("test.sweep").succeeded().count() == 2


def test_a_failure_is_recorded_by_its_class_and_goes_on() -> None:
    with pytest.raises(ValueError, match="joan"), recorded("test.sweep"):
        raise ValueError("no such address: joan.archer@example.org")
    run = JobRun.objects.failed().get()
    assert run.detail == "ValueError"
    assert run.finished_at is not None


@pytest.mark.django_db(transaction=True)
def test_the_record_survives_what_the_job_itself_lost() -> None:
    @recorded("test.sweep")
    @transaction.atomic
    def sweep() -> None:
        Subject.objects.create()
        raise LookupError

    with pytest.raises(LookupError):
        sweep()
    assert not Subject.objects.exists()
    assert JobRun.objects.get().outcome == Outcome.FAILED


def test_a_worker_told_to_stop_leaves_its_word() -> None:
    with pytest.raises(SystemExit), recorded("test.sweep"):
        raise SystemExit(1)
    assert JobRun.objects.get().detail == "SystemExit"


@pytest.mark.django_db(transaction=True)
def test_a_job_inside_a_transaction_could_lose_its_record_and_is_refused() -> None:
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic(), recorded("test.sweep"):
        pytest.fail("The job must not begin.")
    assert not JobRun.objects.exists()


def test_a_long_detail_is_cut() -> None:
    with recorded("test.sweep") as run:
        run.detail = "x" * 500
    assert len(JobRun.objects.get().detail) == 200


@pytest.mark.django_db(transaction=True)
def test_a_connection_lost_in_the_middle_of_a_job_is_made_anew_to_record_it() -> None:
    @recorded("test.sweep")
    def sweep() -> None:
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
        connection.close()
        raise OperationalError

    with pytest.raises(OperationalError):
        sweep()
    assert JobRun.objects.get().detail == "OperationalError"


def test_a_database_that_is_down_does_not_hide_why_a_job_failed(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def down(run: JobRun, outcome: Outcome) -> None:
        raise OperationalError("could not connect as joan.archer@example.org")

    @recorded("test.sweep")
    def sweep() -> None:
        monkeypatch.setattr(recording, "_finish", down)
        raise LookupError("the true reason")

    with pytest.raises(LookupError, match="the true reason"):
        sweep()
    assert caplog.messages == ["The failure of test.sweep could not be recorded: OperationalError."]
    assert JobRun.objects.get().outcome == Outcome.RUNNING


def test_the_last_run_is_the_latest_of_its_name() -> None:
    assert last_run("test.sweep") is None
    assert last_success("test.sweep") is None
    with recorded("test.sweep"):
        pass
    with recorded("test.other"):
        pass
    with pytest.raises(ValueError), recorded("test.sweep"):  # noqa: PT011  # raised in this very line
        raise ValueError
    latest, success = last_run("test.sweep"), last_success("test.sweep")
    assert latest is not None
    assert success is not None
    assert (latest.standing, success.standing) == (Standing.FAILED, Standing.SUCCEEDED)
    assert latest.pk > success.pk


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_a_killed_run_stays_running_and_later_reads_as_not_finished(
    tmp_path: Path, run_started: Callable[..., JobRun]
) -> None:
    script = tmp_path / "killed.py"
    script.write_text(
        textwrap.dedent(
            """
            import django, time
            django.setup()
            from portal.jobs.recording import recorded
            with recorded("test.killed"):
                print("working", flush=True)
                time.sleep(60)
            """
        )
    )
    environment = {**child_environment(), "DJANGO_SETTINGS_MODULE": "portal.settings", "PYTHONPATH": str(Path.cwd())}
    with subprocess.Popen([sys.executable, str(script)], env=environment, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "working\n"
        process.send_signal(signal.SIGKILL)
    run = last_run("test.killed")
    assert run is not None
    assert run.standing == Standing.RUNNING
    JobRun.objects.filter(pk=run.pk).update(started_at=run_started(minutes=6).started_at)
    later = last_run("test.killed")
    assert later is not None
    assert later.standing == Standing.UNFINISHED
    assert str(Standing(later.standing).label) == "did not finish"


def test_a_run_that_found_nothing_takes_the_place_of_the_one_before() -> None:
    for detail in ("2 sent", "nothing", "nothing", "nothing", "1 sent", "nothing"):
        with recorded("test.sweep") as run:
            run.detail, run.uneventful = detail, detail == "nothing"
    details = JobRun.objects.of("test.sweep").order_by("pk").values_list("detail", flat=True)
    assert list(details) == ["2 sent", "nothing", "1 sent", "nothing"]


def test_a_failure_is_never_replaced() -> None:
    def fail() -> None:
        with recorded("test.sweep"):
            raise ValueError("no server")

    with pytest.raises(ValueError, match="no server"):
        fail()
    with recorded("test.sweep") as run:
        run.detail, run.uneventful = "ValueError", True
    assert JobRun.objects.of("test.sweep").count() == 2
