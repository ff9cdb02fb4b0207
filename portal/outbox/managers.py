"""Which messages: the adjectives of the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Self, cast
from uuid import UUID

from django.db import connection, models

from portal.database import ClockTimestamp, database_now, locked

if TYPE_CHECKING:
    from portal.outbox.models import Message  # noqa: F401  # named in the base class below


class StatementTimestamp(ClockTimestamp):
    """The database's clock at this statement. Unlike ``clock_timestamp()`` an index can be searched with it."""

    function = "statement_timestamp"


class MessageQuerySet(models.QuerySet["Message"]):
    """Reads aloud: ``Message.objects.due().urgent()``."""

    def open(self) -> Self:
        """Not settled: waiting, or somewhere in a conversation."""
        return self.filter(state__in=("queued", "handing_over"))

    def due(self) -> Self:
        """To be taken up now, first come first: waiting and its time has come, or its permit ran out."""
        return self.open().filter(run_at__lte=StatementTimestamp()).order_by("run_at", "id")

    def urgent(self) -> Self:
        return self.filter(bulk=False)

    def bulk(self) -> Self:
        return self.filter(bulk=True)

    def failed(self) -> Self:
        return self.filter(state="failed")

    def permitted(self) -> Self:
        """With an open permit: a mail may be leaving at this moment."""
        return self.filter(state="handing_over", permit_until__gt=StatementTimestamp())

    def to_person(self, subject_id: UUID) -> Self:
        return self.filter(contact_point__subject_id=subject_id)

    def permitted_since(self, age: timedelta, permit: timedelta) -> Self:
        """Whose last permit, ``permit`` long, was given less than ``age`` ago."""
        return self.filter(permit_until__gt=database_now() + permit - age)

    def unclaimed(self) -> Self:
        """Locked for us, leaving out what another drainer holds."""
        return cast("Self", locked(self, skip_locked=True))

    def claimed(self) -> Self:
        """Message and Subject locked, in that order and without waiting: what somebody else holds is passed over.

        SQLite needs no row locks, its write transactions being exclusive.
        """
        whole = self.select_related("contact_point__subject")
        if not connection.features.has_select_for_update:
            return whole
        return whole.select_for_update(no_key=True, skip_locked=True, of=("self", "contact_point__subject"))
