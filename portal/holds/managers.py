"""Querysets of holds, to be read aloud: ``Hold.objects.standing().on_people()``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING, Self
from uuid import UUID

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from portal.holds.models import Hold, Kept  # noqa: F401  # named in the base classes below


class HoldQuerySet(models.QuerySet["Hold"]):
    def standing(self) -> Self:
        """Not lifted yet. A day that has passed lifts nothing by itself."""
        return self.filter(lifted_at=None)

    def lifted(self) -> Self:
        return self.filter(lifted_at__isnull=False)

    def on_people(self) -> Self:
        return self.filter(subject__isnull=False)

    def on_person(self, family: Iterable[UUID]) -> Self:
        """On one person, by the ids of all their records."""
        return self.filter(subject__in=list(family))

    def on_whole(self, labels: Iterable[str]) -> Self:
        """On all rows of one of these holdings."""
        return self.filter(holding__in=sorted(labels), row="")

    def standing_first(self) -> Self:
        """Then by the day of the next look; what was lifted last stands before what was lifted long ago."""
        return self.order_by(F("lifted_at").desc(nulls_first=True), "review_on", "pk")

    def ended(self, today: date) -> Self:
        """Standing, though the last day they were placed for is over."""
        return self.standing().filter(ends_on__lt=today)

    def coming_up(self, until: date) -> Self:
        """Standing, with a review or an end due on or before ``until``."""
        return self.standing().filter(Q(review_on__lte=until) | Q(ends_on__lte=until))


class KeptQuerySet(models.QuerySet["Kept"]):
    def standing(self) -> Self:
        return self.filter(hold__lifted_at=None)

    def named(self) -> Self:
        """Named by the hold itself, not kept because a part of them is."""
        return self.filter(named=True)
