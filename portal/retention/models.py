"""What retention did, and who allowed it: runs, what each did under which rule, approvals, records of what went.

None of it holds what was deleted: a deletion leaves the kind of row, its key, the rule, and the time.
"""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import ClassVar, Self

from django.db import models
from django.db.models import Q, Sum
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext_lazy as _

from portal.database import ClockTimestamp


class RunQuerySet(models.QuerySet["Run"]):
    def unfinished(self) -> Self:
        """At work, or paused: while there is one, no other begins."""
        return self.filter(open=True)

    def latest_first(self) -> Self:
        return self.order_by("-pk")


class Run(models.Model):
    """One pass over everything that has a rule, judged by one moment, ``as_of``.

    ``holder`` is a random name of the process that is at work on it, until ``lease_until``: each batch renews the lease
    in its own transaction, so that a process that lost it can change nothing. ``backend`` names its connection, where
    the database can tell whether that still stands (:mod:`portal.retention.backends`). ``begun_by`` is the number of a
    member of staff, empty for the clock.
    """

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")
        ASKING = "asking", _("waits for a yes")
        DONE = "done", _("done")
        FAILED = "failed", _("failed")
        ABORTED = "aborted", _("aborted")

    state = models.CharField(_("state"), max_length=8, choices=State, default=State.RUNNING)
    open = models.BooleanField(_("unfinished"), null=True, default=True, editable=False)
    as_of = models.DateTimeField(_("judged as of"))
    begun_by = models.CharField(_("begun by"), max_length=64, blank=True)
    organisation_version = models.ForeignKey(
        "organisation.OrganisationVersion", models.PROTECT, related_name="+", verbose_name=_("organisation version")
    )
    started_at = models.DateTimeField(_("started"), db_default=ClockTimestamp())
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    worked = models.DurationField(_("time at work"), default=timedelta)
    holder = models.CharField(_("at work"), max_length=32, blank=True, editable=False)
    backend = models.CharField(_("its connection"), max_length=64, blank=True, editable=False)
    lease_until = models.DateTimeField(_("at work until"), null=True, blank=True, editable=False)
    trouble = models.CharField(_("what went wrong"), max_length=200, blank=True)

    objects: ClassVar[RunQuerySet] = RunQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("retention run")
        verbose_name_plural = _("retention runs")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["open"], condition=Q(open=True), name="retention_one_run_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.as_of:%Y-%m-%d} {self.state}"


