"""What ``consent.js`` needs to know of a site: categories, words, and how to keep the choice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any

from django.conf import settings
from django.utils import translation

from consent.cookies import register, wording
from consent.cookies.place import Place
from portal.organisation.schema import Cookie, CookieCategory, Organisation
from portal.organisation.schema.vocabulary import CookieKind
from portal.organisation.versions import Current


@dataclass(frozen=True, slots=True)
class Rendered:
    """The configuration as it is sent, and the name of its content."""

    body: bytes
    etag: str


def spoken(language: str | None) -> str:
    """The language of the portal that comes closest to the one asked for; its own where none does."""
    try:
        return translation.get_supported_language_variant(language or "")
    except (LookupError, ValueError):
        return settings.LANGUAGE_CODE


@lru_cache(maxsize=64)
def rendered(current: Current, site: str, language: str, place: Place, days: int) -> Rendered:
    """The configuration of a site, in one of the portal's languages. Raises UnknownSite.

    ``place`` says where the cookie is set, ``days`` how long it lasts. A version never changes, so the answer is
    put together once in each process.
    """
    with translation.override(language):
        said = _config(current, site, language)
    said["cookie"] = {"name": place.name, "domain": place.domain, "days": days}
    body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
    return Rendered(body, f'"{sha256(body).hexdigest()[:32]}"')


def _config(current: Current, site: str, language: str) -> dict[str, Any]:
    organisation = current.organisation
    offered = register.optional(organisation, site)
    gpc_leaves_some = not all(register.ends_by_gpc(one) for one in offered.values())
    needed = [one for code, one in register.categories(organisation, site).items() if code not in offered]
    return {
        "site": site,
        "version": current.number,
        "valid_since": register.valid_since(current, site),
        "language": language,
        "register": f"{settings.BASE_URL}/cookies/",
        "categories": [_category(organisation, code, category) for code, category in offered.items()],
        "signals": sorted({str(signal) for category in needed for signal in category.signals}),
        "words": wording.for_script(organisation, gpc_leaves_some=gpc_leaves_some),
    }


def _category(organisation: Organisation, code: str, category: CookieCategory) -> dict[str, Any]:
    cookies = organisation.cookies.cookies.values()
    return {
        "code": code,
        "title": str(category.title),
        "sentence": str(category.sentence),
        "note": wording.rule_note(category),
        "default": register.default(category),
        "gpc": register.ends_by_gpc(category),
        "signals": [str(signal) for signal in category.signals],
        "cookies": [cookie.name for cookie in cookies if cookie.category == code and _can_be_deleted(cookie)],
    }


def _can_be_deleted(cookie: Cookie) -> bool:
    return cookie.kind is not CookieKind.BEACON
