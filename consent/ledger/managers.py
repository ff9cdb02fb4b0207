"""Querysets of the ledger, read aloud: ``Event.objects.about(subject).newest_first()``."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn

from django.db import models
from django.utils.translation import gettext as _

from portal.database import ClockTimestamp

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from consent.ledger.models import Event, IdempotencyKey, State  # noqa: F401  # named in the base classes below

KEY_LIFETIME = timedelta(hours=24)


class AppendOnlyError(Exception):
    """Somebody tried to change or delete what only ever grows."""


class EventQuerySet(models.QuerySet["Event"]):
    """Events. The triggers refuse every change; saying so here is only kinder."""

    def about(self, subjects: Iterable[UUID]) -> EventQuerySet:
        """The events of these subjects."""
        return self.filter(subject__among=subjects)

    def sealed_with(self, digests: Iterable[str]) -> EventQuerySet:
        """Those made under these circumstances."""
        return self.filter(circumstances_digest__in=list(digests))

    def oldest_first(self) -> EventQuerySet:
        """In the order in which they fold."""
        return self.order_by("id")

    def newest_first(self) -> EventQuerySet:
        """In the order in which people read them."""
        return self.order_by("-id")

    def update(self, **_values: Any) -> NoReturn:
        raise AppendOnlyError(_("The ledger only grows: an event is never changed."))

    def delete(self) -> NoReturn:
        raise AppendOnlyError(_("The ledger only grows: an event is never deleted."))


class StateQuerySet(models.QuerySet["State"]):
    """Projected states."""

    def of(self, subjects: Iterable[UUID]) -> StateQuerySet:
        """The states of these subjects."""
        return self.filter(subject__among=subjects)


class IdempotencyKeyQuerySet(models.QuerySet["IdempotencyKey"]):
    """Keys of acts already recorded."""

    def live(self) -> IdempotencyKeyQuerySet:
        """Those younger than a day by the database's clock."""
        return self.filter(created_at__gt=ClockTimestamp() - KEY_LIFETIME)

    def expired(self) -> IdempotencyKeyQuerySet:
        """Those that nothing asks for any more."""
        return self.exclude(created_at__gt=ClockTimestamp() - KEY_LIFETIME)
