"""Which keys of the organisation file does running software read, and which does nothing read yet?

A key counts as read where one area of the code outside ``portal/organisation`` (an app with its templates)
names it as an attribute *and* names the table it stands in, by the table's key or its class: ``purpose.basis``
beside ``organisation.purposes`` or ``Purpose``. That is a reading of the source, not of types; a generic word
("title") may stand there for something else. Such a key stays on the list with a ``~`` before it.

``python -m tests.organisation.promises`` takes from the list what is read by now. It never adds a line.
"""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from portal.organisation import reference
from portal.organisation.schema import Promise

ROOT = Path(__file__).resolve().parents[2]
LIST = Path(__file__).with_name("not_yet_kept.txt")
SOURCES = ("portal", "accounts", "consent", "dsar")
SKIPPED = ("portal/organisation", "portal/demo")
IMPORTS_IT = "import portal.organisation"
TEMPLATE_AREAS = {"mail": "portal/outbox", "account": "accounts", "allauth": "accounts", "requests": "dsar/views"}


def keys() -> list[str]:
    """Every key of the schema by its path; who chose a value counts once, as ``*.chosen_by``."""
    chosen = set(Promise.model_fields)
    return ["*.chosen_by", *(key.path for key in reference.every_key() if key.name not in chosen)]


def read() -> set[str]:
    """The keys that some area of the code reads."""
    areas = names_by_area().values()
    return {path for path in keys() if any(_reads(names, path) for names in areas)}


def listed() -> dict[str, bool]:
    """The list: each path, and whether its name is known to stand in the code for something else."""
    lines = [line.strip() for line in LIST.read_text(encoding="utf-8").splitlines()]
    return {line.removeprefix("~").strip(): line.startswith("~") for line in lines if line and not line.startswith("#")}


def shrink() -> None:
    """Take from the list what is read by now."""
    gone = {path for path, elsewhere in listed().items() if not elsewhere} & read() | set(listed()) - set(keys())
    lines = LIST.read_text(encoding="utf-8").splitlines()
    LIST.write_text("".join(f"{line}\n" for line in lines if line.strip() not in gone), encoding="utf-8")


@lru_cache
def names_by_area() -> dict[str, set[str]]:
    """For each area that imports ``portal.organisation``, the attributes it names and the classes it imports there."""
    names: dict[str, set[str]] = defaultdict(set)
    for path in _files(SOURCES, "*.py"):
        names[_area(path)] |= set(_python_names(path))
    for path in _files(("templates",), "*.*"):
        names[_template_area(path)] |= _template_names(path)
    return {area: found for area, found in names.items() if IMPORTS_IT in found}


def _reads(names: set[str], path: str) -> bool:
    *above, key = path.split(".")
    if path == "*.chosen_by":
        return "our_choice" in names
    table = next((step for step in reversed(above) if step != "*"), None)
    attribute = f"{key}_" if key == "from" else key
    return attribute in names and (table is None or table in names or _class_of(above) in names)


@lru_cache
def _classes() -> dict[str, str]:
    return {table.path: table.model for table in reference.tables()}


def _class_of(above: list[str]) -> str:
    return _classes()[".".join(above)]


def _files(folders: tuple[str, ...], pattern: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob(pattern)):
            if not any(path.is_relative_to(ROOT / skipped) for skipped in SKIPPED) and "migrations" not in path.parts:
                yield path


def _area(path: Path) -> str:
    """``portal/outbox``, ``consent/ledger``, ``accounts``; what lies directly in ``portal`` is ``portal``."""
    parts = path.relative_to(ROOT).parts
    return parts[0] if len(parts) == 2 or parts[0] == "accounts" else "/".join(parts[:2])


def _template_area(path: Path) -> str:
    folder = path.relative_to(ROOT / "templates").parts[0]
    if folder in TEMPLATE_AREAS:
        return TEMPLATE_AREAS[folder]
    return next((f"{place}/{folder}" for place in ("consent", "portal") if (ROOT / place / folder).is_dir()), "portal")


def _python_names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("portal.organisation"):
            yield IMPORTS_IT
            yield from (alias.name for alias in node.names)


def _template_names(path: Path) -> set[str]:
    code = re.findall(r"{[{%](.*?)[}%]}", path.read_text(encoding="utf-8"), re.DOTALL)
    return {name for one in code for name in re.findall(r"(?<=\.)[a-z_]+", one)}


if __name__ == "__main__":
    shrink()
    print(f"{len(listed())} of {len(keys())} keys are read by nothing yet.")
