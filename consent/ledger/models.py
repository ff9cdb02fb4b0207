"""The ledger's tables: events that nobody changes, the state they add up to, and the words that were shown."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from consent.ledger.managers import EventQuerySet, IdempotencyKeyQuerySet, StateQuerySet
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from portal.database import ClockTimestamp
from portal.subjects.models import Channel


class Text(models.Model):
    """A wording exactly as it was shown, once per language, named by its own SHA-256. Append-only."""

    digest = models.CharField(_("digest"), primary_key=True, max_length=64)
    language = models.CharField(_("language"), max_length=16)
    body = models.TextField(_("wording"))
    first_shown_at = models.DateTimeField(_("first shown at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")

    def __str__(self) -> str:
        return self.body[:80]


class Event(models.Model):
    """One decision. Append-only: triggers refuse everything but INSERT, and the lane of :class:`Pruning`.

    Events fold in order of ``id``, which is drawn while the Subject is locked; no clock orders anything.
    ``occurred_at`` is when the person acted, ``recorded_at`` when the database heard of it, both UTC.
    """

    id = models.BigAutoField(primary_key=True)
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="events", verbose_name=_("person"))
    kind = models.CharField(_("about"), max_length=9, choices=ObjectKind)
    code = models.CharField(_("code"), max_length=64, blank=True)
    channel = models.CharField(
        _("channel"), max_length=8, choices=Channel, blank=True, help_text=_("Empty: every one.")
    )
    decision = models.CharField(_("decision"), max_length=11, choices=Decision)
    basis = models.CharField(_("lawful basis"), max_length=32, blank=True)
    organisation_version = models.ForeignKey(
        "organisation.OrganisationVersion", models.PROTECT, related_name="+", verbose_name=_("organisation version")
    )
    notice = models.CharField(_("notice shown"), max_length=80, blank=True)
    text = models.ForeignKey(Text, models.PROTECT, null=True, related_name="+", verbose_name=_("wording"))
    method = models.CharField(_("how"), max_length=17, choices=Method)
    actor = models.CharField(_("who"), max_length=6, choices=Actor)
    proved = models.BooleanField(_("address shown to be theirs"), default=False)
    until = models.DateTimeField(_("until"), null=True)
    details = models.JSONField(_("details"), default=dict)
    occurred_at = models.DateTimeField(_("occurred at"), db_default=ClockTimestamp())
    recorded_at = models.DateTimeField(_("recorded at"), db_default=ClockTimestamp())
    circumstances_digest = models.CharField(_("digest of the circumstances"), max_length=64, blank=True)

    objects: ClassVar[EventQuerySet] = EventQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("events")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["subject", "id"], name="ledger_event_by_subject")]

    def __str__(self) -> str:
        return f"{self.id} {self.kind} {self.code} {self.channel} {self.decision}"


class State(models.Model):
    """What the events about one object and channel add up to: a projection that can be rebuilt from them.

    Each ``…_id`` is the id of the event that counts: the latest stop, the consent in force, the yes that still
    waits for its confirmation, and so on; 0 stands for none.
    """

    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="states", verbose_name=_("person"))
    kind = models.CharField(_("about"), max_length=9, choices=ObjectKind)
    code = models.CharField(_("code"), max_length=64, blank=True)
    channel = models.CharField(_("channel"), max_length=8, choices=Channel, blank=True)
    stopped_id = models.BigIntegerField(_("stopped by event"), default=0)
    stopped_on = models.DateTimeField(_("stopped on"), null=True)
    stopped_text = models.CharField(_("wording of the stop"), max_length=64, blank=True)
    stopped_decision = models.CharField(_("kind of stop"), max_length=11, blank=True)
    consent_id = models.BigIntegerField(_("consent by event"), default=0)
    consent_on = models.DateTimeField(_("consent since"), null=True)
    consent_own = models.BooleanField(_("given by the person"), default=False)
    consent_basis = models.CharField(_("basis of the consent"), max_length=32, blank=True)
    consent_text = models.CharField(_("wording of the consent"), max_length=64, blank=True)
    consent_version = models.BigIntegerField(_("organisation version of the consent"), default=0)
    pending_id = models.BigIntegerField(_("waiting event"), default=0)
    pending_on = models.DateTimeField(_("waiting since"), null=True)
    pending_own = models.BooleanField(_("waiting, given by the person"), default=False)
    pending_basis = models.CharField(_("basis of what waits"), max_length=32, blank=True)
    pending_text = models.CharField(_("wording of what waits"), max_length=64, blank=True)
    pending_version = models.BigIntegerField(_("organisation version of what waits"), default=0)
    established_id = models.BigIntegerField(_("basis recorded by event"), default=0)
    established_on = models.DateTimeField(_("basis recorded on"), null=True)
    established_basis = models.CharField(_("basis recorded"), max_length=32, blank=True)
    established_details = models.JSONField(_("conditions recorded"), null=True)
    established_version = models.BigIntegerField(_("organisation version of the basis recorded"), default=0)
    paused_id = models.BigIntegerField(_("paused by event"), default=0)
    paused_until = models.DateTimeField(_("paused until"), null=True)
    lapsed_id = models.BigIntegerField(_("lapsed by event"), default=0)
    lapsed_on = models.DateTimeField(_("lapsed on"), null=True)
    last_id = models.BigIntegerField(_("latest event"), default=0)
    last_on = models.DateTimeField(_("latest event on"), null=True)
    last_decision = models.CharField(_("latest decision"), max_length=11, choices=Decision)

    objects: ClassVar[StateQuerySet] = StateQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("state")
        verbose_name_plural = _("states")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "kind", "code", "channel"], name="ledger_one_state_a_cell"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.code} {self.channel}: {self.last_decision}"


class CircumstancesRecord(models.Model):
    """Where an act came from, coarsened. Deletable: its events keep only the digest, which proves nothing alone."""

    digest = models.CharField(_("digest"), primary_key=True, max_length=64)
    subject = models.ForeignKey("subjects.Subject", models.PROTECT, related_name="+", verbose_name=_("person"))
    nonce = models.CharField(_("nonce"), max_length=32)
    ip = models.CharField(_("IP network"), max_length=43, blank=True, help_text=_("/24 or /48, never one address."))
    user_agent = models.CharField(_("browser family"), max_length=32, blank=True)
    path = models.CharField(_("page"), max_length=200, blank=True)
    staff = models.CharField(_("staff user"), max_length=64, blank=True)
    created_at = models.DateTimeField(_("created at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("circumstances")
        verbose_name_plural = _("circumstances")

    def __str__(self) -> str:
        return self.digest[:12]


class Pruning(models.Model):
    """That everything about a person left the ledger, its time being over. The only key to deleting an event.

    A trigger refuses to delete one unless a row here names its person; once it is done the name is cleared.
    """

    person = models.UUIDField(_("person"), null=True, db_index=True)
    events = models.PositiveIntegerField(_("events"))
    pruned_at = models.DateTimeField(_("pruned at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("pruning")
        verbose_name_plural = _("prunings")

    def __str__(self) -> str:
        return f"{self.pruned_at:%Y-%m-%d}: {self.events}"


class IdempotencyKey(models.Model):
    """A key a caller sent with an act, so that sending it twice records it once. Short-lived."""

    subject = models.ForeignKey("subjects.Subject", models.CASCADE, related_name="+", verbose_name=_("person"))
    key = models.CharField(_("key"), max_length=100)
    request = models.CharField(_("digest of the request"), max_length=64)
    outcome = models.JSONField(_("outcome"))
    created_at = models.DateTimeField(_("created at"), db_default=ClockTimestamp())

    objects: ClassVar[IdempotencyKeyQuerySet] = IdempotencyKeyQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("idempotency key")
        verbose_name_plural = _("idempotency keys")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["subject", "key"], name="ledger_one_key_a_person"),
        ]

    def __str__(self) -> str:
        return f"{self.subject_id} {self.key[:8]}"
