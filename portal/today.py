"""What must be done today: what each app puts at the head of the desk, for who may see it.

An app registers its duties in ``AppConfig.ready()``; the desk's index knows none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from django.utils.functional import Promise

Words = str | Promise
LATE, SOON, CALM, WAITING = "late", "soon", "calm", "waiting"
"""The colours of a mark; its words say the same."""


class Looking(Protocol):
    """Whoever looks: a user of Django's."""

    pk: Any

    def has_perm(self, perm: str) -> bool: ...


@dataclass(frozen=True)
class Line:
    """One thing to do: its ``mark`` in words with the ``tone`` of its colour, what it is, where, and a note."""

    mark: Words
    tone: str
    words: Words
    url: str
    note: Words = ""


@dataclass(frozen=True)
class Work:
    """Some lines, and where the others are (address, words)."""

    lines: Sequence[Line] = field(default_factory=tuple)
    more: Sequence[tuple[str, Words]] = field(default_factory=tuple)


@dataclass(frozen=True)
class Duty:
    """A kind of work. ``find`` looks for it on behalf of who looks, in few queries, however much there is; ``needs`` is
    a permission as ``app.codename``; ``done`` is said when nothing is found."""

    code: str
    title: Words
    find: Callable[[Looking], Work]
    needs: str
    done: Words
    order: int = 50


_duties: list[Duty] = []


def register(duty: Duty) -> None:
    """Puts a duty on the desk, in order of :attr:`Duty.order`; doing so again changes nothing."""
    if duty not in _duties:
        _duties.append(duty)
        _duties.sort(key=lambda one: one.order)


def found(viewer: Looking) -> list[tuple[Duty, Work]]:
    """The duties of this viewer, each with its work."""
    return [(duty, duty.find(viewer)) for duty in _duties if viewer.has_perm(duty.needs)]
