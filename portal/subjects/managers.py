"""Querysets of the people an organisation knows, to be read aloud: ``ContactPoint.objects.current().on(EMAIL)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.db.models.expressions import Combinable

if TYPE_CHECKING:
    from portal.subjects.models import ContactPoint, Ending, Merge, Subject  # noqa: F401  # named in the base classes below


class SubjectQuerySet(models.QuerySet["Subject"]):
    def living(self) -> Self:
        """Neither erased nor absorbed by another record."""
        return self.filter(erased_at=None, merged_into=None)

    def absorbed(self) -> Self:
        return self.filter(merged_into__isnull=False)

    def erased(self) -> Self:
        return self.filter(erased_at__isnull=False)

    def of_family(self, head: Combinable) -> Self:
        """The record that speaks for a family, given by an expression, and every record merged into it."""
        return self.filter(Q(pk=head) | Q(head=head))

    def restricted(self) -> Self:
        """Whose data may only be stored (Art. 18 UK GDPR)."""
        return self.filter(restricted_at__isnull=False)


class ContactPointQuerySet(models.QuerySet["ContactPoint"]):
    def current(self) -> Self:
        """Still the person's; what was given up is kept for the record only."""
        return self.filter(retired_at=None)

    def retired(self) -> Self:
        return self.filter(retired_at__isnull=False)

    def proved(self) -> Self:
        return self.filter(proved_at__isnull=False)

    def on(self, channel: str) -> Self:
        return self.filter(channel=channel)

    def at(self, channel: str, identity: str) -> Self:
        """Points with this identity, as :func:`portal.subjects.identity.normalise` gives it."""
        return self.filter(channel=channel, identity=identity)


class EndingQuerySet(models.QuerySet["Ending"]):
    def running(self) -> Self:
        """Those that have not ended."""
        return self.filter(day=None)

    def ended(self) -> Self:
        return self.filter(day__isnull=False)


class MergeQuerySet(models.QuerySet["Merge"]):
    def in_force(self) -> Self:
        return self.filter(undone_at=None)

    def undone(self) -> Self:
        return self.filter(undone_at__isnull=False)
