"""The small values an organisation file is written in: words, periods, dates, colours, addresses.

Each refuses what it cannot keep, with a remedy beside the message; ``portal.organisation.loader`` shows both.
"""

from __future__ import annotations

import calendar
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import get_language, ngettext
from pydantic import AfterValidator, GetCoreSchemaHandler, StringConstraints
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

LONGEST_TEXT = 2_000
LONGEST_LINE = 200
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")
_PERIOD = re.compile(r"(?P<amount>[+-]?[0-9]{1,6}) (?P<unit>hour|day|week|month|year)s?")
_PERIOD_REMEDY = 'Write a whole number and a unit: "72 hours", "28 days", "6 weeks", "1 month", "6 years".'


def refused(kind: str, message: str, remedy: str) -> PydanticCustomError:
    """An error of one value that carries its remedy to the reader of the file."""
    return PydanticCustomError(kind, "{message}", {"message": message, "remedy": remedy})


def _readable(text: str) -> str:
    if not text.strip():
        raise refused("empty_text", "The text is empty.", "Write the words people will read, or remove the key.")
    if any(unicodedata.category(character) == "Cc" and character != "\n" for character in text):
        raise refused("control_character", "The text holds a control character.", "Write plain text; only line breaks.")
    return text


@dataclass(frozen=True)
class Words:
    """A text people read: one for all languages, or one for each (``{en-gb = "…", de = "…"}``).

    ``str(words)`` is the text in the language active in Django; a language the file does not have gives the
    text of its base language, then the first one.
    """

    texts: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, value: str | Mapping[str, str]) -> Words:
        """From the form written in the file."""
        return cls((("", value),) if isinstance(value, str) else tuple(value.items()))

    def in_language(self, code: str | None) -> str:
        """The text in the language ``code`` (``en-gb``, ``de``); never empty."""
        texts = dict(self.texts)
        code = (code or "").lower()
        return texts.get(code) or texts.get(code.partition("-")[0]) or self.texts[0][1]

    @property
    def languages(self) -> tuple[str, ...]:
        """The languages it is written in; empty where one text serves all."""
        return tuple(code for code, _ in self.texts if code)

    def as_written(self) -> str | dict[str, str]:
        """The form of the file, for JSON."""
        return dict(self.texts) if self.languages else self.texts[0][1]

    def __str__(self) -> str:
        return self.in_language(get_language())

    @classmethod
    def _validate(cls, value: Any) -> Words:
        if isinstance(value, Words):
            return value
        texts = {"": value} if isinstance(value, str) else value
        if not isinstance(texts, dict) or not texts or not all(isinstance(text, str) for text in texts.values()):
            raise refused("words", "This is no text.", 'Write one text in quotes, or a table: {en-gb = "…", de = "…"}.')
        for code, text in texts.items():
            if code and not _LANGUAGE.fullmatch(code):
                raise refused("language", f"{code!r} is no language.", 'Write it like "en-gb" or "de".')
            if len(_readable(text)) > LONGEST_TEXT:
                raise refused("long_text", f"The text is longer than {LONGEST_TEXT} characters.", "Say it shorter.")
        return cls(tuple(texts.items()))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(cls.as_written)
        return core_schema.no_info_plain_validator_function(cls._validate, serialization=written)


