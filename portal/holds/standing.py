"""Whether anything holds a row. Everything that deletes asks here, and deletes only what is free.

A hold on a person holds every row about them, under each record they were merged from or into. A hold on a row holds
that row, its parts, and what would take it along. What else must stay is said by the apps that know it
(:func:`also_held`): they name people.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Exists, Model, OuterRef, QuerySet
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.holds import kinship
from portal.holds.expressions import Key, MergedWith, among, column_of
from portal.holds.models import Hold, Kept
from portal.personal_data.registry import SELF, Holding
from portal.subjects import flows as people
from portal.subjects.models import Subject

Words: TypeAlias = str | Promise
Check: TypeAlias = Callable[[], QuerySet[Any, Any]]
_GATE: Final = 0x484F4C44
"""The number of the advisory lock: "HOLD"."""
_SOMETHING: Final = gettext_lazy("Something that still goes on needs it.")


@dataclass(frozen=True)
class _Also:
    check: Check
    words: Words


_also: list[_Also] = []


def also_held(check: Check, words: Words = _SOMETHING) -> Check:
    """Have ``check()`` say whom else nothing may be deleted of; a decorator, or called with the reason in ``words``.

    It returns a queryset of ids of Subjects, one column wide, that can be filtered further: no slice, no union. It is
    run by each question, so it must go by an index. Raises ValueError for a check that is registered already.
    """
    if any(one.check is check for one in _also):
        raise ValueError(f"{check.__module__}.{check.__qualname__} is registered twice.")
    _also.append(_Also(check, words))
    return check


def forget(check: Check) -> None:
    """Ask ``check`` no more; tests leave the list as they found it."""
    _also[:] = [one for one in _also if one.check is not check]


def freeze() -> None:
    """No hold is placed from here to the end of this transaction: call it before :func:`free` is asked what to delete.

    Those who delete do not wait for each other; whoever places a hold waits for them, and they for him. Raises
    :class:`django.db.transaction.TransactionManagementError` outside a transaction.
    """
    _lock("pg_advisory_xact_lock_shared")


def place_alone() -> None:
    """Nothing is deleted from here to the end of this transaction. Raises as :func:`freeze` does."""
    _lock("pg_advisory_xact_lock")


def free(holding: Holding, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of ``rows``, rows of this holding, that nothing holds: one statement, by indexes.

    Where a function finds a person's rows (no column leads from the row to them), the rows of the people held are
    looked up first.
    """
    for holds in _conditions(holding):
        rows = rows.filter(~holds)
    if callable(holding.subject) and rows.exists():
        rows = rows.exclude(pk__in=_found_by_function(holding.subject))
    return rows


def not_named(holding: Holding, rows: QuerySet[Any]) -> QuerySet[Any]:
    """Those of ``rows`` that no hold names itself, nor their whole kind; their people may be held all the same."""
    named = Kept.objects.standing().filter(holding=holding.label, row=Key(OuterRef("pk")))
    return rows.exclude(Exists(named)).exclude(Exists(Hold.objects.standing().on_whole({holding.label})))


def reasons(holding: Holding, row: Model, *, for_staff: bool = False) -> list[str]:
    """Why this row of the holding stays, a sentence for each reason; none where it is free.

    What a hold says about itself is for staff: somebody may have told their lawyer.
    """
    family = _family_of(holding, row)
    found = [_sentence(hold, for_staff=for_staff) for hold in _holds_on(holding, row, family)]
    also = [str(one.words) for one in _also if _names_one_of(one.check(), family)]
    return found + list(dict.fromkeys(also))  # two checks of one app may give one reason


def held_people() -> list[QuerySet[Any, Any]]:
    """Ids of the people held, as querysets: by a hold, and by what the apps say."""
    return [Hold.objects.standing().on_people().values("subject"), *(one.check() for one in _also)]


def _lock(function: str) -> None:
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("Holds are frozen within a transaction.")
    if connection.vendor == "postgresql":  # SQLite has one writer at a time
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {function}(%s)", [_GATE])  # one of two constants


def _conditions(holding: Holding) -> Iterator[Any]:
    """What holds a row, as conditions on rows of the holding."""
    above = kinship.wholes(holding.model)
    yield Exists(Hold.objects.standing().on_whole({holding.label, *above, *kinship.parts(holding.label)}))
    yield Exists(Kept.objects.standing().filter(holding=holding.label, row=Key(OuterRef("pk"))))
    for label, paths in above.items():
        named = Kept.objects.standing().named().filter(holding=label)
        for path in paths:
            yield Exists(named.filter(row=Key(OuterRef(path))))
    for path in _columns(holding):
        for held in held_people():
            yield among(held, OuterRef(path))
        yield MergedWith(path, held_people())


def _columns(holding: Holding) -> list[str]:
    return ["pk" if path == SELF else path for path in holding.paths]


def _found_by_function(find: Callable[[Subject], QuerySet[Any]]) -> set[Any]:
    """Primary keys of the rows that the function finds for anybody who is held."""
    found: set[Any] = set()
    everybody = {pk for held in held_people() for pk in held.values_list(column_of(held), flat=True) if pk is not None}
    for subject in Subject.objects.filter(pk__in=everybody).iterator(chunk_size=500):
        found.update(find(people.resolve(subject)).values_list("pk", flat=True))
    return found


def _family_of(holding: Holding, row: Model) -> set[UUID]:
    """Ids of all records of the people whom a row is about."""
    if callable(holding.subject):
        return set()
    columns = _columns(holding)
    values = holding.model._base_manager.filter(pk=row.pk).values_list(*columns).first() or ()
    named = Subject.objects.filter(pk__in={value for value in values if value is not None})
    return {pk for one in named for pk in people.resolve(one).family()}


def _holds_on(holding: Holding, row: Model, family: set[UUID]) -> list[Hold]:
    above = kinship.wholes(holding.model)
    standing = Hold.objects.standing()
    ids = set(standing.on_whole({holding.label, *above, *kinship.parts(holding.label)}).values_list("pk", flat=True))
    ids |= set(standing.on_person(family).values_list("pk", flat=True))
    ids |= _ids_on_row(holding.label, row.pk, named=False)
    for label, paths in above.items():
        for pk in holding.model._base_manager.filter(pk=row.pk).values_list(*paths).first() or ():
            ids |= _ids_on_row(label, pk, named=True)
    if callable(holding.subject):
        ids |= _ids_by_function(holding.subject, row)
    return list(standing.filter(pk__in=ids).order_by("pk"))


def _ids_on_row(label: str, pk: Any, *, named: bool) -> set[int]:
    kept = Kept.objects.standing().filter(holding=label, row=str(pk))
    return set((kept.named() if named else kept).values_list("hold", flat=True))


def _ids_by_function(find: Callable[[Subject], QuerySet[Any]], row: Model) -> set[int]:
    on_people = Hold.objects.standing().on_people().select_related("subject")
    return {
        hold.pk
        for hold in on_people
        if hold.subject is not None and find(people.resolve(hold.subject)).filter(pk=row.pk).exists()
    }


def _names_one_of(held: QuerySet[Any, Any], family: set[UUID]) -> bool:
    return bool(family) and held.filter(**{f"{column_of(held)}__in": family}).exists()


def _sentence(hold: Hold, *, for_staff: bool) -> str:
    since = date_format(localtime(hold.placed_at), "j F Y")
    if not for_staff:
        return _("A legal hold keeps it since %(since)s.") % {"since": since}
    facts = {"hold": hold, "since": since, "why": hold.reason, "owner": hold.owner_name}
    return _("%(hold)s keeps it since %(since)s: %(why)s %(owner)s answers for it.") % facts
