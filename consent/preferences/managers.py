"""Querysets of the preferences, read aloud: ``Confirmation.objects.unused().expired(now)``."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.db import models

if TYPE_CHECKING:
    from consent.preferences.models import Confirmation  # noqa: F401  # named in the base class below


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    """Confirmations by what became of them."""

    def unused(self) -> Self:
        return self.filter(used_at__isnull=True)

    def expired(self, now: datetime) -> Self:
        """Those whose link had run out at ``now`` (aware, by the database's clock)."""
        return self.filter(expires_at__lte=now)
