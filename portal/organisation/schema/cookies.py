"""The cookie register: what the site may leave in a browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pydantic import Field

from portal.organisation.schema.table import Promise
from portal.organisation.schema.values import Code, Line, Origin, ParentDomain, PartialDate, Period, SomeTime, Words
from portal.organisation.schema.vocabulary import ConsentSignal, CookieKind, CookieParty, CookieRule

PORTAL_SITE: Final = "portal"  # the code of the portal itself, which is a site like the others


class CookieCategory(Promise):
    """A group of cookies a person allows or refuses together."""

    title: Words
    """Its name."""
    sentence: Words
    """What it is for, in one sentence."""
    rule: CookieRule
    """`necessary`, `objection` (on after clear words, with a free way out) or `consent`."""
    signals: tuple[ConsentSignal, ...] = ()
    """The signals of Google Consent Mode it sets."""
    shared: bool = False
    """Whether others receive what it collects."""
    refused_by_gpc: bool | None = None
    """Whether Global Privacy Control refuses it; without the key, where it is shared or serves advertising."""

    @property
    def optional(self) -> bool:
        """Whether a person can do without it."""
        return self.rule is not CookieRule.NECESSARY


class Cookie(Promise):
    """One cookie, storage entry or beacon."""

    name: Line
    """Its name as the browser shows it; `*` stands for any ending."""
    category: Code
    """The category it belongs to."""
    provider: Line
    """Who sets it."""
    purpose: Words
    """What it does."""
    lasts: Period | None = None
    """How long it stays; without one, until the browser is closed."""
    party: CookieParty
    """`first` or `third`."""
    kind: CookieKind = CookieKind.COOKIE
    """`cookie`, `storage` or `beacon`."""
    transfer: Words | None = None
    """Where it takes data outside the country or the EEA, and under which safeguard."""


class CookieSite(Promise):
    """Another site of the organisation, which asks through `consent.js`."""

    title: Line
    """Its name."""
    origins: tuple[Origin, ...] = Field(min_length=1)
    """Its exact origins, staging included: `https://www.example.org`."""
    domain: ParentDomain | None = None
    """The domain its cookie is set on, where several of these sites share one choice."""
    categories: tuple[Code, ...] = ()
    """The categories used there; without the key, all of them."""


class Cookies(Promise):
    """The cookies of the site and how a person is asked."""

    sentence: Words
    """What people are told first."""
    ask_again_after: SomeTime
    """How long a choice holds before the person is asked again."""
    register_date: PartialDate
    """The day of the register below."""
    policy_download: bool = False
    """Whether the cookie policy can be downloaded."""
    categories: Mapping[Code, CookieCategory]
    """The categories."""
    cookies: Mapping[Code, Cookie]
    """Every cookie, by a code of its own."""
    sites: Mapping[Code, CookieSite] = Field(default_factory=dict)
    """Other sites of the organisation that ask through `consent.js`."""

    @property
    def offers_choice(self) -> bool:
        """Whether there is anything optional, and so something to ask."""
        return any(category.optional for category in self.categories.values())
