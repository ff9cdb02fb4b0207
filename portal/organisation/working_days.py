"""Working days: every day but Saturdays, Sundays and the public holidays of a place.

The holidays are those of the ``holidays`` package. They are read for one country only: its own loader imports the
modules of all 250 (45 MB and over a second a process), so the one module needed is loaded from its file.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from django.utils.translation import get_language

if TYPE_CHECKING:
    from holidays import HolidayBase

_ONE_DAY: Final = timedelta(days=1)
_SATURDAY: Final = 5
_ENGLISH: Final = ("en-gb", "en-us")
_CODE: Final = re.compile(r"(?P<country>[A-Z]{2})(-(?P<part>[A-Z0-9]{1,3}))?")


class UnknownCalendar(ValueError):
    """There are no holidays under this code."""

    def __init__(self, code: str) -> None:
        super().__init__(f'There is no holiday calendar {code!r}: write a country and a part of it, like "GB-ENG".')


@dataclass(frozen=True, slots=True)
class Calendar:
    """The holidays of a country or a part of it: ``GB-ENG``, ``GB-SCT``, ``GB-NIR``, ``DE``, ``DE-BY``.

    Raises :class:`UnknownCalendar` for a code without holidays.
    """

    code: str

    def __post_init__(self) -> None:
        _country(self.code)

    def is_working(self, day: date) -> bool:
        """Whether it is neither at a weekend nor a public holiday (Regulation 1182/71, Article 2)."""
        return day.weekday() < _SATURDAY and day not in _holidays(self.code, day.year, None)

    def from_day(self, day: date) -> date:
        """The day itself if it is a working day, otherwise the next one."""
        while not self.is_working(day):
            day += _ONE_DAY
        return day

    def skipped(self, day: date) -> tuple[date, ...]:
        """The days without work from ``day`` to the next working day, which is not among them."""
        return tuple(day + number * _ONE_DAY for number in range((self.from_day(day) - day).days))

    def holiday(self, day: date) -> str:
        """The name of the holiday, in the active language where it is known there; empty for other days."""
        found = _holidays(self.code, day.year, get_language()).get(day, "")
        return found.replace(" (", ", ").replace(")", "")

    @property
    def place(self) -> str:
        """Where these are the holidays, as the package calls it: "England", "Germany"."""
        country = _country(self.code)
        part = self.code.partition("-")[2]
        names = {code: name for name, code in reversed(country.subdivisions_aliases.items())}
        return names.get(part, part) or re.sub(r"(?<=[a-z])(?=[A-Z])", " ", country.__name__)


@lru_cache(maxsize=64)
def _country(code: str) -> type[HolidayBase]:
    match = _CODE.fullmatch(code)
    if match is None:
        raise UnknownCalendar(code)
    country = _load(match["country"])
    if country is None or (match["part"] and match["part"] not in country.subdivisions):
        raise UnknownCalendar(code)
    return country


@lru_cache(maxsize=16)
def _load(country: str) -> type[HolidayBase] | None:
    import holidays
    from holidays.registry import COUNTRIES

    for module_name, (class_name, alpha_2, *_others) in COUNTRIES.items():
        if alpha_2 == country:
            path = Path(holidays.__file__).parent / "countries" / f"{module_name}.py"
            module = ModuleType(f"{__name__}.{module_name}")
            SourceFileLoader(module.__name__, str(path)).exec_module(module)
            found: type[HolidayBase] = getattr(module, class_name)
            return found
    return None


@lru_cache(maxsize=512)
def _holidays(code: str, year: int, language: str | None) -> Mapping[date, str]:
    """Each public holiday of the year with its name, substitute days included."""
    country = _country(code)
    part = code.partition("-")[2] or None
    return dict(country(subdiv=part, years=year, language=_spoken(country, language or ""), expand=False))


def _spoken(country: type[HolidayBase], language: str) -> str | None:
    """The language nearest to the one wanted in which the package names these holidays; None: the country's own."""
    known = {code.lower().replace("_", "-"): code for code in country.supported_languages}
    wanted = (language, language.partition("-")[0], *_ENGLISH)
    return next((known[code] for code in wanted if code in known), None)
