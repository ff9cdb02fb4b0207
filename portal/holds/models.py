"""What must not be deleted though its time is up, why, for whom, and until when somebody looks again."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import staff
from portal.database import ClockTimestamp
from portal.holds.managers import HoldQuerySet, KeptQuerySet

_PERSON = Q(subject__isnull=False, holding="", row="")
_ROWS = Q(subject=None) & ~Q(holding="")


class Hold(models.Model):
    """One hold: on a person, on one row of a holding, or on all its rows.

    ``holding`` is the label of a declaration, ``row`` a primary key as ``str()`` writes it, empty for all rows.
    Staff are kept by their key (:mod:`portal.staff`). It stands until ``lifted_at``: ``ends_on`` is the last day it
    was placed for, and lifts it only where ``lifts_itself`` says so.
    """

    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, null=True, blank=True, related_name="holds", verbose_name=_("person")
    )
    holding = models.CharField(_("holding"), max_length=100, blank=True)
    row = models.CharField(_("row"), max_length=64, blank=True)
    reason = models.TextField(_("why"), max_length=2000)
    owner = models.CharField(_("who answers for it"), max_length=staff.KEY_LENGTH)
    placed_at = models.DateTimeField(_("placed at"), db_default=ClockTimestamp())
    review_on = models.DateField(_("looked at again on"))
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    lifts_itself = models.BooleanField(_("ends by itself after its last day"), default=False)
    lifted_at = models.DateTimeField(_("lifted at"), null=True, blank=True)

    objects: ClassVar[HoldQuerySet] = HoldQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.CheckConstraint(condition=_PERSON | _ROWS, name="a_hold_is_on_a_person_or_on_rows"),
            models.CheckConstraint(
                condition=Q(lifts_itself=False) | Q(ends_on__isnull=False), name="what_lifts_itself_has_an_end"
            ),
        ]
        indexes = [
            models.Index(fields=["holding", "row"], name="holds_on_rows", condition=Q(lifted_at=None)),
        ]

    def __str__(self) -> str:
        return gettext("Hold %(number)d") % {"number": self.pk}

    @property
    def owner_name(self) -> str:
        """Who answers for it, by name."""
        return staff.name(self.owner)


class Kept(models.Model):
    """A row that a hold on rows keeps: the one it names, and each that would take that one along when deleted."""

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="kept", verbose_name=_("hold"))
    holding = models.CharField(_("holding"), max_length=100)
    row = models.CharField(_("row"), max_length=64)
    named = models.BooleanField(_("named by the hold"))

    objects: ClassVar[KeptQuerySet] = KeptQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("kept row")
        verbose_name_plural = _("kept rows")
        constraints = [models.UniqueConstraint(fields=["holding", "row", "hold"], name="kept_once_by_a_hold")]

    def __str__(self) -> str:
        return f"{self.holding} {self.row}"


class Change(models.Model):
    """What was done with a hold, by whom, and in which words."""

    class What(models.TextChoices):
        PLACED = "placed", _("placed")
        EXTENDED = "extended", _("looked at again")
        LIFTED = "lifted", _("lifted")

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="changes", verbose_name=_("hold"))
    what = models.CharField(_("what"), max_length=8, choices=What)
    by = models.CharField(_("by"), max_length=staff.KEY_LENGTH, blank=True)
    words = models.TextField(_("why"), max_length=2000)
    review_on = models.DateField(_("looked at again on"), null=True, blank=True)
    ends_on = models.DateField(_("last day"), null=True, blank=True)
    at = models.DateTimeField(_("when"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("change of a hold")
        verbose_name_plural = _("changes of holds")
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.what}"

    @property
    def by_name(self) -> str:
        """Who did it, by name."""
        return staff.name(self.by) or gettext("the portal, by itself")


class Reminder(models.Model):
    """That the owner and the officers were reminded of a day of a hold: once for each threshold of that day."""

    class Of(models.TextChoices):
        REVIEW = "review", _("to be looked at again")
        END = "end", _("its last day")

    hold = models.ForeignKey(Hold, models.CASCADE, related_name="reminders", verbose_name=_("hold"))
    of = models.CharField(_("of"), max_length=6, choices=Of)
    day = models.DateField(_("day"))
    threshold = models.SmallIntegerField(_("days left"), help_text=_("7 or 0; below that the weeks since."))
    sent_at = models.DateTimeField(_("sent at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("reminder of a hold")
        verbose_name_plural = _("reminders of holds")
        constraints = [
            models.UniqueConstraint(fields=["hold", "of", "day", "threshold"], name="reminded_once_of_a_hold"),
        ]

    def __str__(self) -> str:
        return f"{self.hold_id} {self.of} {self.threshold}"
