"""What waits for a confirmation, and the mailings staff write. Decisions themselves are the ledger's."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.preferences.managers import ConfirmationQuerySet
from portal.database import ClockTimestamp


class Confirmation(models.Model):
    """Somebody typed an address and chose topics; this waits for the reader of that address to say so.

    The row holds no secret: the link's token is derived from ``nonce`` when the mail is sent, and only its
    hash is here. ``organisation_version`` names the words that were on the form. ``choices`` are the topics, each
    with the ledger's event of the unconfirmed yes: what a later stop reached stays stopped.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    contact_point = models.ForeignKey(
        "subjects.ContactPoint", models.CASCADE, related_name="confirmations", verbose_name=_("contact point")
    )
    choices = models.JSONField(_("choices"), help_text=_("Topics, each with the ledger's event that asked for it."))
    organisation_version = models.ForeignKey(
        "organisation.OrganisationVersion", models.PROTECT, related_name="+", verbose_name=_("organisation version")
    )
    language = models.CharField(_("language"), max_length=16, default="en-gb")
    newcomer = models.BooleanField(_("nobody was known at this address"), default=False)
    nonce = models.CharField(_("nonce"), max_length=64)
    token_hash = models.CharField(_("hash of the link"), max_length=64, unique=True)
    created_at = models.DateTimeField(_("asked at"), db_default=ClockTimestamp())
    expires_at = models.DateTimeField(_("expires at"))
    used_at = models.DateTimeField(_("confirmed at"), null=True, blank=True)

    objects: ClassVar[models.Manager[Confirmation]] = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        indexes: ClassVar = [models.Index(fields=["used_at", "expires_at"], name="confirmation_unused")]

    def __str__(self) -> str:
        return str(self.id)


def one_line(value: str) -> None:
    """Refuse line breaks and other control characters: the value becomes a mail header (RFC 5322, 2.2)."""
    if any(ord(character) < 32 or ord(character) == 127 for character in value):
        raise ValidationError(_("Write it on one line."), code="one_line")


class Mailing(models.Model):
    """One mail to everybody whom a topic may reach at the moment it is sent.

    ``reached`` is how far the audience has been walked, by id of the contact point: a send that was cut off goes
    on where it stopped.
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("draft")
        SENDING = "sending", _("being sent")
        SENT = "sent", _("handed to the outbox")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    topic = models.ForeignKey("organisation.Topic", models.PROTECT, related_name="+", verbose_name=_("topic"))
    subject_line = models.CharField(_("subject line"), max_length=150, validators=[one_line])
    body = models.TextField(_("text"), help_text=_("Plain text. An empty line begins a new paragraph."))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT, editable=False)
    reached = models.UUIDField(_("reached"), null=True, editable=False)
    queued = models.PositiveIntegerField(_("mails made"), default=0, editable=False)
    left_out = models.JSONField(
        _("left out, by rule"), default=dict, editable=False, help_text=_("How many people, for each rule.")
    )
    created_at = models.DateTimeField(_("written at"), db_default=ClockTimestamp())
    started_at = models.DateTimeField(_("started at"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished at"), null=True, editable=False)

    class Meta:
        verbose_name = _("mailing")
        verbose_name_plural = _("mailings")
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return self.subject_line
