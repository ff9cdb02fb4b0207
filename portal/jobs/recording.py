"""Leaves a trace of each run of a job, whatever becomes of the job's own work."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DatabaseError, connection, transaction

from portal.database import ClockTimestamp
from portal.jobs.models import JobRun, Outcome

logger = logging.getLogger(__name__)


@contextmanager
def recorded(name: str) -> Iterator[JobRun]:
    """Record the run of a job, as ``with recorded("outbox.sweep") as run:`` or as a decorator.

    The record is written in short transactions of its own, before and after: it survives the failure of the job's
    transaction, and a job that is killed stays "running". So this must stand outside any transaction
    (:class:`RuntimeError` otherwise). ``run.detail`` may be set to a count; a failure stores the class of the
    exception only, since a message may name people, and the exception goes on its way. A run that set
    ``run.uneventful`` takes the place of one just before it that ended in the same words.
    """
    with transaction.atomic(durable=True):
        run = JobRun.objects.create(name=name)
    try:
        yield run
    except BaseException as error:  # SystemExit included: a worker told to stop at once ends its job here
        run.detail = type(error).__name__
        _finish_in_any_case(run)
        raise
    _finish(run, Outcome.SUCCEEDED)
    if run.uneventful:
        _replace_the_one_before(run)


def last_run(name: str) -> JobRun | None:
    """The latest run of a job with its ``standing``, or None if none is on record."""
    return JobRun.objects.of(name).with_standing().latest_first().first()


def last_success(name: str) -> JobRun | None:
    """The latest run that succeeded, or None."""
    return JobRun.objects.of(name).succeeded().with_standing().latest_first().first()


def _finish(run: JobRun, outcome: Outcome) -> None:
    with transaction.atomic(durable=True):
        JobRun.objects.filter(pk=run.pk).update(
            finished_at=ClockTimestamp(), outcome=outcome, detail=str(run.detail)[:200]
        )


def _replace_the_one_before(run: JobRun) -> None:
    """What ran four times a minute and found nothing is on record once, with its last time."""
    before = JobRun.objects.of(run.name).filter(pk__lt=run.pk).latest_first().first()
    if before is not None and (before.outcome, before.detail) == (Outcome.SUCCEEDED, str(run.detail)[:200]):
        before.delete()


def _finish_in_any_case(run: JobRun) -> None:
    """The job has failed already; a database that is down must not hide why."""
    try:
        if not connection.in_atomic_block:  # only a test case wraps us, and this would end its transaction
            connection.close_if_unusable_or_obsolete()
        _finish(run, Outcome.FAILED)
    except DatabaseError as error:
        logger.warning("The failure of %s could not be recorded: %s.", run.name, type(error).__name__)
