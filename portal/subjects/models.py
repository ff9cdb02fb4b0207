"""Who a record is about: subjects, the addresses they are reached at, merges, and suppression."""

from __future__ import annotations

import uuid
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from portal.database import ClockTimestamp
from portal.subjects.managers import ContactPointQuerySet, EndingQuerySet, MergeQuerySet, SubjectQuerySet


class Channel(models.TextChoices):
    """A way to reach a person. The value is what the organisation file and the ledger say."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("Text")
    PHONE = "phone", _("Phone")
    POST = "post", _("Post")


class Subject(models.Model):
    """A person, as a random number and nothing else. What is known about them hangs on it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    created_at = models.DateTimeField(_("created at"), db_default=ClockTimestamp())
    language = models.CharField(_("language"), max_length=16, choices=settings.LANGUAGES, default="en-gb")
    merged_into = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="absorbed", verbose_name=_("merged into")
    )
    head = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("record that speaks for it"),
        help_text=_("The end of the line of merges, kept with them; empty where it speaks for itself."),
    )
    erased_at = models.DateTimeField(_("erased at"), null=True, blank=True)
    restricted_at = models.DateTimeField(
        _("restricted at"), null=True, blank=True, help_text=_("Since when processing is restricted (Article 18 GDPR).")
    )
    under_age = models.BooleanField(_("under the organisation's age"), default=False)
    last_act_at = models.DateTimeField(
        _("last contact"), null=True, blank=True, editable=False,
        help_text=_("The latest that was known from rows which are gone. What is still there says so itself."),
    )  # fmt: skip

    objects: ClassVar[SubjectQuerySet] = SubjectQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.CheckConstraint(condition=~Q(merged_into=F("id")), name="nobody_is_merged_into_themselves"),
        ]

    def __str__(self) -> str:
        return str(self.id)

    def family(self) -> list[uuid.UUID]:
        """Ids of this record and of every record merged into it, directly or not: together, one person."""
        known = [self.pk]
        latest = [self.pk]
        while latest:
            absorbed = Subject.objects.filter(merged_into__in=latest).exclude(pk__in=known)
            latest = list(absorbed.values_list("pk", flat=True))
            known += latest
        return known


class Ending(models.Model):
    """Something that a person has or had with the organisation, and the day on which it ended.

    The portal runs no shop and no payroll: staff write down what the periods of the organisation file run from. While
    one of a kind is running, nothing that is kept until its end is due.
    """

    class What(models.TextChoices):
        SERVICE = "service", _("service or project")
        CONTRACT = "contract", _("contract")

    subject = models.ForeignKey(Subject, models.CASCADE, related_name="endings", verbose_name=_("person"))
    what = models.CharField(_("what"), max_length=8, choices=What)
    contract = models.SlugField(
        _("contract"), max_length=64, blank=True, help_text=_("A contract of the organisation file, if it is one.")
    )
    day = models.DateField(_("ended on"), null=True, blank=True, help_text=_("Leave it empty while it is running."))

    objects: ClassVar[EndingQuerySet] = EndingQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("service or contract")
        verbose_name_plural = _("services and contracts")

    def __str__(self) -> str:
        return f"{self.get_what_display()} {self.contract}".strip()


class AddressKind(models.TextChoices):
    """Whether an address belongs to a private person or to a role in a business."""

    PERSONAL = "personal", _("personal")
    BUSINESS = "business", _("business")
    UNKNOWN = "unknown", _("unknown")


class SubscriberKind(models.TextChoices):
    """PECR reg. 2: who pays for the line. Sole traders, most partnerships and unknowns count as individuals."""

    INDIVIDUAL = "individual", _("individual")
    CORPORATE = "corporate", _("corporate")
    UNKNOWN = "unknown", _("unknown")


