"""Turns what tomllib and pydantic say into problems a person can act on."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections import abc
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from portal.organisation.problems import Problem
from portal.organisation.schema import Organisation, Period, Table, Words

REFERENCE = "docs/organisation-file.md"
GRANTING_KEYS = frozenset(
    {"checked", "default", "defaults", "enabled", "granted", "granted_by_default", "on", "on_by_default", "ticked"}
    | {"opt_out_by_default", "pre_ticked", "preselected", "preticked", "selected", "subscribed"}
)
_TYPES = {
    Words: "a text in quotes",
    Period: 'a period: "28 days"',
    str: "a text in quotes",
    bool: "true or false, without quotes",
    int: "a whole number, without quotes",
    tuple: "a list: [ … ]",
    abc.Mapping: "tables, one for each entry",
}
_PATTERNS = {
    "^[a-z][a-z0-9]*([-_][a-z0-9]+)*$": 'Write small letters and digits, joined by - or _: "product-news".',
    "^[A-Z]{2}$": 'Write the two capitals of ISO 3166: "GB".',
    "^[A-Z]{2}(-[A-Z0-9]{1,3})?$": 'Write a country, or a country and a part of it: "GB-ENG".',
    "^[a-z]{2,3}(-[a-z0-9]{2,8})*$": 'Write it like "en-gb" or "de".',
}
_LIMITS = {
    "string_too_long": ("The text is too long.", "Write at most {max_length} characters."),
    "too_short": ("It is empty.", "Write at least one entry."),
    "greater_than_equal": ("The number is too small.", "Write {ge} or more."),
    "less_than_equal": ("The number is too large.", "Write {le} or less."),
}


def of_toml(file: str, text: str, error: ValueError) -> Problem:
    """A problem with the line it stands in, and the table above it."""
    said = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "A number is too long"
    found = re.search(r" \(at line (\d+), column \d+\)", said)
    lines = text.splitlines()
    line = int(found[1]) if found else max(len(lines), 1)
    headers = [re.match(r"\s*\[+\s*([^\]]+?)\s*\]", one) for one in lines[:line]]
    table = next((header[1] for header in reversed(headers) if header), "")
    key = re.match(r'\s*([\w-]+|"[^"]*")\s*=', lines[line - 1]) if line <= len(lines) else None
    name = key[1].strip('"') if key else ""
    said = re.sub(r" \(at .*\)$", "", said)
    where = f"Line {line}"
    if re.search(r"Cannot (overwrite|declare|redefine|mutate)", said):
        message = f"{where}: it stands here for the second time ({said})."
        return Problem(file, table, name, message, "Remove one of the two, or join the tables.")
    message = f"{where}: this is not TOML ({said})."
    return Problem(file, table, name, message, "Look at quotes, brackets and = there: toml.io.")


def of_schema(file: str, error: ValidationError) -> list[Problem]:
    """A problem for each value that is not as the schema wants it."""
    details = error.errors(include_url=False)
    return [_of_detail(file, detail) for detail in details if not _follows(detail, details)]


def _follows(detail: ErrorDetails, details: list[ErrorDetails]) -> bool:
    """Whether a list only counts as empty because of the faults of its entries, which are said."""
    place = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other["loc"]) > len(place) and other["loc"][: len(place)] == place for other in details
    )


def _of_detail(file: str, detail: ErrorDetails) -> Problem:
    """Places in a list are left out of table and key: the message names the value."""
    whole = [str(part) for part in detail["loc"]]
    message, remedy = _message(detail, whole)
    place = [str(part) for part in detail["loc"] if isinstance(part, str) and part != "[key]"]
    if detail["type"] == "chosen_keys":
        place.append("chosen_keys")
    return Problem(file, ".".join(place[:-1]), place[-1] if place else "", message, remedy)


def _message(detail: ErrorDetails, place: list[str]) -> tuple[str, str]:
    """What is wrong, and the remedy."""
    kind, context = detail["type"], detail.get("ctx", {})
    key, expected = place[-1] if place else "", _expected(_annotation(place))
    if "remedy" in context:
        return context["message"], context["remedy"]
    if kind == "missing":
        what = "The lawful basis is missing." if key == "basis" else "It is missing."
        return what, f"Add it: {expected}. {REFERENCE} says what it means."
    if kind == "extra_forbidden" and key.replace("-", "_") in GRANTING_KEYS:
        return "Nothing is ever granted by default.", "Remove the key: people choose for themselves."
    if kind == "extra_forbidden":
        return "There is no such key.", _nearest(key, _annotation(place[:-1]))
    if kind in _LIMITS:
        message, remedy = _LIMITS[kind]
        return message, remedy.format(**context)
    if kind == "string_pattern_mismatch":
        return f"{detail['input']!r} is not in the right form.", _PATTERNS.get(
            context["pattern"], "Write one short line."
        )
    if kind == "enum":
        what = "no lawful basis" if key == "basis" else "not known here"
        return f"{detail['input']!r} is {what}.", f"Write {expected}."
    return f"{_shown(detail['input'])} is of the wrong type.", f"Write {expected}."


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "A table" if isinstance(value, dict) else "A list"
    return repr(value)[:60]


def _nearest(key: str, table: type[Table]) -> str:
    keys = [field.alias or name for name, field in table.model_fields.items()]
    near = difflib.get_close_matches(key, keys, 1)
    return f"Did you mean {near[0]!r}?" if near else f"Remove it; the keys here are: {', '.join(keys)}."


def _annotation(place: list[str]) -> Any:
    """The type the schema has for a place in the file; None where it has none."""
    annotation: Any = Organisation
    before: Any = None
    for part in place:
        annotation = bare(annotation)
        if part == "[key]":
            return bare(get_args(before)[0])
        if is_table(annotation):
            fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
            annotation = fields[part].annotation if part in fields else None
        else:
            before, arguments = annotation, get_args(annotation)
            annotation = arguments[1] if len(arguments) > 1 and arguments[1] is not ... else arguments[0]
    return bare(annotation)


def bare(annotation: Any) -> Any:
    """Without ``| None`` and ``Annotated``."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(argument for argument in get_args(annotation) if argument is not type(None))
    return annotation.__origin__ if hasattr(annotation, "__metadata__") else annotation


def is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Table)


def _expected(annotation: Any) -> str:
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type) and issubclass(origin, StrEnum):
        return "one of: " + ", ".join(origin)
    if is_table(origin):
        return "a table"
    return _TYPES.get(origin, "another value")
