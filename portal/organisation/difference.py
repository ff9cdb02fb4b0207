"""What changes from one organisation file to the next, line by line, for the person who applies it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from portal.organisation.schema import Organisation

_LONGEST = 120
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8})*")


@dataclass(frozen=True)
class Change:
    """One change: the table and key, and the value before and after; None where there is none."""

    table: str
    key: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        place = " ".join(part for part in (f"[{self.table}]" if self.table else "", self.key) if part)
        if self.before is None:
            return f"+ {place}: {self.after}"
        if self.after is None:
            return f"- {place}: {self.before}"
        return f"~ {place}: {self.before} → {self.after}"


def difference(old: Organisation | None, new: Organisation) -> list[Change]:
    """Every change, in the order of the new file; without an old one, a line for each of its tables."""
    after = content(new)
    if old is None:
        return [Change("", key, None, _shown(value)) for key, value in after.items()]
    return list(_tables(content(old), after, ()))


def content(organisation: Organisation) -> dict[str, Any]:
    """The file as plain data, in its own order, keys left at their default included."""
    return organisation.model_dump(mode="json", by_alias=True)


def _tables(old: dict[str, Any], new: dict[str, Any], place: tuple[str, ...]) -> Iterator[Change]:
    table = ".".join(place)
    for key, after in new.items():
        before = old.get(key)
        if key not in old or (before is None and after is not None):
            yield Change(table, key, None, _shown(after))
        elif isinstance(before, dict) and isinstance(after, dict):
            yield from _tables(before, after, (*place, key))
        elif before != after:
            yield Change(table, key, _shown(before), None if after is None else _shown(after))
    for key, before in old.items():
        if key not in new:
            yield Change(table, key, _shown(before), None)
    shared = [key for key in old if key in new], [key for key in new if key in old]
    if shared[0] != shared[1]:
        yield Change(table, "(order)", ", ".join(shared[0]), ", ".join(shared[1]))


def _shown(value: Any) -> str:
    if isinstance(value, dict):
        for key in ("title", "name", "legal_name"):
            if isinstance(value.get(key), str | dict):
                return _shown(value[key])
        if value and all(_LANGUAGE.fullmatch(key) for key in value):
            return ", ".join(f"{_shown(text)} ({code})" for code, text in value.items())
        return ", ".join(key for key in value if not key.startswith("chosen_")) or "nothing"
    if isinstance(value, list):
        return ", ".join(_shown(entry) for entry in value) or "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    text = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
    return f"“{text}”" if isinstance(value, str) else text
