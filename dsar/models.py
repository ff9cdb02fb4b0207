"""Requests of data subjects, what happened to them, and what was said and sent."""

from __future__ import annotations

import secrets
import uuid
from datetime import date
from typing import ClassVar, Final

from django.conf import settings
from django.db import models
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from dsar.managers import COMPROMISE_FIRST, DUE, RequestQuerySet, TaskQuerySet
from dsar.vocabulary import VERIFIED, Arrival, Behalf, Happening, Matter, Outcome, Party, State
from portal.database import ClockTimestamp

# As in RFC 8628, section 6.1, with digits that are no letters: easy to read out, no word comes of it.
_ALPHABET: Final = "BCDFGHJKLMNPQRSTVWXZ2345679"


def new_reference() -> str:
    """What a person quotes: ``R-7KMX-9QWD``, 37 random bits. It is a name, and opens nothing.

    One of its signs at least is a digit, so that nobody takes it for a code, which has none.
    """
    while not any(map(str.isdigit, drawn := "".join(secrets.choice(_ALPHABET) for _place in range(8)))):
        pass
    return f"R-{drawn[:4]}-{drawn[4:]}"


class Request(models.Model):
    """One request. ``subject`` is the person it is about, empty until that is known; ``contact_point`` is who we
    write to, the person or who asks for them.

    ``promised_due`` and ``statutory_due`` are copies of what the clock says (:mod:`dsar.flows.deadlines`), in local
    dates, for sorting. ``details`` are the answers to the questions of its matter, by code (:mod:`dsar.matters`).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(_("reference"), max_length=16, unique=True, default=new_reference, editable=False)
    matter = models.CharField(_("matter"), max_length=20, choices=Matter)
    state = models.CharField(_("state"), max_length=24, choices=State, default=State.RECEIVED)
    outcome = models.CharField(_("outcome"), max_length=12, choices=Outcome, blank=True)
    subject = models.ForeignKey(
        "subjects.Subject", models.PROTECT, null=True, blank=True, related_name="requests", verbose_name=_("person")
    )
    contact_point = models.ForeignKey(
        "subjects.ContactPoint", models.PROTECT, null=True, blank=True, related_name="requests",
        verbose_name=_("written to at"),
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=200, blank=True)
    postal_address = models.TextField(_("postal address"), max_length=500, blank=True)
    behalf = models.CharField(_("asks"), max_length=6, choices=Behalf, default=Behalf.SELF)
    on_behalf_of = models.CharField(_("on behalf of"), max_length=200, blank=True)
    role = models.SlugField(_("role"), max_length=64, blank=True, help_text=_("A role of the organisation file."))
    details = models.JSONField(_("details"), default=dict, blank=True)
    language = models.CharField(_("language"), max_length=16, default="en-gb")
    organisation_version = models.ForeignKey(
        "organisation.OrganisationVersion", models.PROTECT, related_name="+", verbose_name=_("organisation version")
    )
    arrival = models.CharField(_("arrived"), max_length=10, choices=Arrival, default=Arrival.PORTAL)
    received_at = models.DateTimeField(
        _("received at"),
        db_default=ClockTimestamp(),
        help_text=_("The true moment of receipt; noon where only the day is known."),
    )
    logged_at = models.DateTimeField(_("logged at"), db_default=ClockTimestamp(), editable=False)
    promised_due = models.DateField(_("promised by"), null=True, blank=True)
    statutory_due = models.DateField(_("due by law"), null=True, blank=True)
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("assigned to"),
    )
    duplicate_of = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="duplicates", verbose_name=_("joined to")
    )
    complains_about = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="complaints", verbose_name=_("complains about")
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed at"), null=True, blank=True)

    due: date | None  # the earlier of the two, on rows read by with_due()

    objects: ClassVar[RequestQuerySet] = RequestQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        indexes = [
            models.Index(fields=["state", "promised_due"], name="request_by_promise"),
            models.Index(fields=["state", "statutory_due"], name="request_by_law"),
            # As the desk lists them: its first page is read from here, however many are open.
            models.Index(
                COMPROMISE_FIRST.asc(), DUE.asc(), "received_at", "id",
                name="request_by_urgency", condition=models.Q(state__in=sorted(one.value for one in VERIFIED)),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.reference

    @cached_property
    def files_kept(self) -> int:
        """How many files it has, looked up once for all forms of a page; what is kept in the end is counted anew."""
        return self.attachments.count()


class Event(models.Model):
    """Something that happened to a request: immutable, and the source of all its dates.

    ``at`` is when it happened, ``recorded_at`` when that was written down: a letter arrives before it is logged.
    ``shown`` is whether the person sees it. ``facts`` are codes, dates and ids; ``words`` what was said with it.
    """

    id = models.BigAutoField(primary_key=True)
    request = models.ForeignKey(Request, models.CASCADE, related_name="events", verbose_name=_("request"))
    kind = models.CharField(_("what"), max_length=24, choices=Happening)
    party = models.CharField(_("by"), max_length=8, choices=Party)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("by whom")
    )
    at = models.DateTimeField(_("when"), db_default=ClockTimestamp())
    recorded_at = models.DateTimeField(_("recorded at"), db_default=ClockTimestamp())
    shown = models.BooleanField(_("shown to the person"), default=True)
    facts = models.JSONField(_("facts"), default=dict, blank=True)
    words = models.TextField(_("words"), blank=True)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("timeline")
        ordering: ClassVar = ["pk"]
        indexes = [
            models.Index(fields=["request"], name="more_time_taken", condition=models.Q(kind=Happening.EXTENDED.value)),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.kind}"


class Attachment(models.Model):
    """A file of a request, kept encrypted under a random name. ``event`` is what it came with."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    request = models.ForeignKey(Request, models.CASCADE, related_name="attachments", verbose_name=_("request"))
    event = models.ForeignKey(Event, models.CASCADE, related_name="attachments", verbose_name=_("came with"))
    party = models.CharField(_("from"), max_length=8, choices=Party)
    shown = models.BooleanField(_("shown to the person"), default=True)
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("kind"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    stored_as = models.CharField(_("stored as"), max_length=64, editable=False)
    created_at = models.DateTimeField(_("added at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("file")
        verbose_name_plural = _("files")
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return self.name


class Challenge(models.Model):
    """A code mailed to a typed address. The row holds a nonce, and never the code."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="challenges", verbose_name=_("request"))
    nonce = models.CharField(_("nonce"), max_length=64)
    guesses = models.PositiveSmallIntegerField(_("guesses"), default=0)
    created_at = models.DateTimeField(_("sent at"), db_default=ClockTimestamp())
    used_at = models.DateTimeField(_("used at"), null=True, blank=True)

    class Meta:
        verbose_name = _("code")
        verbose_name_plural = _("codes")

    def __str__(self) -> str:
        return f"{self.request_id} {self.pk}"


class IdentityCheck(models.Model):
    """A doubt about who asks, recorded before anything is asked for (Article 12(6)), and what came of it.

    When it ends the documents go; method, dates, verifier and outcome stay.
    """

    class Method(models.TextChoices):
        QUESTION = "question", _("a question only they can answer")
        DOCUMENT = "document", _("a document, uploaded here")
        POST = "post", _("papers by post")
        IN_PERSON = "in_person", _("in person")

    class Result(models.TextChoices):
        SHOWN = "shown", _("it is them")
        NOT_SHOWN = "not_shown", _("not shown")

    class About(models.TextChoices):
        IDENTITY = "identity", _("identity")
        AUTHORITY = "authority", _("authority to act")

    request = models.ForeignKey(Request, models.CASCADE, related_name="identity_checks", verbose_name=_("request"))
    about = models.CharField(_("about"), max_length=9, choices=About, default=About.IDENTITY)
    doubt = models.TextField(_("why we doubt"), max_length=2000)
    method = models.CharField(_("how it is to be shown"), max_length=10, choices=Method)
    documents = models.JSONField(_("documents asked for"), default=list, blank=True)
    certified = models.BooleanField(_("certified copies"), default=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name=_("opened by")
    )
    opened_at = models.DateTimeField(_("opened at"), db_default=ClockTimestamp())
    received = models.TextField(_("what arrived"), max_length=2000, blank=True)
    received_at = models.DateTimeField(_("arrived at"), null=True, blank=True)
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("verified by")
    )
    result = models.CharField(_("result"), max_length=9, choices=Result, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    class Meta:
        verbose_name = _("identity check")
        verbose_name_plural = _("identity checks")
        constraints = [
            models.UniqueConstraint(
                fields=["request"], condition=models.Q(settled_at=None), name="one_open_identity_check"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.about}"


class IdentityDocument(models.Model):
    """A proof of identity, encrypted under a key of its own until the check ends, and never exported."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    check_of = models.ForeignKey(IdentityCheck, models.CASCADE, related_name="files", verbose_name=_("identity check"))
    name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("kind"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    stored_as = models.CharField(_("stored as"), max_length=64, editable=False)
    created_at = models.DateTimeField(_("added at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("identity document")
        verbose_name_plural = _("identity documents")

    def __str__(self) -> str:
        return str(self.id)


class Task(models.Model):
    """Something another system, or a recipient, has to do for a request; staff write down what came of it."""

    class Kind(models.TextChoices):
        SYSTEM = "system", _("search or act")
        RECIPIENT = "recipient", _("tell a recipient")

    request = models.ForeignKey(Request, models.CASCADE, related_name="tasks", verbose_name=_("request"))
    kind = models.CharField(_("kind"), max_length=9, choices=Kind, default=Kind.SYSTEM)
    code = models.SlugField(_("system or recipient"), max_length=64)
    title = models.CharField(_("title"), max_length=200)
    owner = models.CharField(_("owner"), max_length=200, blank=True)
    due = models.DateField(_("due"))
    answer = models.TextField(_("answer"), max_length=20_000, blank=True)
    skipped = models.BooleanField(_("left open on purpose"), default=False)
    done_at = models.DateTimeField(_("done at"), null=True, blank=True)
    done_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("done by")
    )
    created_at = models.DateTimeField(_("made at"), db_default=ClockTimestamp())

    objects: ClassVar[TaskQuerySet] = TaskQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        indexes = [
            models.Index(fields=["due", "id"], name="open_tasks_by_day", condition=models.Q(done_at=None)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["request", "kind", "code"], name="one_task_a_system"),
        ]

    def __str__(self) -> str:
        return self.title


class Reminder(models.Model):
    """That staff were reminded of a request, or the owner of a system of its ``task``: once for each threshold of a due
    date, and once a day when overdue."""

    request = models.ForeignKey(Request, models.CASCADE, related_name="reminders", verbose_name=_("request"))
    task = models.ForeignKey(Task, models.CASCADE, null=True, blank=True, related_name="+", verbose_name=_("task"))
    due = models.DateField(_("due"))
    threshold = models.SmallIntegerField(_("days left"), help_text=_("7, 3 or 1; below 1 the days since."))
    created_at = models.DateTimeField(_("sent at"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(
                fields=["request", "due", "threshold"], condition=models.Q(task=None), name="reminded_once"
            ),
            models.UniqueConstraint(
                fields=["task", "due", "threshold"], condition=~models.Q(task=None), name="owner_reminded_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_id} {self.threshold}"
