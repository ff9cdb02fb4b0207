"""Browsers that chose something optional, and each of their choices. Who refuses is counted and nothing more.

A browser is not a person: people share browsers and use several. A browser may be linked to the person who signed in
with it, and is never merged into them.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.cookies.choice_cookie import quoted
from consent.cookies.managers import BrowserQuerySet, ChoiceQuerySet, RefusalsQuerySet
from consent.cookies.vocabulary import Means, Method
from portal.database import ClockTimestamp


class Browser(models.Model):
    """A browser in which something optional was chosen.

    ``reference`` is what its user can see and quote; without the secret, of which only the SHA-256 is here, nothing
    is read or written by it.
    """

    reference = models.CharField(_("reference"), primary_key=True, max_length=16)
    secret_hash = models.CharField(_("hash of the secret"), max_length=64)
    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, null=True, related_name="browsers", verbose_name=_("person")
    )
    linked_at = models.DateTimeField(_("linked at"), null=True)
    kept_apart_at = models.DateTimeField(
        _("kept apart since"), null=True, help_text=_("Somebody signed in and declined to link it.")
    )
    created_at = models.DateTimeField(_("first choice at"), db_default=ClockTimestamp())

    objects: ClassVar[BrowserQuerySet] = BrowserQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("browser")
        verbose_name_plural = _("browsers")

    def __str__(self) -> str:
        return quoted(self.reference)


class Choice(models.Model):
    """One save in one browser: what was allowed, under which register, and what was on the screen. Append-only.

    ``allowed`` and ``refused`` are codes of the optional categories that were offered. ``signal`` says whether the
    browser sent Global Privacy Control at that moment: a choice made under it is an explicit one and wins.
    """

    id = models.BigAutoField(primary_key=True)
    browser = models.ForeignKey(Browser, models.PROTECT, related_name="choices", verbose_name=_("browser"))
    key = models.CharField(_("key of the save"), max_length=22)
    site = models.SlugField(_("site"), max_length=64, db_index=False)
    organisation_version = models.ForeignKey(
        "organisation.OrganisationVersion", models.PROTECT, related_name="+", verbose_name=_("register version")
    )
    text = models.ForeignKey("consent_ledger.Text", models.PROTECT, related_name="+", verbose_name=_("wording"))
    allowed = models.JSONField(_("allowed"), default=list)
    refused = models.JSONField(_("refused"), default=list)
    method = models.CharField(_("how"), max_length=10, choices=Method)
    means = models.CharField(_("through"), max_length=6, choices=Means)
    signal = models.BooleanField(_("Global Privacy Control was on"), default=False)
    path = models.CharField(_("page"), max_length=200, blank=True, help_text=_("Without its query."))
    language = models.CharField(_("language"), max_length=16)
    recorded_at = models.DateTimeField(_("recorded at"), db_default=ClockTimestamp())

    objects: ClassVar[ChoiceQuerySet] = ChoiceQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("cookie choice")
        verbose_name_plural = _("cookie choices")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["browser", "key"], name="cookies_one_choice_a_save"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["recorded_at"], name="cookies_choice_by_time")]

    def __str__(self) -> str:
        return f"{quoted(self.browser_id)}: {self.get_method_display()}"


class Refusals(models.Model):
    """How many browsers refused everything on a site on a day (UTC). A count, which leads to nobody.

    ``slot`` spreads the writing over several rows, so that refusals at the same moment do not wait for each other.
    """

    site = models.SlugField(_("site"), max_length=64, db_index=False)
    day = models.DateField(_("day"))
    organisation_version = models.ForeignKey(
        "organisation.OrganisationVersion", models.PROTECT, related_name="+", verbose_name=_("register version")
    )
    method = models.CharField(_("how"), max_length=10, choices=Method, default=Method.REFUSED)
    slot = models.PositiveSmallIntegerField(_("slot"), default=0)
    count = models.PositiveIntegerField(_("count"), default=0)

    objects: ClassVar[RefusalsQuerySet] = RefusalsQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("refusals")
        verbose_name_plural = _("refusals")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["day", "site", "organisation_version", "method", "slot"], name="cookies_one_count_a_slot"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.site}: {self.count}"


class Removal(models.Model):
    """That a browser and its choices were taken out, on whose initiative. The only key to deleting them.

    A trigger refuses to delete a choice unless a row here names its browser; once it is done the name is cleared.
    """

    reference = models.CharField(_("reference"), max_length=16, blank=True)
    choices = models.PositiveIntegerField(_("choices removed"), default=0)
    reason = models.CharField(
        _("on whose initiative"),
        max_length=9,
        choices=[
            ("visitor", _("the visitor’s")),
            ("retention", _("retention")),
            ("erasure", _("erasure")),
        ],
    )
    removed_at = models.DateTimeField(_("removed at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("removal")
        verbose_name_plural = _("removals")

    def __str__(self) -> str:
        return f"{self.removed_at:%Y-%m-%d}: {self.choices}"
