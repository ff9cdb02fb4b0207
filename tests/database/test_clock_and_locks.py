"""One clock for all processes, row locks where the database has them, long lists in one parameter."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from portal.database import ClockTimestamp, database_now, locked
from portal.jobs.models import JobRun
from portal.subjects.models import Subject

SECOND = timedelta(seconds=1)


@pytest.mark.django_db
def test_the_databases_clock_is_within_a_second_of_ours() -> None:
    now = database_now()
    assert now.tzinfo is UTC
    assert abs(now - datetime.now(UTC)) < SECOND


@pytest.mark.django_db
def test_a_process_with_a_wrong_clock_reads_the_right_one() -> None:
    true = datetime.now(UTC)
    with time_machine.travel(true + timedelta(minutes=10)):
        assert abs(database_now() - true) < SECOND
        run = JobRun.objects.create(name="test.sweep")
    run.refresh_from_db()
    assert abs(run.started_at - true) < SECOND


@pytest.mark.django_db
def test_a_column_default_is_the_databases_clock_for_rows_written_past_django_too() -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO jobs_jobrun (name, outcome, detail) VALUES ('raw', 'running', '')")
    raw = JobRun.objects.get(name="raw")
    orm = JobRun.objects.create(name="orm")
    assert abs(raw.started_at - database_now()) < SECOND
    assert orm.started_at >= raw.started_at


@pytest.mark.django_db
def test_a_created_row_knows_its_time_at_once() -> None:
    subject = Subject.objects.create()
    assert isinstance(subject.created_at, datetime)
    assert abs(subject.created_at - database_now()) < SECOND


@pytest.mark.django_db
def test_time_goes_on_within_a_transaction() -> None:
    with transaction.atomic():
        times = []
        for _number in range(3):
            times.append(database_now())
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_sleep(0.01)" if connection.vendor == "postgresql" else "SELECT 1")
    assert times == sorted(times)
    if connection.vendor == "postgresql":
        assert times[0] < times[1] < times[2]


@pytest.mark.django_db
def test_the_clock_can_be_compared_and_reckoned_with_in_queries() -> None:
    run = JobRun.objects.create(name="test.sweep")
    JobRun.objects.filter(pk=run.pk).update(finished_at=ClockTimestamp())
    assert JobRun.objects.filter(started_at__lte=F("finished_at")).exists()
    assert JobRun.objects.filter(started_at__gt=ClockTimestamp() - timedelta(minutes=1)).exists()
    assert not JobRun.objects.filter(started_at__gt=ClockTimestamp() + timedelta(minutes=1)).exists()
    read = JobRun.objects.annotate(now=ClockTimestamp()).values_list("now", flat=True).get()
    assert abs(read - database_now()) < SECOND


@pytest.mark.django_db
def test_rows_are_locked_without_stopping_foreign_keys_where_rows_can_be_locked() -> None:
    subject = Subject.objects.create()
    with (
        CaptureQueriesContext(
            connection,
        ) as queries,
        transaction.atomic(),
    ):
        assert locked(Subject.objects.filter(pk=subject.pk)).get() == subject
        assert list(locked(Subject.objects.select_related("merged_into"), skip_locked=True)) == [subject]
    locks = [query["sql"] for query in queries if "FOR NO KEY UPDATE" in query["sql"]]
    if connection.vendor == "postgresql":
        assert len(locks) == 2
        assert locks[1].endswith('OF "subjects_subject" SKIP LOCKED')
    else:
        assert not locks


@pytest.mark.django_db
def test_a_long_list_of_values_is_one_parameter(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    names = ["O'Brien", 'quo"ted', "back\\slash", "{curly,}", "ü", ""]
    for name in names:
        JobRun.objects.create(name=name)
    with django_assert_num_queries(1) as queries:
        found = set(JobRun.objects.filter(name__among=[*names[1:], *map(str, range(100_000))]))
    assert {run.name for run in found} == set(names[1:])
    assert not JobRun.objects.filter(name__among=[]).exists()
    assert "IN (" not in queries.captured_queries[0]["sql"] or connection.vendor == "sqlite"
    run = JobRun.objects.get(name=names[0])
    assert JobRun.objects.get(pk__among={run.pk, 2**40}) == run


@pytest.mark.django_db
def test_people_are_found_by_a_long_list_of_their_numbers() -> None:
    first, second = Subject.objects.create(), Subject.objects.create()
    merged = Subject.objects.create(merged_into=first)
    assert set(Subject.objects.filter(pk__among=[first.pk, second.pk])) == {first, second}
    assert Subject.objects.get(merged_into__among=[first.pk, second.pk]) == merged


@pytest.mark.django_db(transaction=True)
def test_on_sqlite_a_transaction_holds_the_only_writers_place() -> None:
    if connection.vendor != "sqlite":
        assert connection.features.has_select_for_update_skip_locked
        return
    with CaptureQueriesContext(connection) as queries, transaction.atomic():
        Subject.objects.count()
    assert queries[0]["sql"] == "BEGIN IMMEDIATE"
