"""Turns what tomllib and pydantic say into problems a person can act on."""

from __future__ import annotations

import difflib
import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from portal.organisation.problems import Problem
from portal.organisation.schema import Organisation, Period, Table, Words

REFERENCE = "docs/organisation-file.md"
GRANTING_KEYS = frozenset(
    "checked default defaults enabled granted granted_by_default on on_by_default opt_out_by_default pre_ticked "
    "preselected preticked selected subscribed subscribed_by_default ticked".split()
)
_TYPES = {
    Words: "a text in quotes",
    Period: 'a period: "28 days"',
    str: "a text in quotes",
    bool: "true or false, without quotes",
    int: "a whole number, without quotes",
    tuple: "a list: [ … ]",
    Mapping: "tables, one for each entry",
}
_PATTERNS = {
    "^[a-z][a-z0-9]*([-_][a-z0-9]+)*$": 'Write small letters and digits, joined by - or _: "product-news".',
    "^[A-Z]{2}$": 'Write the two capitals of ISO 3166: "GB".',
    "^[A-Z]{2}(-[A-Z0-9]{1,3})?$": 'Write a country, or a country and a part of it: "GB-ENG".',
    "^[a-z]{2,3}(-[a-z0-9]{2,8})*$": 'Write it like "en-gb" or "de".',
}


def of_toml(file: str, text: str, error: ValueError) -> Problem:
    """A problem with the line it stands in, and the table above it."""
    said = str(error) if isinstance(error, tomllib.TOMLDecodeError) else "A number is too long"
    found = re.search(r" \(at line (\d+), column \d+\)", said)
    lines = text.splitlines()
    line = int(found[1]) if found else len(lines)
    headers = [re.match(r"\s*\[+\s*([^\]]+?)\s*\]", one) for one in lines[:line]]
    table = next((header[1] for header in reversed(headers) if header), "")
    key = re.match(r"\s*([\w-]+|\"[^\"]*\")\s*=", lines[line - 1]) if 0 < line <= len(lines) else None
    said = re.sub(r" \(at .*\)$", "", said)
    where = f"Line {line}"
    if re.search(r"Cannot (overwrite|declare|redefine|mutate)", said):
        message = f"{where}: it stands here for the second time ({said})."
        return Problem(file, table, key[1].strip('"') if key else "", message, "Remove one of the two, or join the tables.")
    message = f"{where}: this is not TOML ({said})."
    return Problem(file, table, key[1].strip('"') if key else "", message, "Look at quotes, brackets and = there: toml.io.")


def of_schema(file: str, error: ValidationError) -> list[Problem]:
    """A problem for each value that is not as the schema wants it."""
    return [_of_detail(file, detail) for detail in error.errors(include_url=False)]


def _of_detail(file: str, detail: ErrorDetails) -> Problem:
    place = [str(part) for part in detail["loc"] if part != "[key]"]
    if detail["type"] == "chosen_keys":
        place.append("chosen_keys")
    message, remedy = _message(detail, place)
    return Problem(file, ".".join(place[:-1]), place[-1] if place else "", message, remedy)


def _message(detail: ErrorDetails, place: list[str]) -> tuple[str, str]:
    kind, context, value = detail["type"], detail.get("ctx", {}), detail["input"]
    key, table = place[-1] if place else "", _annotation(place[:-1])
    expected = _expected(_annotation(place))
    match kind:
        case _ if "remedy" in context:
            return context["message"], context["remedy"]
        case "missing" if key == "basis":
            return "The lawful basis is missing.", f"Every purpose has one. Write {expected}."
        case "missing":
            return "It is missing.", f"Add it: {expected}. {REFERENCE} says what it means."
        case "extra_forbidden" if key.replace("-", "_") in GRANTING_KEYS:
            return "Nothing is ever granted by default.", "Remove the key: people choose for themselves."
        case "extra_forbidden":
            return "There is no such key.", _nearest(key, table)
        case "enum" if key == "basis":
            return f"{value!r} is no lawful basis.", f"Write {expected}."
        case "enum":
            return f"{value!r} is not known here.", f"Write {expected}."
        case "string_pattern_mismatch":
            return f"{value!r} is not in the right form.", _PATTERNS.get(context["pattern"], "Write one short line.")
        case "string_too_long":
            return "The text is too long.", f"Write at most {context['max_length']} characters."
        case "too_short":
            return "It is empty.", "Write at least one entry."
        case "greater_than_equal":
            return f"{value} is too little.", f"Write {context['ge']} or more."
        case "less_than_equal":
            return f"{value} is too much.", f"Write {context['le']} or less."
        case _:
            return f"{_shown(value)} is of the wrong type.", f"Write {expected}."


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict | list):
        return "A table" if isinstance(value, dict) else "A list"
    return repr(value)[:60]


def _nearest(key: str, table: Any) -> str:
    if not _is_table(table):
        return f"Remove it. {REFERENCE} lists the keys."
    keys = [field.alias or name for name, field in table.model_fields.items()]
    near = difflib.get_close_matches(key, keys, 1)
    return f"Did you mean {near[0]!r}?" if near else f"Remove it; the keys here are: {', '.join(keys)}."


def _annotation(place: list[str]) -> Any:
    """The type the schema has for a place in the file; None where it has none."""
    annotation: Any = Organisation
    for part in place:
        annotation = _bare(annotation)
        if _is_table(annotation):
            fields = {field.alias or name: field for name, field in annotation.model_fields.items()}
            annotation = fields[part].annotation if part in fields else None
        elif get_origin(annotation) in (Mapping, tuple) or get_args(annotation):
            arguments = get_args(annotation)
            annotation = arguments[1] if len(arguments) > 1 and arguments[1] is not ... else arguments[0]
        else:
            return None
    return _bare(annotation)


def _bare(annotation: Any) -> Any:
    """Without ``| None`` and ``Annotated``."""
    if get_origin(annotation) in (Union, UnionType):
        annotation = next(argument for argument in get_args(annotation) if argument is not type(None))
    return annotation.__origin__ if hasattr(annotation, "__metadata__") else annotation


def _is_table(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Table)


def _expected(annotation: Any) -> str:
    origin = get_origin(annotation) or annotation
    if isinstance(origin, type) and issubclass(origin, StrEnum):
        return "one of: " + ", ".join(origin)
    if _is_table(origin):
        return "a table"
    return next((words for kind, words in _TYPES.items() if origin is kind or origin is getattr(kind, "__origin__", kind)), "another value")
