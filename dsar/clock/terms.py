"""By what a deadline is counted: the organisation's promise, and the law it is under."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from dsar.clock.happenings import About
from portal.organisation.schema import Organisation, Period, RightName, Statute
from portal.organisation.working_days import Calendar

LONGEST_PROMISE: Final = Period(10, "year")
_SOME_DAY: Final = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Terms:
    """The promise, the statute, the calendar of working days, the IANA time zone whose dates count, and the right.

    Raises ValueError for a promise of no time or over ten years and for an unknown time zone, and
    :class:`~portal.organisation.working_days.UnknownCalendar` for an unknown calendar.
    """

    promise: Period
    statute: Statute = Statute.UK
    calendar: str = "GB-ENG"
    time_zone: str = "Europe/London"
    right: RightName = RightName.ACCESS

    def __post_init__(self) -> None:
        if not 0 < self.promise.amount <= 100_000 or self.promise.after(_SOME_DAY) > LONGEST_PROMISE.after(_SOME_DAY):
            raise ValueError(f"{self.promise.as_written()} is no promise: it takes some time, and at most ten years.")
        try:
            ZoneInfo(self.time_zone)
        except (ValueError, OSError, LookupError):
            raise ValueError(f"There is no time zone {self.time_zone!r}: write an IANA name, Europe/London.") from None
        Calendar(self.calendar)

    @classmethod
    def of(cls, organisation: Organisation, right: RightName) -> Terms:
        """What an organisation's file says of a right: its own time for an answer, or the general one."""
        law, offered = organisation.law, organisation.rights.offered.get(right)
        response = (offered.response if offered else None) or organisation.rights.response
        return cls(response, law.statute, law.calendar, law.time_zone, right)

    @property
    def zone(self) -> ZoneInfo:
        """The time zone whose dates count."""
        return ZoneInfo(self.time_zone)

    @property
    def working_days(self) -> Calendar:
        """The calendar by which a statutory deadline moves."""
        return Calendar(self.calendar)

    def starts_with(self, about: About) -> bool:
        """Whether the time starts only when what was asked for arrives.

        Identity, in both laws: UK GDPR Article 12A(2)(b), EDPB Guidelines 01/2022, section 5.3. Authority to act for
        somebody likewise: ICO, right of access, "How long do we have to comply?". A fee in the UK only: Article
        12A(2)(c); Article 12(3) of the EU's GDPR knows no such thing.
        """
        return about in {About.IDENTITY, About.AUTHORITY} or (about is About.FEE and self.statute is Statute.UK)

    def stops_for(self, about: About) -> bool:
        """Whether the days between asking and answer do not count: UK GDPR Article 12A(5), for access only."""
        uk_access = self.statute is Statute.UK and self.right is RightName.ACCESS
        return about is About.CLARIFICATION and uk_access
