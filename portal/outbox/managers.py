"""Which messages: the adjectives of the outbox."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from django.db import connection, models
from django.db.models import OuterRef

from portal.database import ClockTimestamp, Compiled, locked
from portal.subjects.models import ContactPoint, Provenance, Subject

if TYPE_CHECKING:
    from portal.outbox.models import Message

M = TypeVar("M", bound=models.Model)


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
        """With the person, ``now``, the database's clock, and where the address was first had from."""
        seen = Provenance.objects.filter(contact_point=OuterRef("contact_point")).order_by("seen_at", "pk")
        return self.select_related("contact_point__subject").annotate(
            now=ClockTimestamp(), source=seen.values("source")[:1], source_seen_at=seen.values("seen_at")[:1]
        )


class NextDue:
    """Claims the first message of a queryset: message, address and Subject are locked, in that order, without waiting.

    What somebody else holds is passed over, and so is a message whose address a merge has just moved: PostgreSQL joins
    anew what it finds changed when it locks. The SQL is Django's, compiled once: it is asked for every mail. SQLite
    needs no row locks, its write transactions being exclusive.
    """

    def __init__(self, messages: MessageQuerySet) -> None:
        self._messages = messages.for_sending()
        self._first = Compiled(self._build)

    def claim(self) -> Message | None:
        """A message as :meth:`MessageQuerySet.for_sending` gives it, locked until the caller's transaction ends."""
        return next(map(self._read, self._first.rows()), None)

    def _build(self) -> models.QuerySet[Any, Any]:
        columns = [*_names(self._messages.model)]
        columns += [f"contact_point__{name}" for name in _names(ContactPoint)]
        columns += [f"contact_point__subject__{name}" for name in _names(Subject)]
        first = self._messages.values_list(*columns, "now", "source", "source_seen_at")[:1]
        if connection.features.has_select_for_update:
            return first.select_for_update(no_key=True, skip_locked=True)
        return first

    def _read(self, row: Sequence[Any]) -> Message:
        values = iter(row)
        message = _made(self._messages.model, values)
        message.contact_point = _made(ContactPoint, values)
        message.contact_point.subject = _made(Subject, values)
        message.now, message.source, message.source_seen_at = values
        return message


class Change:
    """An UPDATE of some columns where others have certain values, for what is done with every mail.

    As ``filter(…).update(…)``, without having the ORM compile it each time.
    """

    def __init__(self, *columns: str, where: Sequence[str]) -> None:
        self._columns, self._where = columns, where

    def __call__(self, model: type[models.Model], *values: Any) -> int:
        """``values`` of the columns, then of the conditions; returns how many rows there were."""
        of = {field.name: field for field in model._meta.concrete_fields}
        fields = [of[name] for name in (*self._columns, *self._where)]
        said = [f"{connection.ops.quote_name(str(field.column))} = %s" for field in fields]
        table, count = connection.ops.quote_name(model._meta.db_table), len(self._columns)
        sql = f"UPDATE {table} SET {', '.join(said[:count])} WHERE {' AND '.join(said[count:])}"  # noqa: S608  # names of columns; values are parameters
        with connection.cursor() as cursor:
            prepared = (field.get_db_prep_save(value, connection) for field, value in zip(fields, values, strict=True))
            cursor.execute(sql, list(prepared))
            return int(cursor.rowcount)


def _names(model: type[models.Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


def _made(model: type[M], values: Iterator[Any]) -> M:
    """One object from the next of ``values``."""
    names = _names(model)
    return model.from_db(connection.alias, names, [next(values) for _ in names])