class Part(models.Model):
    """What one run does to one holding under one rule.

    ``due`` is how many rows were over their time when the part began, of ``total``. When it ends each of them is in
    ``removed`` or in one of the reasons it stayed: ``held`` (a hold, an open request), ``needed`` (something in use
    needs it), ``referred`` (a row that stays points at it). ``undated`` rows have no start, and are kept. ``counts``
    are all rows that went, with what belonged to them, by kind. ``cursor`` is the last key looked at. ``second`` parts
    are of rows that the rule reaches in another way (:mod:`portal.retention.also`).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("to do")
        DONE = "done", _("done")
        UNAPPROVED = "unapproved", _("rule not approved yet")
        ASKING = "asking", _("many rows: waits for a yes")
        REVIEW = "review", _("to be looked at by a person")

    run = models.ForeignKey(Run, models.CASCADE, related_name="parts", verbose_name=_("run"))
    position = models.PositiveSmallIntegerField(_("position"))
    rule = models.SlugField(_("rule"), max_length=64)
    rule_digest = models.CharField(_("version of the rule"), max_length=64)
    terms = models.JSONField(_("terms of the rule"), default=dict)
    owner = models.CharField(_("owner"), max_length=200, blank=True)
    holding = models.CharField(_("what is held"), max_length=100)
    second = models.BooleanField(_("in a second way"), default=False)
    action = models.CharField(_("action"), max_length=9)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    total = models.PositiveBigIntegerField(_("rows in all"), default=0)
    due = models.PositiveBigIntegerField(_("rows over their time"), default=0)
    removed = models.PositiveBigIntegerField(_("rows gone"), default=0)
    held = models.PositiveBigIntegerField(_("kept: on hold"), default=0)
    needed = models.PositiveBigIntegerField(_("kept: in use"), default=0)
    referred = models.PositiveBigIntegerField(_("kept: something that stays points at them"), default=0)
    undated = models.PositiveBigIntegerField(_("kept: no date to count from"), default=0)
    counts = models.JSONField(_("rows gone, by kind"), default=dict)
    earliest = models.DateTimeField(_("earliest start"), null=True, blank=True)
    latest = models.DateTimeField(_("latest start"), null=True, blank=True)
    cursor = models.CharField(_("reached"), max_length=200, blank=True, editable=False)
    worked = models.DurationField(_("time at work"), default=timedelta)
    allowed_by = models.CharField(_("allowed by"), max_length=64, blank=True)
    allowed_at = models.DateTimeField(_("allowed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("part of a run")
        verbose_name_plural = _("parts of runs")
        ordering: ClassVar = ["run", "position"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "position"], name="retention_one_part_a_turn"),
        ]

    def __str__(self) -> str:
        return f"{self.rule}: {self.holding}"


class Approval(models.Model):
    """Somebody looked at what a rule, in one version of its terms, would do, and let it.

    Only the latest of a rule counts, and only while the terms are the same: a rule that was changed, and one that was
    changed back, wait for a new one. ``preview`` is what was seen.
    """

    rule = models.SlugField(_("rule"), max_length=64)
    rule_digest = models.CharField(_("version of the rule"), max_length=64)
    terms = models.JSONField(_("terms of the rule"), default=dict)
    organisation_version = models.ForeignKey(
        "organisation.OrganisationVersion", models.PROTECT, related_name="+", verbose_name=_("organisation version")
    )
    preview = models.JSONField(_("what was seen"), default=list)
    approved_by = models.CharField(_("approved by"), max_length=64)
    approved_at = models.DateTimeField(_("approved at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["rule", "-id"], name="retention_latest_approval")]

    def __str__(self) -> str:
        return self.rule


class DeletionQuerySet(models.QuerySet["Deletion"]):
    def by_month(self) -> list[tuple[object, str, int]]:
        """(first day of the month, rule, rows with what belonged to them), oldest first."""
        months = self.annotate(month=TruncMonth("at")).values("month", "rule").annotate(rows=Sum("count"))
        return [(one["month"], one["rule"], one["rows"]) for one in months.order_by("month", "rule")]


class Deletion(models.Model):
    """That some rows went, all in one transaction: their kind and keys, and nothing that stood in them.

    ``key`` is the column the keys are of. ``run`` is empty where it was no run: ``why`` says. ``journalled`` is whether
    it is written down outside the database too (:mod:`portal.retention.journal`).
    """

    class Why(models.TextChoices):
        RULE = "rule", _("its time was over")
        REPLAY = "replay", _("again, after a backup was restored")
        DISCOVERY = "discovery", _("found to be under age")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    run = models.ForeignKey(
        Run, models.SET_NULL, null=True, blank=True, related_name="deletions", verbose_name=_("run")
    )
    why = models.CharField(_("why"), max_length=9, choices=Why, default=Why.RULE)
    rule = models.SlugField(_("rule"), max_length=64)
    rule_digest = models.CharField(_("version of the rule"), max_length=64, blank=True)
    holding = models.CharField(_("what was held"), max_length=100)
    action = models.CharField(_("action"), max_length=9)
    key = models.CharField(_("keys of"), max_length=64, default="pk")
    rows = models.JSONField(_("keys"), default=list)
    count = models.PositiveIntegerField(_("rows, with what belonged to them"))
    counts = models.JSONField(_("by kind"), default=dict)
    by = models.CharField(_("by"), max_length=64, blank=True)
    at = models.DateTimeField(_("when"), db_default=ClockTimestamp())
    journalled = models.BooleanField(_("in the journal"), default=False, editable=False)

    objects: ClassVar[DeletionQuerySet] = DeletionQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("deletion")
        verbose_name_plural = _("deletions")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="retention_deletion_by_time"),
            models.Index(fields=["at"], name="retention_not_journalled", condition=Q(journalled=False)),
        ]

    def __str__(self) -> str:
        return f"{self.holding}: {self.count}"
