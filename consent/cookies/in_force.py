"""What is in force in the browser that sent a request: its choice, Global Privacy Control, and the register."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest

from consent.cookies import choice_cookie, place, register
from consent.cookies.choice_cookie import Remembered
from portal.organisation import versions
from portal.organisation.schema import CookieCategory


class InForce:
    """What the portal may use in one browser. Made for each request, it asks nothing before it is asked.

    ``remembered`` is the choice the browser sent, of whatever age; ``signal`` says whether it sent ``Sec-GPC: 1``.
    """

    def __init__(self, cookies: Mapping[str, str], *, signal: bool) -> None:
        self._cookies = cookies
        self.signal = signal
        self.consulted = False

    @cached_property
    def current(self) -> versions.Current | None:
        """The version in force; None before one is loaded and while the database is away. Nothing is allowed then."""
        self.consulted = True
        try:
            return versions.current()
        except (versions.NoOrganisation, OperationalError, InterfaceError):
            return None

    @cached_property
    def remembered(self) -> Remembered | None:
        """What the browser sent; None too where nobody knows yet which cookie that would be."""
        return (
            choice_cookie.read(self._cookies.get(place.on_portal(self.current.organisation).name))
            if self.current
            else None
        )

    @property
    def categories(self) -> dict[str, CookieCategory]:
        """The categories used on the portal, in the file's order."""
        return register.categories(self.current.organisation) if self.current else {}

    @property
    def optional(self) -> dict[str, CookieCategory]:
        """Those a person may refuse."""
        return {code: category for code, category in self.categories.items() if category.optional}

    @cached_property
    def holds(self) -> bool:
        """Whether the person need not be asked: they chose, or refused, and nothing new has come since."""
        if self.remembered is None or self.current is None:
            return False
        # One that never was comes from another install, or was made up.
        return register.valid_since(self.current) <= self.remembered.version <= self.current.number

    def allows(self, code: str) -> bool:
        """Whether a category may be used now.

        Global Privacy Control ends it unless the person allowed it while the signal was on. A choice that no longer
        holds still keeps off what it refused.
        """
        category = self.categories.get(code)
        if category is None or not category.optional:
            return category is not None
        if self.ended_by_signal(category):
            return False
        chosen = self.remembered is None or code in self.remembered.allowed
        return chosen if self.holds else chosen and register.default(category)

    def ended_by_signal(self, category: CookieCategory) -> bool:
        """Whether Global Privacy Control decides about a category; a choice made under it decides instead."""
        explicit = self.holds and self.remembered is not None and self.remembered.under_gpc
        return self.signal and register.ends_by_gpc(category) and not explicit

    @property
    def asked_about(self) -> dict[str, CookieCategory]:
        """What the banner asks about: the optional categories that the browser's signal has not refused already."""
        return {code: one for code, one in self.optional.items() if not (self.signal and register.ends_by_gpc(one))}

    @property
    def refused_by_signal(self) -> dict[str, CookieCategory]:
        """The categories that are off because of Global Privacy Control alone."""
        return {code: one for code, one in self.optional.items() if self.ended_by_signal(one)}

    @property
    def asks(self) -> bool:
        """Whether the banner is due: something optional is used, and nobody has said yes or no to it."""
        return bool(self.asked_about) and not self.holds


def of(request: HttpRequest) -> InForce:
    """What is in force in the browser that sent ``request``; the same object for the whole of the request."""
    found = getattr(request, "cookie_choice", None)
    if not isinstance(found, InForce):
        # “1” and nothing else: Sec-GPC is no list and no boolean in words.
        signal = request.headers.get("Sec-GPC") == "1"
        found = InForce(request.COOKIES, signal=signal)
        request.cookie_choice = found  # type: ignore[attr-defined]  # what the middleware promises to views
    return found
