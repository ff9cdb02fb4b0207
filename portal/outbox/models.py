"""Mails as rows: what is to be sent, to whom, and what became of it. Never a body, never a secret."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from portal.database import ClockTimestamp
from portal.outbox.kinds import Category
from portal.outbox.managers import MessageQuerySet


class State(models.TextChoices):
    """Where a message stands. ``handing_over``: a permit was given, and SMTP may be under way."""

    QUEUED = "queued", _("waiting")
    HANDING_OVER = "handing_over", _("being sent")
    SENT = "sent", _("sent")
    WITHHELD = "withheld", _("withheld")
    FAILED = "failed", _("failed")


_OPEN = Q(state__in=(State.QUEUED, State.HANDING_OVER))


class Message(models.Model):
    """One mail to one address, written in the transaction that caused it.

    ``run_at`` is when it is next looked at: while it waits, when it may go; while it is handed over, when its
    permit has run out. ``permit_until`` also names the permit: an outcome is stored only if it still stands.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.SlugField(_("kind"), max_length=64, db_index=False)
    category = models.CharField(_("category"), max_length=16, choices=[(c.value, c.value) for c in Category])
    bulk = models.BooleanField(_("goes after urgent mails"), default=False)
    contact_point = models.ForeignKey(
        "subjects.ContactPoint", models.CASCADE, related_name="messages", verbose_name=_("contact point")
    )
    topic = models.SlugField(_("topic"), max_length=64, blank=True, db_index=False)
    language = models.CharField(_("language"), max_length=16, default="en-gb")
    params = models.JSONField(_("what it is about"), default=dict, blank=True, help_text=_("Ids; no text, no secrets."))
    state = models.CharField(_("state"), max_length=12, choices=State, default=State.QUEUED)
    run_at = models.DateTimeField(_("next look at"), db_default=ClockTimestamp())
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    permit_until = models.DateTimeField(_("permit until"), null=True, blank=True)
    message_id = models.CharField(_("Message-ID"), max_length=255, unique=True)
    domain = models.CharField(_("domain"), max_length=255)
    verdict = models.JSONField(_("verdict of the gate"), null=True, blank=True)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=500, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=ClockTimestamp())

    # Read along by ``for_sending()``: the database's clock, and where the address was first had from.
    now: datetime | None = None
    source: str | None = None
    source_seen_at: datetime | None = None

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("mail")
        verbose_name_plural = _("mails")
        indexes = [
            models.Index(fields=["bulk", "run_at", "id"], name="outbox_due", condition=_OPEN),
            models.Index(fields=["domain", "run_at"], name="outbox_waiting", condition=_OPEN),
            models.Index(fields=["permit_until", "domain"], name="outbox_pace"),
            models.Index(fields=["state", "created_at"], name="outbox_state"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Relay(models.Model):
    """The one mail server, as far as it is in trouble: a single row that all drainers heed and staff can read."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    paused_until = models.DateTimeField(_("left alone until"), null=True, blank=True)
    failures = models.PositiveIntegerField(_("failures in a row"), default=0)
    trouble = models.CharField(_("what is wrong"), max_length=500, blank=True)
    since = models.DateTimeField(_("since"), null=True, blank=True)

    class Meta:
        verbose_name = _("mail server")
        verbose_name_plural = _("trouble with the mail server")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_relay")]

    def __str__(self) -> str:
        return self.trouble or str(_("no trouble"))
