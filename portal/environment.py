"""Strict readers for settings that come from the environment.

Every reader either returns a checked value or raises :class:`ImproperlyConfigured` with the name of the
variable, what was wrong, and what would be right; a secret's value is never repeated. For every ``NAME`` a
``NAME_FILE`` may be given instead: the path of a file that holds the value.

Each call also leaves a :class:`Variable` in :data:`DECLARED`, from which ``docs/settings.md`` is checked.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


@dataclass(frozen=True)
class Variable:
    """One setting as an operator sees it: its name, kind, default in words, and what it is for."""

    name: str
    kind: str
    default: str
    help: str


DECLARED: dict[str, Variable] = {}


def _raw(name: str) -> str | None:
    path = os.environ.get(f"{name}_FILE")
    if path is None:
        return os.environ.get(name)
    if name in os.environ:
        raise ImproperlyConfigured(f"{name} and {name}_FILE are both set: remove one.")
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name}_FILE: cannot read {path!r}: {type(error).__name__}.") from error


def _declare(name: str, kind: str, default: object, help: str) -> None:
    words = "required" if default is None else str(default) if default != "" else "empty"
    DECLARED[name] = Variable(name, kind, words, help)


def text(name: str, default: str | None = None, *, help: str) -> str:
    """The value of ``name``; required and non-empty where ``default`` is None."""
    _declare(name, "text", default, help)
    value = _raw(name)
    if value is None:
        value = default
    if value is None or (value == "" and default is None):
        raise ImproperlyConfigured(f"{name} is not set: {help}")
    return value


def secret(name: str, default: str | None = None, *, help: str, at_least: int = 32) -> str:
    """A secret of ``at_least`` characters; its value never appears in an error."""
    _declare(name, "secret", None if default is None else "for development only", help)
    value = _raw(name)
    if value is None:
        value = default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: {help}")
    if len(value) < at_least:
        raise ImproperlyConfigured(f"{name} has {len(value)} characters: give it at least {at_least}.")
    return value


def secrets(name: str, default: str | None = None, *, help: str, at_least: int = 32) -> dict[str, str]:
    """Named keys as ``id:secret,id:secret``; the first is in use, the others are only verified with."""
    value = secret(name, default, help=help, at_least=at_least)
    _declare(name, "id:secret, …", None if default is None else "for development only", help)
    keys: dict[str, str] = {}
    for part in value.split(","):
        key_id, colon, key = part.strip().partition(":")
        if not colon or not key_id.isalnum() or len(key) < at_least:
            words = f"write it as id:secret,id:secret, secrets of {at_least} characters or more"
            raise ImproperlyConfigured(f"{name}: {words}.")
        if key_id in keys:
            raise ImproperlyConfigured(f"{name}: the key id {key_id!r} stands twice.")
        keys[key_id] = key
    return keys


def flag(name: str, default: bool, *, help: str) -> bool:
    """``1/true/yes/on`` or ``0/false/no/off``, in any case."""
    _declare(name, "yes or no", "yes" if default else "no", help)
    value = _raw(name)
    if value is None:
        return default
    if value.lower() in {"1", "true", "yes", "on"}:
        return True
    if value.lower() in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name}={value!r} is neither yes nor no.")


def number(name: str, default: int, *, help: str, least: int = 0, most: int = 10**9) -> int:
    """A whole number between ``least`` and ``most``."""
    _declare(name, f"number, {least} to {most}", default, help)
    value = _raw(name)
    if value is None:
        return default
    try:
        result = int(value)
    except ValueError:
        raise ImproperlyConfigured(f"{name}={value!r} is not a whole number.") from None
    if not least <= result <= most:
        raise ImproperlyConfigured(f"{name}={result} is outside {least} to {most}.")
    return result


def url(name: str, default: str | None = None, *, help: str, schemes: tuple[str, ...] = ("https", "http")) -> str:
    """An absolute URL without a trailing slash; passwords in it never appear in an error."""
    _declare(name, "URL (" + ", ".join(schemes) + ")", default, help)
    value = _raw(name)
    if value is None:
        value = default
    if value is None:
        raise ImproperlyConfigured(f"{name} is not set: {help}")
    parts = urlsplit(value)
    if parts.scheme not in schemes or not (parts.netloc or parts.path):
        raise ImproperlyConfigured(f"{name} is no URL of the kind {' or '.join(s + '://' for s in schemes)}.")
    return value.rstrip("/")


def names(name: str, default: str = "", *, help: str) -> list[str]:
    """A comma-separated list, blanks dropped."""
    _declare(name, "list, by commas", default, help)
    value = _raw(name)
    return [part.strip() for part in (default if value is None else value).split(",") if part.strip()]
