"""Who works here, for apps that stand below the accounts: a key to keep in a row, and what is known behind it.

The app that knows the accounts registers a :class:`Directory` in ``AppConfig.ready()``. Without one nobody is named,
and nobody is written to.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from portal.subjects.models import ContactPoint

BY_ITSELF: Final = ""
"""The key of nobody: what the portal did of its own accord."""
KEY_LENGTH: Final = 40


@dataclass(frozen=True)
class Directory:
    """``name`` gives a name for a key, or "" for one that is gone; ``reach`` the address of somebody who may still
    sign in, or None; ``officers`` the keys of the privacy officers; ``everybody`` keys and names, in order of names."""

    name: Callable[[str], str]
    reach: Callable[[str], ContactPoint | None]
    officers: Callable[[], list[str]]
    everybody: Callable[[], list[tuple[str, str]]]


_directories: list[Directory] = []


def register(directory: Directory) -> None:
    """Make it the directory; the one registered last is asked."""
    _directories[:] = [directory]


def name(key: str) -> str:
    """Somebody's name; the key itself where nobody knows it, and "" for :data:`BY_ITSELF`."""
    if key == BY_ITSELF or not _directories:
        return key
    return _directories[0].name(key) or key


def reach(keys: Iterable[str]) -> list[ContactPoint]:
    """The addresses of these people, each once; who may no longer sign in is left out."""
    if not _directories:
        return []
    found = [_directories[0].reach(key) for key in dict.fromkeys(keys) if key != BY_ITSELF]
    return list({point.pk: point for point in found if point is not None}.values())


def officers() -> list[str]:
    """The keys of the privacy officers."""
    return _directories[0].officers() if _directories else []


def everybody() -> list[tuple[str, str]]:
    """Keys and names of all who may open the desk."""
    return _directories[0].everybody() if _directories else []
