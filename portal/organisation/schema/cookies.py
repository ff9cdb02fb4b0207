"""The cookie register: what the site may leave in a browser."""

from __future__ import annotations

from collections.abc import Mapping

from portal.organisation.schema.table import Promise
from portal.organisation.schema.values import Code, Line, PartialDate, Period, SomeTime, Words
from portal.organisation.schema.vocabulary import ConsentSignal, CookieKind, CookieParty, CookieRule


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
