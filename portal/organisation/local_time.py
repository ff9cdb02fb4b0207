"""The organisation's own time: what its clock on the wall says, on every page, in every mail and at the desk."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from portal.organisation import versions


@contextmanager
def wall_clock() -> Iterator[None]:
    """Inside, Django writes moments in the organisation's time zone. Nothing is asked until one is written.

    Without an organisation, or a database to name it, the time zone this process knew last; UTC before any.
    """
    with timezone.override(_WallClock()):
        yield


def zone() -> ZoneInfo:
    """The time zone of the organisation in force. Raises :class:`~portal.organisation.versions.NoOrganisation`."""
    return ZoneInfo(versions.current().organisation.law.time_zone)


class _WallClock(tzinfo):
    """Becomes the organisation's time zone when first asked, so that a page without times costs no query."""

    _last: tzinfo = UTC

    def __init__(self) -> None:
        self._found: tzinfo | None = None

    @property
    def _zone(self) -> tzinfo:
        if self._found is None:
            try:
                _WallClock._last = ZoneInfo(versions.current().organisation.law.time_zone)
            except versions.NoOrganisation:
                _WallClock._last = UTC
            except (DatabaseError, InterfaceError):
                pass  # the page that says so has its times too
            self._found = _WallClock._last
        return self._found

    def __str__(self) -> str:
        return str(self._zone)

    def utcoffset(self, moment: datetime | None, /) -> timedelta | None:
        return self._zone.utcoffset(moment)

    def dst(self, moment: datetime | None, /) -> timedelta | None:
        return self._zone.dst(moment)

    def tzname(self, moment: datetime | None, /) -> str | None:
        return self._zone.tzname(moment)

    def fromutc(self, moment: datetime, /) -> datetime:
        return self._zone.fromutc(moment.replace(tzinfo=self._zone))
