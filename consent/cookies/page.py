"""What the cookie page shows: the register by category, and what is in force in this browser."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from consent.cookies import browsers, choice_cookie, flows, in_force, place, register, wording
from consent.cookies.in_force import InForce
from consent.cookies.models import Choice
from portal.home.policy import date_in_words
from portal.organisation import versions
from portal.organisation.schema import Cookie, CookieCategory, CookieKind, CookieParty, Organisation


@dataclass(frozen=True)
class Row:
    """One cookie, in words."""

    name: str
    kind: str
    provider: str
    party: str
    transfer: str
    purpose: str
    lasts: str
    promise: Cookie

    @classmethod
    def of(cls, cookie: Cookie) -> Row:
        return cls(
            _name(cookie),
            _kind(cookie),
            cookie.provider,
            _("this site") if cookie.party is CookieParty.FIRST else _("another site"),
            str(cookie.transfer) if cookie.transfer else "",
            str(cookie.purpose),
            _lasts(cookie),
            cookie,
        )


@dataclass(frozen=True)
class Section:
    """A category with its cookies. ``on`` says whether it may be used now; ``signal``, that only GPC keeps it off."""

    code: str
    category: CookieCategory
    note: str
    rows: list[Row]
    on: bool = False
    signal: bool = False

    @property
    def switch(self) -> str:
        """What the switch says."""
        return _("Allow “%(title)s”") % {"title": self.category.title}

    @property
    def our_choice(self) -> bool:
        """Whether the controller itself decided what it takes for the category to run."""
        return self.category.our_choice("rule")


@dataclass(frozen=True)
class OwnRecord:
    """What the portal keeps about the choices of this browser, for whoever holds its secret."""

    reference: str
    choice: Choice
    linked: str
    version: int


def shown(request: HttpRequest, *, saved: bool = False, problem: str = "") -> dict[str, Any]:
    """The template's variables. Raises NoOrganisation before one is loaded."""
    current, found = versions.current(), in_force.of(request)
    record = own_record(request, found)
    return {
        "sections": sections(current.organisation, found),
        "now": now(current.organisation, found),
        "apart": place.sites_apart(current.organisation),
        "record": record,
        "signed_in": browsers.person(request) is not None,
        "saved": saved and found.holds,
        "lost": saved and not found.holds,
        "problem": problem,
        "version": current.number,
        "key": choice_cookie.new_key(),
        "buttons": wording.buttons(),
        "asks_itself": True,
        "nav_current": "cookies",
        **described(current.organisation),
    }


def described(organisation: Organisation) -> dict[str, Any]:
    """What page, download and older versions say alike about a register as a whole, and which of it was our choice."""
    promise = organisation.cookies
    asked_again, dated = promise.our_choice("ask_again_after"), promise.our_choice("register_date")
    return {
        "cookies": promise,
        "register_date": date_in_words(promise.register_date),
        "register_iso": promise.register_date,
        "dated_by_choice": dated,
        "asked_again_by_choice": asked_again,
        "our_choice": dated or any(category.our_choice("rule") for category in promise.categories.values()),
    }


def sections(organisation: Organisation, found: InForce | None = None) -> list[Section]:
    """Every category with its cookies, in the file's order; with ``found``, as it stands in a browser."""
    return [
        Section(
            code,
            category,
            note(category),
            [Row.of(one) for one in organisation.cookies.cookies.values() if one.category == code],
            on=found is not None and found.allows(code),
            signal=found is not None and category.optional and found.ended_by_signal(category),
        )
        for code, category in register.categories(organisation).items()
    ]


def note(category: CookieCategory) -> str:
    """What stands in the margin beside a category."""
    words = [wording.rule_note(category)]
    if category.shared:
        words.append(_("Others receive what they collect."))
    return " ".join(words)


def now(organisation: Organisation, found: InForce) -> list[str]:
    """What is in force in this browser, in sentences."""
    if not found.optional:
        return [str(organisation.cookies.sentence)]
    lines = [_standing(organisation, found)]
    if off := [str(category.title) for category in found.refused_by_signal.values()]:
        lines.append(wording.gpc(wording.listed(off)))
        lines.append(_("You can still allow them below. What you choose yourself counts."))
    return lines


def _standing(organisation: Organisation, found: InForce) -> str:
    on = [str(category.title) for code, category in found.optional.items() if found.allows(code)]
    allowed = {"titles": wording.listed(on), "period": organisation.cookies.ask_again_after}
    if found.remembered is None:
        if on:
            return _("You have not chosen on these pages yet. Until you object, this is on: %(titles)s.") % allowed
        return _("You have not chosen on these pages yet. So they use nothing optional.")
    if not found.holds:
        return _("Our cookies changed since you chose. Please choose again. What you refused stays off until then.")
    if on:
        return _("You allow: %(titles)s. We ask again %(period)s after you chose.") % allowed
    if found.remembered.credentials is None:
        refused = _("You said no to everything optional. Your browser keeps that, without a name.")
        return f"{refused} {_('We ask again after %(period)s.') % allowed}"
    return _("These pages use nothing optional in this browser.")


def own_record(request: HttpRequest, found: InForce) -> OwnRecord | None:
    """The latest choice kept for this browser; None for one that chose nothing, or whose reference is not ours."""
    credentials = found.remembered.credentials if found.remembered else None
    if credentials is None:
        return None
    try:
        choice = flows.latest(credentials)
    except flows.NotYours:
        return None
    linked = flows.whose(choice, browsers.person(request))
    version = versions.get(choice.organisation_version_id).number
    return OwnRecord(choice_cookie.quoted(credentials.reference), choice, linked, version)


def _name(cookie: Cookie) -> str:
    """As a browser shows it: over http, as in the demo, no cookie may be called ``__Host-``."""
    return cookie.name if settings.BASE_URL.startswith("https://") else cookie.name.removeprefix("__Host-")


def _kind(cookie: Cookie) -> str:
    return {
        CookieKind.COOKIE: "",
        CookieKind.STORAGE: _("kept in the browser’s storage"),
        CookieKind.BEACON: _("a tiny picture"),
    }[cookie.kind]


def _lasts(cookie: Cookie) -> str:
    if cookie.lasts is not None:
        return str(cookie.lasts)
    if cookie.kind is CookieKind.BEACON:
        return _("Leaves nothing in your browser")
    return _("Until you close the browser")
