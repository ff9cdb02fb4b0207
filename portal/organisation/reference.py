"""Writes the reference of the organisation file from its schema, so that the two cannot differ.

The meaning of a key is the string that stands below it in ``portal/organisation/schema``; reading those
needs the source, so only this module does it, and nothing that serves people imports it.
``python -m portal.organisation.reference`` writes ``docs/organisation-file.md`` anew below its mark.
"""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args, get_origin

from pydantic.fields import FieldInfo

from portal.organisation import faults
from portal.organisation.schema import Organisation, Promise, Table

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "organisation-file.md"
MARK = "<!-- Below this line the text is written from the schema: python -m portal.organisation.reference -->"


@dataclass(frozen=True)
class Key:
    """One key of the schema. ``path`` has ``*`` for codes and list places: ``topics.*.title``."""

    path: str
    kind: str
    required: bool
    meaning: str

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]


@dataclass(frozen=True)
class TableReference:
    """One table of the schema with its keys; ``model`` is the name of its class."""

    path: str
    model: str
    meaning: str
    keys: tuple[Key, ...]


def tables(model: type[Table] = Organisation, path: str = "") -> Iterator[TableReference]:
    """Every table of the schema, outer before inner, in the order of the file."""
    meanings = _meanings(model)
    keys, inner = [], []
    for name, field in model.model_fields.items():
        written = field.alias or name
        below, step = _inside(field.annotation)
        place = ".".join(part for part in (path, written, step) if part)
        if below:
            inner.append((below, place))
        keys.append(
            Key(f"{path}.{written}".lstrip("."), _kind(field), field.is_required(), meanings[name].replace("\n", " "))
        )
    yield TableReference(path, model.__name__, inspect.cleandoc(model.__doc__ or "").replace("\n", " "), tuple(keys))
    for below, place in inner:
        yield from tables(below, place)


def every_key() -> list[Key]:
    """Every key of the schema."""
    return [key for table in tables() for key in table.keys]


def text() -> str:
    """The reference as Markdown."""
    return "\n".join(line for table in tables() for line in _lines(table))


def write() -> None:
    """Replace what stands below the mark of the document."""
    head = DOCUMENT.read_text(encoding="utf-8").partition(MARK)[0]
    DOCUMENT.write_text(f"{head}{MARK}\n\n{text()}", encoding="utf-8")


def _lines(table: TableReference) -> Iterator[str]:
    heading = table.path.replace("*", "CODE")
    yield f"### `[{heading}]`\n" if heading else "### The top of the file\n"
    chosen = " May carry `chosen_by` and `chosen_keys`." if any(key.name == "chosen_by" for key in table.keys) else ""
    yield f"{table.meaning}{chosen}\n"
    yield "| key | kind | needed | meaning |\n|---|---|---|---|"
    for key in table.keys:
        if key.name in Promise.model_fields:
            continue
        yield f"| `{key.name}` | {key.kind} | {'yes' if key.required else 'no'} | {key.meaning} |"
    yield ""


def _inside(annotation: Any) -> tuple[type[Table] | None, str]:
    """The table in a field, and the step to it: none, or ``*`` for a code or a place in a list."""
    bare = faults.bare(annotation)
    if faults.is_table(bare):
        return bare, ""
    arguments = get_args(bare)
    inner = next((one for one in map(faults.bare, arguments) if faults.is_table(one)), None)
    return inner, "*"


def _kind(field: FieldInfo) -> str:
    bare = faults.bare(field.annotation)
    if get_origin(bare) is tuple:
        return f"list of {_plain(faults.bare(get_args(bare)[0]))}"
    if get_origin(bare) in (dict, Mapping) or get_origin(bare) is not None:
        return f"{_plain(faults.bare(get_args(bare)[1]))} by code"
    return _plain(bare)


def _plain(kind: Any) -> str:
    if faults.is_table(kind):
        return "table"
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return " or ".join(f"`{value}`" for value in kind)
    return {"Words": "text", "Period": "period", "str": "text", "bool": "true or false", "int": "number"}[kind.__name__]


@lru_cache
def _meanings(model: type[Table]) -> dict[str, str]:
    """The string below each field, of the class and its bases."""
    found: dict[str, str] = {}
    for one in reversed(model.__mro__):
        if not (issubclass(one, Table) and one.__doc__):
            continue
        body = ast.parse(inspect.getsource(one)).body[0]
        statements = body.body if isinstance(body, ast.ClassDef) else []
        for field, below in pairwise(statements):
            if (
                isinstance(field, ast.AnnAssign)
                and isinstance(field.target, ast.Name)
                and isinstance(below, ast.Expr)
                and isinstance(below.value, ast.Constant)
            ):
                found[field.target.id] = inspect.cleandoc(str(below.value.value))
    return found


if __name__ == "__main__":  # pragma: no cover - tests call write() on a copy
    write()