@dataclass(frozen=True)
class Period:
    """A length of time as people promise it: 28 days, 6 years, 72 hours. Months and years follow the calendar."""

    amount: int
    unit: str

    @classmethod
    def of(cls, text: str) -> Period:
        """From the form written in the file. Raises ValueError for anything else."""
        match = _PERIOD.fullmatch(text)
        if match is None or int(match["amount"]) < 0:
            raise ValueError(text)
        return cls(int(match["amount"]), match["unit"])

    def after(self, day: date) -> date:
        """The day this long after ``day``; the last day of a month that has no such day. Hours count as days begun."""
        if self.unit in {"month", "year"}:
            months = self.amount * (12 if self.unit == "year" else 1)
            year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
            return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
        days = {"hour": -(-self.amount // 24), "day": self.amount, "week": 7 * self.amount}[self.unit]
        return day + timedelta(days=days)

    def as_timedelta(self) -> timedelta:
        """The exact length, for hours, days and weeks. Raises ValueError for months and years, which have none."""
        if self.unit in {"month", "year"}:
            raise ValueError(f"{self.as_written()} has no exact length: use after().")
        return timedelta(hours=self.amount * {"hour": 1, "day": 24, "week": 168}[self.unit])

    def as_written(self) -> str:
        """The form of the file, for JSON."""
        return f"{self.amount} {self.unit}{'' if self.amount == 1 else 's'}"

    def __str__(self) -> str:
        number = {"number": self.amount}
        return {
            "hour": ngettext("%(number)d hour", "%(number)d hours", self.amount) % number,
            "day": ngettext("%(number)d day", "%(number)d days", self.amount) % number,
            "week": ngettext("%(number)d week", "%(number)d weeks", self.amount) % number,
            "month": ngettext("%(number)d month", "%(number)d months", self.amount) % number,
            "year": ngettext("%(number)d year", "%(number)d years", self.amount) % number,
        }[self.unit]

    @classmethod
    def _validate(cls, value: Any) -> Period:
        if isinstance(value, Period):
            return value
        match = _PERIOD.fullmatch(value) if isinstance(value, str) else None
        if match is None:
            raise refused("period", f"{value!r} is no period.", _PERIOD_REMEDY)
        if match["amount"].startswith("-"):
            raise refused("negative_period", f"{value!r} is negative.", _PERIOD_REMEDY)
        return cls(int(match["amount"]), match["unit"])

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        written = core_schema.plain_serializer_function_ser_schema(cls.as_written)
        return core_schema.no_info_plain_validator_function(cls._validate, serialization=written)


def _some_time(period: Period) -> Period:
    if period.amount == 0:
        raise refused("no_time", "The period is no time at all.", "Write at least one hour, day, week, month or year.")
    return period


def _email(address: str) -> str:
    try:
        validate_email(address)
    except ValidationError:
        raise refused("email", f"{address!r} is no e-mail address.", "Write it as name@example.org.") from None
    return address


def _https(address: str) -> str:
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme != "https" or not parts.hostname or any(c.isspace() for c in address):
        raise refused("website", f"{address!r} is no https address.", 'Write it whole: "https://www.example.org".')
    return address


def _origin(value: str) -> str:
    try:
        parts = urlsplit(value)
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        parts, port = urlsplit(""), ""
    here = parts.hostname in {"localhost", "127.0.0.1"}
    whole = f"{parts.scheme}://{parts.hostname}{port}"
    if value != whole or not parts.hostname or parts.scheme not in ({"http", "https"} if here else {"https"}):
        remedy = 'Write scheme and host, and the port if it has one, without a path: "https://www.example.org".'
        raise refused("origin", f"{value!r} is no https origin.", remedy)
    return value


def _parent_domain(value: str) -> str:
    if not re.fullmatch(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]", value):
        remedy = 'Write the domain the sites have in common, without a dot before it: "example.org".'
        raise refused("domain", f"{value!r} is no domain.", remedy)
    return value


def _colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise refused("colour", f"{value!r} is no colour.", 'Write # and six hexadecimal digits: "#0b5cad".')
    return value.lower()


def _time_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        raise refused("time_zone", f"There is no time zone {name!r}.", 'Write an IANA name: "Europe/London".') from None
    return name


def _partial_date(value: str) -> str:
    whole = f"{value}-01-01"[:10] if re.fullmatch(r"\d{4}(-\d{2}){0,2}", value) else ""
    try:
        date.fromisoformat(whole)
    except ValueError:
        remedy = 'Write "2018-06-21", or as much as is known: "2018-06", "2018".'
        raise refused("date", f"{value!r} is no date.", remedy) from None
    return value


# Patterns here have their remedies in portal.organisation.faults.
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*([-_][a-z0-9]+)*$", max_length=64)]
Line = Annotated[str, StringConstraints(max_length=LONGEST_LINE, pattern=r"^[^\n]*$"), AfterValidator(_readable)]
Email = Annotated[str, AfterValidator(_email)]
Website = Annotated[str, AfterValidator(_https)]
Origin = Annotated[str, AfterValidator(_origin)]
ParentDomain = Annotated[str, AfterValidator(_parent_domain)]
Colour = Annotated[str, AfterValidator(_colour)]
TimeZone = Annotated[str, AfterValidator(_time_zone)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
HolidayCalendar = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$")]
Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[a-z0-9]{2,8})*$")]
PartialDate = Annotated[str, AfterValidator(_partial_date)]
SomeTime = Annotated[Period, AfterValidator(_some_time)]
