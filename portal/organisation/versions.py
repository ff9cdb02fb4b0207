"""Which organisation file is in force: one cheap query, its content parsed once in each process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache

from django.db import connection

from portal.database import Compiled
from portal.organisation.models import OrganisationVersion
from portal.organisation.schema import Organisation

# Every page, mail and recorded choice asks this; the ORM takes ten times as long to say it as the database to answer.
_NEWEST = "SELECT id, number, digest FROM organisation_organisationversion ORDER BY number DESC LIMIT 1"
_NUMBERED = Compiled(lambda: OrganisationVersion.objects.filter(number=0).values_list("id", "number", "digest"))


class NoOrganisation(Exception):
    """No organisation file was ever loaded: run ``manage.py loadorganisation``."""

    def __init__(self) -> None:
        super().__init__("No organisation file is loaded. Run: manage.py loadorganisation SLUG_OR_PATH")


@dataclass(frozen=True, eq=False)
class Current:
    """One version: its row's id, its number, and what it says. A process has one object for each version."""

    id: int
    number: int
    organisation: Organisation


class _Held:
    """What one request has found in force, and every version it asked for, by id."""

    def __init__(self) -> None:
        self.current: Current | None = None
        self.known: dict[int, Current] = {}


_held: ContextVar[_Held | None] = ContextVar("organisation version held", default=None)


@contextmanager
def held() -> Iterator[None]:
    """Inside, the version in force is asked for once: a page says one thing from its first word to its last.

    For a web request, or a flow, which is over in a moment; inside another it is that one's. A worker asks anew for
    every mail.
    """
    if _held.get() is not None:
        yield
        return
    token = _held.set(_Held())
    try:
        yield
    finally:
        _held.reset(token)


def current() -> Current:
    """The version in force. Raises NoOrganisation where none was loaded."""
    holder = _held.get()
    if holder is None:
        return _newest()
    if holder.current is None:
        holder.current = _newest()
    return holder.current


def get(version_id: int) -> Current:
    """The version with this id, in force or not. Raises OrganisationVersion.DoesNotExist."""
    holder = _held.get()
    if holder is None:
        return _by_id(version_id)
    if holder.current is not None and holder.current.id == version_id:
        return holder.current
    if version_id not in holder.known:
        holder.known[version_id] = _by_id(version_id)
    return holder.known[version_id]


def numbered(number: int) -> Current:
    """The version with this number, in force or not. Raises OrganisationVersion.DoesNotExist."""
    holder = _held.get()
    if holder is not None and holder.current is not None and holder.current.number == number:
        return holder.current
    version = next(_NUMBERED.rows(number), None)
    if version is None:
        raise OrganisationVersion.DoesNotExist
    return _version(*version)


def _by_id(version_id: int) -> Current:
    version = OrganisationVersion.objects.values_list("id", "number", "digest").get(pk=version_id)
    return _version(*version)


def _newest() -> Current:
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST)
        newest = cursor.fetchone()
    if newest is None:
        raise NoOrganisation
    return _version(*newest)


@lru_cache(maxsize=32)
def _version(version_id: int, number: int, digest: str) -> Current:
    """An immutable version. The digest is part of the key: a rolled back id may be given twice."""
    content = OrganisationVersion.objects.values_list("content", flat=True).get(pk=version_id, digest=digest)
    return Current(version_id, number, Organisation.model_validate_json(content))
