"""Versions of the organisation file, and the topics they name. Only ``loadorganisation`` writes here."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.database import ClockTimestamp


class OrganisationVersion(models.Model):
    """One file as it was applied. Immutable; the highest number is in force.

    ``difference`` is a list of lines as ``loadorganisation`` showed them.
    """

    number = models.PositiveIntegerField(_("number"), unique=True)
    slug = models.SlugField(_("organisation"))
    digest = models.CharField(_("digest"), max_length=64, help_text=_("SHA-256 of the canonical content."))
    content = models.TextField(_("content"), help_text=_("JSON as text: jsonb would lose the order of tables."))
    loaded_at = models.DateTimeField(_("loaded at"), db_default=ClockTimestamp())
    difference = models.JSONField(_("difference to the version before"), default=list)

    class Meta:
        verbose_name = _("organisation version")
        verbose_name_plural = _("organisation versions")
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.slug}, version {self.number}"


class Topic(models.Model):
    """A topic as a row, so that others can point at it; retired when the file drops it, never deleted."""

    code = models.SlugField(_("code"), primary_key=True, max_length=64)
    title = models.CharField(_("title"), max_length=200)
    purpose = models.SlugField(_("purpose"), max_length=64)
    first_version = models.ForeignKey(
        OrganisationVersion, models.PROTECT, related_name="+", verbose_name=_("first version")
    )
    retired_in = models.ForeignKey(
        OrganisationVersion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("retired in version"),
    )

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.title
