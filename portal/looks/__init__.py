"""The door through which pages of the desk say whom they show: a row for each look, or no page.

The app that keeps the log registers a :data:`Writer` in ``AppConfig.ready()``. Where none is registered, and where the
writer fails, nobody looks: whoever calls :func:`at` does so before the page is made and lets the error pass.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db.models import Model, TextChoices
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.looks import people

FEW: Final = 10
"""People in a list up to whom each of them was looked at; of a longer list the log says how much it showed."""
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class What(TextChoices):
    """What somebody did."""

    OPENED = "opened", _("looked at")
    LISTED = "listed", _("saw in a list")
    SOUGHT = "sought", _("looked for")
    WORKED = "worked", _("worked on")
    SAVED = "saved", _("saved")


@dataclass(frozen=True, slots=True)
class Look:
    """``staff`` is the key of who looked (:mod:`portal.staff`), ``kind`` the label of a model, ``row`` a primary key.

    ``person`` is None where the row is about nobody who is known, or a list about too many; ``shown`` counts its rows.
    """

    staff: str
    what: What
    kind: str
    person: UUID | None
    row: str = ""
    shown: int = 1


Writer: TypeAlias = Callable[[Sequence[Look]], None]
_writers: Final[list[Writer]] = []


def register(writer: Writer) -> None:
    """Make it the one that keeps looks; the one registered last is asked."""
    _writers[:] = [writer]


def at(request: HttpRequest, row: Model, what: What | None = None) -> None:
    """Somebody looks at one row, or works on it where the request is posted. Raises what the writer raises."""
    at_rows(request, type(row), [row.pk], what)


def at_rows(request: HttpRequest, model: type[Model], keys: Iterable[Any], what: What | None = None) -> None:
    """The same for some rows of a model, each by its primary key. Of what is about nobody nothing is kept."""
    if not people.is_about_people(model):
        return
    done = what or (What.OPENED if request.method in READING else What.WORKED)
    write(
        Look(_who(request), done, model._meta.label, person, str(row))
        for row, persons in people.behind(model, keys).items()
        for person in _in_order(persons)
    )


def at_list(request: HttpRequest, model: type[Model], rows: Sequence[Model], *, few: int = FEW) -> None:
    """Somebody sees a list: of up to ``few`` people each is kept, of more only how many rows stood there."""
    if not rows or not people.is_about_people(model):
        return
    behind = people.behind(model, [row.pk for row in rows]) if few else {}
    persons: set[UUID] = set().union(*behind.values())
    named = _in_order(persons if len(persons) <= few else set())
    write(Look(_who(request), What.LISTED, model._meta.label, one, shown=len(rows)) for one in named)


def write(looks: Iterable[Look]) -> None:
    """Keep them, in one statement. Raises ImproperlyConfigured where nobody keeps any."""
    if not _writers:
        raise ImproperlyConfigured("Nobody keeps the log of looks, so nobody may look.")
    _writers[0](list(looks))


def _in_order(persons: set[UUID]) -> list[UUID | None]:
    """Each of them; of nobody there is one row too."""
    return [*sorted(persons, key=str)] or [None]


def _who(request: HttpRequest) -> str:
    return str(request.user.pk)
