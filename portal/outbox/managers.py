"""Which messages: the adjectives of the outbox."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, cast
from uuid import UUID

from django.db import connection, models

from portal.database import ClockTimestamp, locked

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
        return self.filter(permit_until__gt=StatementTimestamp() + (permit - age))

    def unclaimed(self) -> Self:
        """Locked for us, leaving out what another drainer holds."""
        return cast("Self", locked(self, skip_locked=True))

    def for_sending(self) -> Self:
        """With the person, and with ``now``, the database's clock."""
        return self.select_related("contact_point__subject").annotate(now=ClockTimestamp())


class NextDue:
    """Claims the first message of a queryset: message and Subject are locked, in that order and without waiting.

    What somebody else holds is passed over. The SQL is Django's, compiled once: it is asked for every mail. SQLite
    needs no row locks, its write transactions being exclusive.
    """

    def __init__(self, messages: MessageQuerySet) -> None:
        self._messages = messages
        self._compiled: tuple[str, tuple[Any, ...]] | None = None

    def claim(self) -> tuple[UUID, UUID] | None:
        """The ids of message and Subject, locked until the caller's transaction ends; None where none is free."""
        if self._compiled is None:
            self._compiled = self._compile()
        with connection.cursor() as cursor:
            cursor.execute(*self._compiled)
            row = cursor.fetchone()
        return None if row is None else (UUID(str(row[0])), UUID(str(row[1])))

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        # A column of Subject joins its table, so that its row is locked too.
        first = self._messages.values_list("pk", "contact_point__subject_id", "contact_point__subject__language")[:1]
        if connection.features.has_select_for_update:
            first = first.select_for_update(no_key=True, skip_locked=True)
        return first.query.sql_with_params()
