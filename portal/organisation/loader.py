"""Reads an organisation file, and applies it as a new version: the only way anything in it changes."""

from __future__ import annotations

import hashlib
import json
import stat
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Max
from pydantic import ValidationError

from portal.organisation import changes, faults, rules, versions
from portal.organisation.difference import Change, content, difference
from portal.organisation.models import OrganisationVersion, Topic
from portal.organisation.problems import OrganisationFileError, Problem
from portal.organisation.schema import Organisation

__all__ = ["Applied", "OrganisationFileError", "Problem", "apply", "plan", "read", "shipped"]

SHIPPED = Path(__file__).parent / "files"
LARGEST = 1_000_000
"""Bytes; the longest file that ships has a twentieth of it."""
APPLYING_LOCK = 6_733_112_101
"""Any number of our own: the PostgreSQL advisory lock under which a version is applied."""


@dataclass(frozen=True)
class Applied:
    """What applying a file did: the number of the version now in force, and what changed to reach it."""

    number: int
    changes: list[Change]


def shipped() -> list[str]:
    """The slugs of the organisations that come with the portal."""
    return sorted(path.stem for path in SHIPPED.glob("*.toml"))


def read(path_or_slug: str | Path) -> Organisation:
    """The organisation of a file, or of a slug that ships. Raises OrganisationFileError with every problem found."""
    path = _path(path_or_slug)
    text = _text(path)
    try:
        tables = tomllib.loads(text)
    except ValueError as error:
        raise OrganisationFileError([faults.of_toml(path.name, text, error)]) from error
    except RecursionError:
        remedy = "An organisation file has four levels at most."
        raise _whole(path.name, "Its tables are nested too deeply.", remedy) from None
    if not tables:
        raise _whole(path.name, "The file is empty.", f"Start from one that ships: {', '.join(shipped())}.")
    try:
        written = json.dumps(tables, default=_plain)
        organisation = Organisation.model_validate_json(written, by_alias=True, by_name=False)
    except ValidationError as error:
        raise OrganisationFileError(faults.of_schema(path.name, error)) from error
    _refuse_any(path.name, rules.problems(organisation))
    return organisation


def plan(organisation: Organisation, file: str = "") -> list[Change]:
    """What applying would change; nothing is changed. Raises OrganisationFileError where it would be refused."""
    with transaction.atomic():
        return _plan(organisation, file or f"{organisation.slug}.toml")


def apply(organisation: Organisation, file: str = "") -> Applied:
    """Make it the version in force, in one transaction; does nothing where it is in force already.

    ``file`` is the name shown in problems. Raises OrganisationFileError where another organisation lives in
    this database or an upper app refuses the change. Two at once follow each other.
    """
    file = file or f"{organisation.slug}.toml"
    with transaction.atomic():
        _one_at_a_time()
        newest = OrganisationVersion.objects.aggregate(Max("number"))["number__max"] or 0
        changed = _plan(organisation, file)
        if not changed:
            return Applied(newest, [])
        text = json.dumps(content(organisation), ensure_ascii=False)
        version = OrganisationVersion.objects.create(
            number=newest + 1,
            slug=organisation.slug,
            digest=hashlib.sha256(text.encode()).hexdigest(),
            content=text,
            difference=[str(change) for change in changed],
        )
        _update_topics(organisation, version)
        return Applied(version.number, changed)


def _plan(organisation: Organisation, file: str) -> list[Change]:
    try:
        old = versions.current().organisation
    except versions.NoOrganisation:
        _refuse_any(file, changes.content_problems(organisation))
        return difference(None, organisation)
    if old.slug != organisation.slug:
        message = f"This database belongs to {old.slug!r}, the file to {organisation.slug!r}."
        remedy = "Use a database of its own for each organisation."
        raise OrganisationFileError([Problem(file, "", "slug", message, remedy)])
    changed = difference(old, organisation)
    if changed:
        _refuse_any(file, [*changes.content_problems(organisation), *changes.problems(old, organisation)])
    return changed


def _update_topics(organisation: Organisation, version: OrganisationVersion) -> None:
    language = organisation.law.languages[0]
    for code, entry in organisation.topics.items():
        values = {"title": entry.title.in_language(language)[:200], "purpose": entry.purpose, "retired_in": None}
        Topic.objects.update_or_create(code=code, defaults=values, create_defaults={**values, "first_version": version})
    Topic.objects.filter(retired_in=None).exclude(code__in=organisation.topics).update(retired_in=version)


def _one_at_a_time() -> None:
    """SQLite needs nothing: its transactions are IMMEDIATE, so a second one waits at its start."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [APPLYING_LOCK])


def _path(path_or_slug: str | Path) -> Path:
    if isinstance(path_or_slug, Path) or "/" in path_or_slug or path_or_slug.endswith(".toml"):
        return Path(path_or_slug)
    if path_or_slug in shipped():
        return SHIPPED / f"{path_or_slug}.toml"
    remedy = f"Give one of {', '.join(shipped())}; or the path of a .toml file."
    raise _whole(path_or_slug or "(nothing)", "No organisation of this name ships.", remedy)


def _text(path: Path) -> str:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise _whole(str(path), "This is no file.", "Give the path of a .toml file.")
        with path.open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _whole(str(path), f"It cannot be read: {reason}.", "Check the path and its permissions.") from error
    if len(data) > LARGEST:
        remedy = "An organisation file is text of some hundred lines."
        raise _whole(path.name, f"It is larger than {LARGEST} bytes.", remedy)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _whole(path.name, f"Line {line} is not UTF-8.", "Save the file with the encoding UTF-8.") from error
    if not text.strip():
        raise _whole(path.name, "The file is empty.", f"Start from one that ships: {', '.join(shipped())}.")
    return text


def _plain(value: date | datetime | time) -> str:
    return value.isoformat()


def _whole(file: str, message: str, remedy: str) -> OrganisationFileError:
    return OrganisationFileError([Problem(file, "", "", message, remedy)])


def _refuse_any(file: str, problems: Iterable[Problem]) -> None:
    found = [replace(problem, file=problem.file or file) for problem in problems]
    if found:
        raise OrganisationFileError(found)
