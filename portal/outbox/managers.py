"""Which messages: the adjectives of the outbox."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from portal.database import ClockTimestamp, database_now, locked


class StatementTimestamp(ClockTimestamp):
    """The database's clock at this statement. Unlike ``clock_timestamp()`` an index can be searched with it."""

    function = "statement_timestamp"


class MessageQuerySet(QuerySet["Message"]):
    """Reads aloud: ``Message.objects.due().urgent()``."""

    def open(self) -> MessageQuerySet:
        """Not settled: waiting, or somewhere in a conversation."""
        return self.filter(state__in=("queued", "handing_over"))

    def due(self) -> MessageQuerySet:
        """To be taken up now, first come first: waiting and its time has come, or its permit ran out."""
        return self.open().filter(run_at__lte=StatementTimestamp()).order_by("run_at", "id")

    def urgent(self) -> MessageQuerySet:
        return self.filter(bulk=False)

    def bulk(self) -> MessageQuerySet:
        return self.filter(bulk=True)

    def failed(self) -> MessageQuerySet:
        return self.filter(state="failed")

    def permitted(self) -> MessageQuerySet:
        """With an open permit: a mail may be leaving at this moment."""
        return self.filter(state="handing_over", permit_until__gt=StatementTimestamp())

    def to_person(self, subject_id: UUID) -> MessageQuerySet:
        return self.filter(contact_point__subject_id=subject_id)

    def permitted_since(self, age: timedelta, permit: timedelta) -> MessageQuerySet:
        """Whose last permit, ``permit`` long, was given less than ``age`` ago."""
        return self.filter(permit_until__gt=database_now() + permit - age)

    def unclaimed(self) -> MessageQuerySet:
        """Locked for us, leaving out what another drainer holds."""
        return locked(self, skip_locked=True)

    def claimed(self) -> MessageQuerySet:
        """Message and Subject locked, in that order and without waiting: what somebody else holds is passed over.

        SQLite needs no row locks, its write transactions being exclusive.
        """
        whole = self.select_related("contact_point__subject")
        if not connection.features.has_select_for_update:
            return whole
        return whole.select_for_update(no_key=True, skip_locked=True, of=("self", "contact_point__subject"))
