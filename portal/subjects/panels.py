"""Panels of the person page: what each app shows staff about a person, to be read.

An app registers its panels in ``AppConfig.ready()``; the page knows none of them. A panel is a table, filled when the
page is opened, and only for staff who may see the rows it is made of.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from django.utils.functional import Promise

from portal.subjects.models import Subject

Words = str | Promise


class Permitted(Protocol):
    """Whoever looks: a user of Django's."""

    def has_perm(self, perm: str) -> bool: ...


@dataclass(frozen=True)
class Table:
    """The rows of a panel, each as long as ``columns``; moments are aware and shown in the organisation's own time.

    ``note`` stands above the table, ``more`` (address, words) below it as a link, for who has ``more_needs``.
    """

    columns: Sequence[Words]
    rows: Sequence[Sequence[Any]]
    note: Words = ""
    more: tuple[str, Words] | None = None
    more_needs: str = ""


@dataclass(frozen=True)
class Panel:
    """``fill`` makes the table about a person; ``needs`` is the permission to see it, as ``app.codename``."""

    title: Words
    fill: Callable[[Subject], Table]
    needs: str
    empty: Words
    order: int = 50


_panels: list[Panel] = []


def register(panel: Panel) -> None:
    """Puts a panel on the person page, in order of :attr:`Panel.order`; doing so again changes nothing."""
    if panel not in _panels:
        _panels.append(panel)
        _panels.sort(key=lambda one: one.order)


def filled(subject: Subject, viewer: Permitted) -> list[tuple[Panel, Table]]:
    """The panels this viewer may see, each with its table about this person."""
    return [(panel, _as_seen_by(viewer, panel.fill(subject))) for panel in _panels if viewer.has_perm(panel.needs)]


def _as_seen_by(viewer: Permitted, table: Table) -> Table:
    """Without a link to what they may not do."""
    if table.more_needs and not viewer.has_perm(table.more_needs):
        return replace(table, more=None)
    return table