class ContactPoint(models.Model):
    """One address of one person on one channel. ``identity`` compares, ``address`` is written to.

    An address that the person gave up is retired: it stays for the record, nothing is sent to it, and whoever is
    reached there next is a new person until they are shown to be the same.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="contact_points", verbose_name=_("person"))
    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    address = models.CharField(_("address"), max_length=500)
    identity = models.CharField(_("identity"), max_length=500)
    address_kind = models.CharField(
        _("kind of address"), max_length=8, choices=AddressKind, default=AddressKind.UNKNOWN
    )
    subscriber_kind = models.CharField(
        _("kind of subscriber"), max_length=10, choices=SubscriberKind, default=SubscriberKind.UNKNOWN
    )
    proved_at = models.DateTimeField(
        _("proved at"), null=True, blank=True, help_text=_("When the person last showed that they read this address.")
    )
    retired_at = models.DateTimeField(
        _("given up at"), null=True, blank=True, help_text=_("Since when this is no longer the person's address.")
    )
    created_at = models.DateTimeField(_("created at"), db_default=ClockTimestamp())

    objects: ClassVar[ContactPointQuerySet] = ContactPointQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("contact point")
        verbose_name_plural = _("contact points")
        constraints = [
            models.UniqueConstraint(
                fields=["channel", "identity"], condition=Q(retired_at=None), name="one_contact_point_an_identity"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.id}"


class Provenance(models.Model):
    """Where an address came from: one row for each context it was seen in (a form, a forum, an import)."""

    contact_point = models.ForeignKey(
        ContactPoint, models.CASCADE, related_name="provenances", verbose_name=_("contact point")
    )
    context = models.SlugField(_("context"), max_length=64, help_text=_("A context of the organisation file."))
    source = models.SlugField(_("source"), max_length=64, help_text=_("A source of the organisation file."))
    detail = models.CharField(_("detail"), max_length=200, blank=True)
    typed = models.BooleanField(
        _("typed by anybody"),
        default=False,
        help_text=_("Only ever typed into a form that everybody can fill in: it may be a stranger’s address."),
    )
    seen_at = models.DateTimeField(_("seen at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("provenance")
        verbose_name_plural = _("provenances")
        constraints = [
            models.UniqueConstraint(fields=["contact_point", "context", "source"], name="one_provenance_a_context"),
        ]

    def __str__(self) -> str:
        return f"{self.context} ({self.source})"


class Merge(models.Model):
    """Two records found to be one person. ``moved`` and ``carried`` say what changed hands, for an undo."""

    survivor = models.ForeignKey(Subject, models.PROTECT, related_name="merges", verbose_name=_("kept"))
    absorbed = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name=_("absorbed"))
    moved = models.JSONField(_("moved"), default=list, help_text=_("Ids of the contact points that moved."))
    carried = models.JSONField(
        _("carried over"),
        default=list,
        help_text=_("Protective marks that the kept record took from the absorbed one."),
    )
    merged_at = models.DateTimeField(_("merged at"), db_default=ClockTimestamp())
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)

    objects: ClassVar[MergeQuerySet] = MergeQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("merge")
        verbose_name_plural = _("merges")
        constraints = [
            models.CheckConstraint(condition=~Q(survivor=F("absorbed")), name="a_merge_joins_two_people"),
            models.UniqueConstraint(fields=["absorbed"], condition=Q(undone_at=None), name="absorbed_once_at_a_time"),
        ]

    def __str__(self) -> str:
        return f"{self.absorbed_id} into {self.survivor_id}"


_WHY_STOPPED: Final = {
    "opt-out": _("You said stop"),
    "company": _("Your company said stop"),
    "retention": _("You had said stop, and your details were deleted when their time was over"),
    "erasure": _("Your details were deleted as you asked"),
    "under-age": _("You are too young for our marketing"),
}


class Suppression(models.Model):
    """An address nobody may market to, kept as an HMAC so that it can be obeyed and not read.

    ``scope`` is ``marketing`` or ``topic:<code>``. ``position`` is the ledger's id at which the stop was made:
    a later confirmed act of the person outranks it, an earlier one does not.
    """

    channel = models.CharField(_("channel"), max_length=8, choices=Channel)
    digest = models.CharField(_("digest"), max_length=64)
    key_id = models.CharField(_("key"), max_length=32)
    scope = models.CharField(_("scope"), max_length=80)
    position = models.BigIntegerField(_("position"))
    reason = models.SlugField(_("reason"), max_length=32, help_text=_("opt-out, erasure or retention"))
    created_at = models.DateTimeField(_("created at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("suppression")
        verbose_name_plural = _("suppressions")
        constraints = [
            models.UniqueConstraint(fields=["channel", "digest", "scope"], name="one_suppression_a_scope"),
        ]

    def __str__(self) -> str:
        return f"{self.channel} {self.scope} {self.digest[:8]}"

    def get_reason_display(self) -> str:
        """Why, as the person reads it; the code of a reason that nothing gives any more."""
        return str(_WHY_STOPPED.get(self.reason, self.reason))
