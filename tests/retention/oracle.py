"""What must be gone, worked out from the organisation's file alone, by counting days one at a time.

Nothing of the portal is used here: the file is read as text, and a period ends with its last day on the wall clock.
"""

from __future__ import annotations

import tomllib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

FILES = Path(__file__).resolve().parents[2] / "portal" / "organisation" / "files"
DAY = timedelta(days=1)


class Oracle:
    """One organisation's promises."""

    def __init__(self, slug: str) -> None:
        self.file: dict[str, Any] = tomllib.loads((FILES / f"{slug}.toml").read_text(encoding="utf-8"))
        self.zone = ZoneInfo(self.file["law"]["time_zone"])

    def counts_from(self, rule: str) -> str:
        """What a rule counts from, in the file's own word."""
        start: str = self.file["retention"][rule]["from"]
        return start

    def last_day(self, rule: str, start: datetime) -> date:
        """The last day on which something is kept that began then."""
        amount, unit = self.file["retention"][rule]["period"].split()
        day = first = start.astimezone(self.zone).date()
        if unit.rstrip("s") in {"day", "week"}:
            for _number in range(int(amount) * (7 if unit.startswith("week") else 1)):
                day += DAY
            return day
        months = int(amount) * (12 if unit.startswith("year") else 1)
        while months:  # a day at a time, until so many months have begun
            day += DAY
            months -= day.day == 1
        while day.day != first.day and (day + DAY).day != 1:
            day += DAY
        return day

    def is_over(self, rule: str, start: datetime, now: datetime) -> bool:
        """Whether it must be gone."""
        if self.file["retention"][rule]["period"].startswith("0 "):
            return start < now
        return now.astimezone(self.zone).date() > self.last_day(rule, start)

    def starts_around(self, rule: str, now: datetime) -> list[datetime]:
        """Moments around that from which the period is just over: early and late on each of three days, and far off."""
        amount, unit = self.file["retention"][rule]["period"].split()
        shortest = {"day": 1, "week": 7, "month": 28, "year": 365}[unit.rstrip("s")] * int(amount)
        day = now.astimezone(self.zone).date() - DAY * shortest
        while not self.is_over(rule, self._at(day, 12), now):
            day -= DAY
        near = [self._at(day + DAY * shift, hour) for shift in (-1, 0, 1) for hour in (0, 23)]
        return [moment for moment in (*near, self._at(day, 12) - 400 * DAY) if moment < now]

    def _at(self, day: date, hour: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, 59 if hour == 23 else 0, tzinfo=self.zone)
