"""A personal-data breach: until when the supervisory authority is told.

Article 33(1), in both laws: without undue delay and, where feasible, not later than 72 hours after becoming aware. The
hours are elapsed hours, at night, at weekends and across a change of the clocks. Regulation 1182/71 would leave out the
hour in which one became aware (Article 3(1)) and perhaps more (3(5)); counting from the minute is never too late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from dsar.clock.explanation import Rule, Step
from dsar.clock.happenings import check
from portal.organisation.schema import Period, Statute

REPORT_WITHIN: Final = Period(72, "hour")


@dataclass(frozen=True, slots=True)
class BreachDeadline:
    """The last moments for telling the authority, by the promise and by law, in the organisation's time zone."""

    promised_due: datetime
    statutory_due: datetime
    steps: tuple[Step, ...]

    @property
    def explanation(self) -> list[str]:
        """Each rule that was used, as a sentence, in the active language."""
        return [str(step) for step in self.steps]


def breach_due(
    aware: datetime, zone: ZoneInfo, promise: Period = REPORT_WITHIN, statute: Statute = Statute.UK
) -> BreachDeadline:
    """When a breach is to be reported at the latest, of which one was reasonably certain at the moment ``aware``.

    Raises ValueError for a moment without a time zone or outside the years 2000 to 2090, and for a promise in months
    or years, which have no number of hours.
    """
    check(aware)
    here = aware.astimezone(zone)
    promised, by_law = (
        (aware.astimezone(UTC) + period.as_timedelta()).astimezone(zone) for period in (promise, REPORT_WITHIN)
    )
    steps = [Step(Rule.BREACH_KNOWN, {"aware": here}), Step(Rule.BREACH_HOURS, {"due": by_law}, statute)]
    if here.utcoffset() != by_law.utcoffset():
        steps.append(Step(Rule.BREACH_CLOCK_CHANGE))
    if promised != by_law:
        steps.append(Step(Rule.BREACH_PROMISE, {"period": promise, "due": promised}))
    return BreachDeadline(promised, by_law, tuple(steps))
