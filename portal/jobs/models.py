"""What ran in the background, when, and how it ended. Nothing here is about people."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Case, Q, Value, When
from django.utils.translation import gettext_lazy as _

from portal.database import ClockTimestamp


class Outcome(models.TextChoices):
    """How a run ended, as far as the run itself could say."""

    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")


class Standing(models.TextChoices):
    """How a run ended, as seen from now: one that was killed cannot say so itself."""

    RUNNING = "running", _("running")
    SUCCEEDED = "succeeded", _("succeeded")
    FAILED = "failed", _("failed")
    UNFINISHED = "unfinished", _("did not finish")


def longest_run() -> timedelta:
    """After this Celery has killed a task, and one that is still "running" never finished."""
    return timedelta(seconds=settings.CELERY_TASK_TIME_LIMIT)


class JobRunQuerySet(models.QuerySet["JobRun"]):
    def of(self, name: str) -> Self:
        return self.filter(name=name)

    def latest_first(self) -> Self:
        return self.order_by("-pk")

    def succeeded(self) -> Self:
        return self.filter(outcome=Outcome.SUCCEEDED)

    def failed(self) -> Self:
        return self.filter(outcome=Outcome.FAILED)

    def unfinished(self) -> Self:
        """Runs that ended without a word: their process was killed."""
        return self.filter(_ended_without_a_word())

    def older_than(self, age: timedelta) -> Self:
        """Started longer ago than ``age``, by the database's clock."""
        return self.filter(started_at__lt=ClockTimestamp() - age)

    def with_standing(self) -> Self:
        """Each run with :attr:`JobRun.standing`, judged by the database's clock."""
        return self.annotate(
            standing=Case(
                When(_ended_without_a_word(), then=Value(Standing.UNFINISHED)),
                default="outcome",
                output_field=models.CharField(choices=Standing),
            )
        )


class JobRun(models.Model):
    """One run of a background job. ``detail`` counts what was done, or names the class of what went wrong."""

    name = models.CharField(_("job"), max_length=100)
    started_at = models.DateTimeField(_("started"), db_default=ClockTimestamp())
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, default=Outcome.RUNNING)
    detail = models.CharField(_("detail"), max_length=200, blank=True)

    uneventful = False  # set by a run that found nothing to do
    standing: str  # a Standing, on rows read by with_standing()

    objects: ClassVar[JobRunQuerySet] = JobRunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("job run")
        verbose_name_plural = _("job runs")
        indexes = [models.Index(fields=["name", "-id"], name="latest_run_of_a_job")]

    def __str__(self) -> str:
        return f"{self.name}, {self.outcome}"

    def standing_at(self, now: datetime) -> Standing:
        """How the run stands at ``now``, an aware reading of the database's clock."""
        if self.outcome == Outcome.RUNNING and self.started_at < now - longest_run():
            return Standing.UNFINISHED
        return Standing(self.outcome)


def _ended_without_a_word() -> Q:
    return Q(outcome=Outcome.RUNNING, started_at__lt=ClockTimestamp() - longest_run())
