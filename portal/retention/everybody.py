"""A whole table at once, where the start is the person's: each person is judged once, and not once for each row.

:mod:`portal.retention.starts` dates one row by looks into every source, which is right for the few rows of a batch. To
count millions, each source is read once instead, and what it tells is added up by person. The two say the same: the
sources, the families and the moments are the same, and the tests ask both. What is deleted is decided there, row by
row and under lock; here it is counted and shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from django.db import connection
from django.db.models import Case, Count, DateTimeField, F, IntegerField, Max, QuerySet, Value, When, Window
from django.db.models.expressions import RawSQL
from django.db.models.functions import Cast

from portal.organisation.schema import RetentionAction
from portal.personal_data.registry import SELF
from portal.retention import starts
from portal.retention.removable import Work
from portal.subjects.models import Subject

Sql: TypeAlias = tuple[str, list[Any]]
_STANDS: Final = 1000
"""The bar of somebody for whom the start has not come."""
_TOLD: Final = ("told_person", "told_held", "told_moment", "told_bar")
_NO_MOMENT: Final = Cast(Value(None), DateTimeField())
_MOMENT: Final = Value(None, output_field=DateTimeField())
_FACTS: Final = -1


@dataclass(frozen=True)
class Facts:
    """``due`` are the rows over their time, from ``earliest`` to ``latest``; ``undated`` ones have no start."""

    due: int
    undated: int
    earliest: datetime | None
    latest: datetime | None


@dataclass(frozen=True)
class Seen:
    """Facts of a work, how many rows each of several querysets has, and the first primary keys of the last."""

    facts: Facts
    numbers: list[int]
    first: list[Any]


def can_judge(work: Work) -> bool:
    """Whether the rows of a work are dated by one person each, whose start is all that decides.

    Not where a row is about several people, where what was done to a row must be looked at as well, or where contracts
    give a period to a start they know nothing of.
    """
    holding, rule = work.holding, work.rule
    if work.also is not None or not starts.belongs_to_person(holding, rule) or len(holding.paths) != 1:
        return False
    if work.action == RetentionAction.ANONYMISE and holding.anonymise:
        return False
    return not rule.own or any(source.contract for source in starts.sources_of(rule.start))


def due(work: Work, turn: int = 0) -> QuerySet[Any]:
    """The rows over their time at the moment of this number, to be handed to :func:`look`, which alone can run it."""
    over = RawSQL("SELECT id FROM over_time WHERE bar <= %s", [turn])
    return work.holding.model._base_manager.filter(**{f"{_path(work)}__in": over})


def look(work: Work, as_of: Sequence[datetime], several: Sequence[QuerySet[Any]] = (), first: int = 0) -> Seen:
    """The facts at the earliest of the moments ``as_of``, which are in order; how many rows each of ``several`` has,
    made from :func:`due`; and the ``first`` keys of the last, in the order of their turns. All in one statement."""
    places = {id(rows): place for place, rows in enumerate(several)}  # what is asked twice is counted once
    sql, params = _over_time(work, as_of)
    last = len(several) - 1 if first else None
    parts = [(_FIGURES, []), *(_number(n, several[n]) for n in places.values() if n != last)]
    parts += [_first(last, work, several[last], first)] if last is not None else []
    with connection.cursor() as cursor:
        told = " UNION ALL ".join(part for part, _values in parts)
        cursor.execute(f"{sql} {told}", [*params, *(value for _part, values in parts for value in values)])
        found = cursor.fetchall()
    numbers = {place: int(figure) for place, figure, *_more in found}
    to_python = work.holding.model._meta.pk.to_python
    return Seen(
        next(_facts(*figures) for place, *figures in found if place == _FACTS),
        [numbers.get(places[id(rows)], 0) for rows in several],
        [to_python(key) for place, _number, _none, key, *_more in found if place == last],
    )


def _facts(due: int, undated: int, _key: str, earliest: Any, latest: Any) -> Facts:
    return Facts(int(due), int(undated), _moment(earliest), _moment(latest))


_OVER: Final = "CASE WHEN starts_at IS NOT NULL AND bar = 0 THEN"
_FIGURES: Final = (
    f"SELECT {_FACTS}, COALESCE(SUM({_OVER} held END), 0), "  # noqa: S608  # our own words
    f"COALESCE(SUM(CASE WHEN starts_at IS NULL OR bar = {_STANDS} THEN held END), 0), '', "
    f"MIN({_OVER} starts_at END), MAX({_OVER} starts_at END) FROM judged WHERE held > 0"
)


def _number(place: int, rows: QuerySet[Any]) -> Sql:
    sql, params = _sql(rows.order_by().values("pk"))
    return f"SELECT {place}, COUNT(*), 0, '', NULL, NULL FROM ({sql}) AS counted", params  # noqa: S608  # the ORM's own SQL


def _first(place: int, work: Work, rows: QuerySet[Any], first: int) -> Sql:
    """The first keys, and with each how many rows there are at all; nothing where there are none."""
    told = rows.annotate(number=Window(Count("*")), its_key=F("pk")).order_by(work.key, "pk")
    sql, params = _sql(told.values("number", "its_key")[:first])
    return f"SELECT {place}, number, 0, CAST(its_key AS text), NULL, NULL FROM ({sql}) AS first", params  # noqa: S608


def _over_time(work: Work, as_of: Sequence[datetime]) -> Sql:
    """Ids of everybody whose rows are over their time, under each of their records, with their bar.

    Read off the table of people, of which the database knows how many there are: of what was added up it does not.
    """
    sql, params = _judged(work, as_of)
    sql += (
        ", over_time (id, bar) AS MATERIALIZED (SELECT person.id, judged.bar "  # noqa: S608  # our own words
        f"FROM {_people()} AS person JOIN judged ON judged.head = COALESCE(person.head_id, person.id) "
        f"WHERE judged.starts_at IS NOT NULL AND judged.bar < {len(as_of)})"
    )
    return sql, params


def _judged(work: Work, as_of: Sequence[datetime]) -> Sql:
    """For the record that speaks for each person: how many rows are held of them, from when these are kept, and the
    bar: the number of the first of the moments ``as_of`` at which they are over their time."""
    branches = [_sql(rows) for rows in (*_told(work, as_of), _held(work))]
    told = " UNION ALL ".join(sql for sql, _params in branches)
    sql = (
        f"WITH told (person, held, moment, bar) AS ({told}), judged (head, held, starts_at, bar) AS MATERIALIZED ("  # noqa: S608
        "SELECT COALESCE(merged.head_id, told.person), SUM(told.held), MAX(told.moment), MAX(told.bar) FROM told "
        f"LEFT JOIN {_people()} AS merged ON merged.id = told.person AND merged.head_id IS NOT NULL GROUP BY 1)"
    )
    return sql, [value for _sql, params in branches for value in params]


def _held(work: Work) -> QuerySet[Any]:
    """Of how many rows each person is the one they are about."""
    rows = work.holding.model._base_manager.order_by().annotate(told_person=F(_path(work))).values("told_person")
    number = Cast(Count("pk"), IntegerField())  # sums of small numbers are quick
    held: QuerySet[Any] = rows.annotate(told_held=number, told_moment=_NO_MOMENT, told_bar=Value(0)).values(*_TOLD)
    return held


def _told(work: Work, as_of: Sequence[datetime]) -> Iterator[QuerySet[Any]]:
    """What each source tells of each person, and who is not to be judged yet."""
    rule = work.rule
    for source in starts.sources_of(rule.start):
        for period, rows, moment in starts.told_by(rule, source):
            over = [When(told_moment__lt=rule.cutoff(one, period), then=Value(n)) for n, one in enumerate(as_of)]
            bar = Case(*over, default=Value(len(as_of)), output_field=IntegerField())
            known = _of_people(rows, source.person).annotate(told_moment=Max(moment)).filter(told_moment__isnull=False)
            yield known.annotate(told_held=Value(0), told_bar=bar).values(*_TOLD)
    for one in starts.unless_of(rule.start):
        stands = _of_people(one.rows(rule).order_by(), one.person).annotate(told_bar=Max(Value(_STANDS)))
        yield stands.annotate(told_held=Value(0), told_moment=_NO_MOMENT).values(*_TOLD)


def _of_people(rows: QuerySet[Any], person: str) -> QuerySet[Any]:
    """The rows by person, to be added up for each."""
    known: QuerySet[Any] = rows.filter(**{f"{person}__isnull": False}).annotate(told_person=F(person))
    return known.values("told_person")


def _path(work: Work) -> str:
    (path,) = work.holding.paths
    return "pk" if path == SELF else path


def _people() -> str:
    return connection.ops.quote_name(Subject._meta.db_table)


def _sql(rows: QuerySet[Any]) -> Sql:
    """The ORM's own words, also where it knows beforehand that there are no rows."""
    sql, params = rows.query.get_compiler(connection=connection, elide_empty=False).as_sql()
    return sql, list(params)


def _moment(value: Any) -> datetime | None:
    """A moment as this database gives it back."""
    for convert in connection.ops.get_db_converters(_MOMENT):
        value = convert(value, _MOMENT, connection)
    known: datetime | None = value
    return known
