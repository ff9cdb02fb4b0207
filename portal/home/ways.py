"""The ways into the privacy centre. An app that brings a page registers it here, from ``AppConfig.ready()``.

The home page lists them as large links, the top of every page as short ones: a page that does not exist yet
can then have no link.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse
from django.utils.functional import Promise

from portal.organisation.schema import Organisation


@dataclass(frozen=True)
class Way:
    """One way in. ``code`` is what a page gives as ``nav_current``; without ``nav`` it stands on the home page only.

    ``text`` says in a sentence or two what people find there, in the words of the organisation. A ``title`` that
    depends on it is a function too.
    """

    code: str
    url_name: str
    title: str | Promise | Callable[[Organisation], str]
    text: Callable[[Organisation], str | Promise]
    nav: str | Promise = ""
    order: int = 100


@dataclass(frozen=True)
class Link:
    """A link as templates print it."""

    code: str
    url: str
    title: str | Promise
    text: str | Promise = ""


_ways: dict[str, Way] = {}


def register(way: Way) -> None:
    """Add a way in. The code is its own: a second one with the same code stops the start."""
    if _ways.get(way.code, way) != way:
        raise ImproperlyConfigured(f"Two ways into the privacy centre are called {way.code!r}.")
    _ways[way.code] = way


def registered() -> list[Way]:
    """All ways, in the order people see them."""
    return sorted(_ways.values(), key=lambda way: (way.order, way.code))


def nav_items() -> list[Link]:
    """The short links at the top of every page."""
    return [Link(way.code, reverse(way.url_name), way.nav) for way in registered() if way.nav]


def home_items(organisation: Organisation) -> list[Link]:
    """The large links of the home page."""
    return [
        Link(
            way.code,
            reverse(way.url_name),
            way.title(organisation) if callable(way.title) else way.title,
            way.text(organisation),
        )
        for way in registered()
    ]
