"""The cookie register of a version: what is optional, whether to ask, and the words that were on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from typing import Final

from django.utils.translation import get_language

from consent.cookies import wording
from consent.ledger.texts import Shown
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion
from portal.organisation.schema import PORTAL_SITE, CookieCategory, Organisation

LONGEST_DAYS: Final = 400  # what browsers cut the life of a cookie down to


class UnknownSite(LookupError):
    """The register in force knows no such site."""


def categories(organisation: Organisation, site: str = PORTAL_SITE) -> dict[str, CookieCategory]:
    """The categories used on a site, in the file's order. Raises UnknownSite."""
    known = organisation.cookies.categories
    if site == PORTAL_SITE:
        return dict(known)
    entry = organisation.cookies.sites.get(site)
    if entry is None:
        raise UnknownSite(site)
    used = entry.categories or tuple(known)
    return {code: category for code, category in known.items() if code in used or not category.optional}


def title(organisation: Organisation, site: str = PORTAL_SITE) -> str:
    """The name of a site, as people know it. Raises UnknownSite."""
    if site == PORTAL_SITE:
        return organisation.name
    entry = organisation.cookies.sites.get(site)
    if entry is None:
        raise UnknownSite(site)
    return str(entry.title)


def title_then(version_id: int, site: str) -> str:
    """The name of a site as it was in the version with this id. Raises UnknownSite."""
    return title(versions.get(version_id).organisation, site)


def titles(version_id: int, codes: Iterable[str]) -> str:
    """Categories as they were called in the version with this id, one after the other; empty where there are none."""
    called = versions.get(version_id).organisation.cookies.categories
    return ", ".join(str(called[code].title) for code in codes)


def optional(organisation: Organisation, site: str = PORTAL_SITE) -> dict[str, CookieCategory]:
    """The categories of a site a person may refuse. Raises UnknownSite."""
    return {code: category for code, category in categories(organisation, site).items() if category.optional}


def ends_by_gpc(category: CookieCategory) -> bool:
    """Whether ``Sec-GPC: 1`` refuses a category: as the file says, else where others or advertising gain by it."""
    if category.refused_by_gpc is not None:
        return category.optional and category.refused_by_gpc
    return category.optional and (category.shared or any(signal.startswith("ad_") for signal in category.signals))


def default(category: CookieCategory) -> bool:
    """Whether a category runs before anybody chose: only where the law asks for no more than a way to object."""
    return category.rule != "consent"


def days_until_asked_again(organisation: Organisation, today: date) -> int:
    """How many days a choice of today holds, as the file promises; the cookie lasts as long, as browsers let it."""
    return min((organisation.cookies.ask_again_after.after(today) - today).days, LONGEST_DAYS)


def belongs(name: str, pattern: str) -> bool:
    """Whether a browser's cookie is the one an entry names: ``*`` stands for any ending, ``__Host-`` for https."""
    name, pattern = name.removeprefix("__Host-"), pattern.removeprefix("__Host-")
    return name.startswith(pattern[:-1]) if pattern.endswith("*") else name == pattern


def shown(current: versions.Current, site: str, *, signal: bool) -> Shown:
    """The words with which the site asks, in the language active now, as they are kept for proof: with ``signal``,
    those about Global Privacy Control too. Raises UnknownSite."""
    return _shown(current, site, signal, get_language() or "")


@lru_cache(maxsize=64)
def _shown(current: versions.Current, site: str, signal: bool, language: str) -> Shown:
    offered = optional(current.organisation, site)
    off = [str(one.title) for one in offered.values() if signal and ends_by_gpc(one)]
    return Shown(language=language, body=wording.whole(current.organisation, offered, off))


def valid_since(current: versions.Current, site: str = PORTAL_SITE) -> int:
    """The number of the oldest version whose choices still hold on a site: since then nothing optional there has a new
    purpose or recipient. Who chose or refused under an older one is asked again (``ask_again_after`` ends a choice as
    well). Raises UnknownSite."""
    return _valid_since(current, site)


@lru_cache(maxsize=64)
def _valid_since(now: versions.Current, site: str) -> int:
    # A process has one object for each version; its id alone may be given twice.
    asked = _asked(now.organisation, optional(now.organisation, site))
    oldest = now.number
    earlier = OrganisationVersion.objects.filter(number__lt=now.number).order_by("-number")
    for pk, number in earlier.values_list("pk", "number"):
        then = versions.get(pk).organisation
        # A site that is new to the file may share the choice of its neighbours, who asked about all of it.
        known = site if site == PORTAL_SITE or site in then.cookies.sites else PORTAL_SITE
        if not asked <= _asked(then, optional(then, known)):
            break
        oldest = number
    return oldest


def _asked(organisation: Organisation, offered: Mapping[str, CookieCategory]) -> frozenset[tuple[str, str, str, str]]:
    """Every purpose and recipient that a choice is about, by category and rule."""
    found = {(code, category.rule, _said(category), "") for code, category in offered.items()}
    for cookie in organisation.cookies.cookies.values():
        if cookie.category in offered:
            rule = offered[cookie.category].rule
            found.add((cookie.category, rule, _words(cookie.purpose.as_written()), cookie.provider))
    return frozenset(found)


def _said(category: CookieCategory) -> str:
    return f"{_words(category.sentence.as_written())}{'|shared' if category.shared else ''}"


def _words(written: str | Mapping[str, str]) -> str:
    return written if isinstance(written, str) else "|".join(written.values())
