"""Querysets of requests, to be read aloud: ``Request.objects.open().overdue(today)``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Final, Self
from uuid import UUID

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Coalesce, Least

from dsar.vocabulary import OPEN, VERIFIED, Matter, State

if TYPE_CHECKING:
    from dsar.models import Request, Task  # noqa: F401  # named in the base classes below


COMPROMISE_FIRST: Final = Case(When(matter=Matter.COMPROMISE.value, then=Value(0)), default=Value(1))
DUE: Final = Least(Coalesce("promised_due", "statutory_due"), Coalesce("statutory_due", "promised_due"))
"""The earlier of promise and law; the index ``request_by_urgency`` holds it."""
URGENCY: Final = (
    COMPROMISE_FIRST.asc(),
    F("due").asc(nulls_last=True),
    F("received_at").asc(),
    F("pk").asc(),
)
"""The order of :meth:`RequestQuerySet.most_urgent_first`, on rows with ``due``."""


class RequestQuerySet(models.QuerySet["Request"]):
    def open(self) -> Self:
        """An answer is still owed, or the code has not come yet."""
        return self.filter(state__in=OPEN)

    def verified(self) -> Self:
        """Open, and shown to come from who reads the address, or logged by staff: what staff work on."""
        return self.filter(state__in=VERIFIED)

    def unverified(self) -> Self:
        return self.filter(state=State.RECEIVED)

    def closed(self) -> Self:
        return self.exclude(state__in=OPEN)

    def unassigned(self) -> Self:
        return self.filter(assignee=None)

    def about(self, family: Iterable[UUID]) -> Self:
        """Of one person, by the ids of :meth:`portal.subjects.models.Subject.family`."""
        return self.filter(subject__in=list(family))

    def referred_to(self, quoted: str) -> Self:
        """With this reference, in whatever case, and with or without its dashes."""
        signs = "".join(sign for sign in quoted.upper() if sign.isalnum())[-8:]
        return self.filter(reference=f"R-{signs[:4]}-{signs[4:]}")

    def touching(self, family: Iterable[UUID]) -> Self:
        """About one person, or made from an address of theirs; by the ids of their family."""
        ids = list(family)
        # Two looks into an index; with OR between them PostgreSQL reads every request.
        about = self.model.objects.filter(subject__in=ids).values("pk")
        made_by = self.model.objects.filter(contact_point__subject__in=ids).values("pk")
        return self.filter(pk__in=about.union(made_by))

    def with_due(self) -> Self:
        """Each with ``due``, the earlier of promise and law; None while no date runs."""
        return self.annotate(due=DUE)

    def with_date(self) -> Self:
        """Each with ``due``, as :meth:`with_due`, where there is one."""
        return self.with_due().filter(due__isnull=False)

    def overdue(self, today: date) -> Self:
        """Verified and past the promise or the law on the local day ``today``."""
        return self.verified().filter(Q(promised_due__lt=today) | Q(statutory_due__lt=today))

    def most_urgent_first(self) -> Self:
        """Reports of a compromise; then by due date, those without one last; then oldest first."""
        return self.with_due().order_by(*URGENCY)


class TaskQuerySet(models.QuerySet["Task"]):
    def open(self) -> Self:
        """Neither answered nor set aside."""
        return self.filter(done_at=None)
