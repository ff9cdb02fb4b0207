"""Which origins may ask about cookies: exactly those the organisation file gives to a site, and nobody with a session.

Answers never allow credentials, and say ``Vary: Origin`` whoever asked.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from consent.cookies.register import UnknownSite
from portal.organisation.schema import PORTAL_SITE, Organisation

PREFLIGHT_SECONDS: Final = 600
_HERE: Final = re.compile(r"http://(localhost|127\.0\.0\.1)(:[0-9]{1,5})?")


def origin_of(request: HttpRequest) -> str:
    """The origin that asks, as the browser names it; empty where none does."""
    return request.headers.get("Origin", "")


def may_ask(origin: str, organisation: Organisation, site: str) -> bool:
    """Whether the origin is one of the site's. Raises UnknownSite."""
    if site == PORTAL_SITE:
        own = {_origin(settings.BASE_URL)}
    elif site in organisation.cookies.sites:
        own = set(organisation.cookies.sites[site].origins)
    else:
        raise UnknownSite(site)
    return origin in own or _is_here(origin)


def is_known(origin: str, organisation: Organisation) -> bool:
    """Whether the origin belongs to some site of the organisation."""
    return any(may_ask(origin, organisation, site) for site in (PORTAL_SITE, *organisation.cookies.sites))


def admit(response: HttpResponseBase, origin: str) -> None:
    """Let a page of this origin, and no other, read the answer."""
    response.headers["Access-Control-Allow-Origin"] = origin
    response.headers["Access-Control-Expose-Headers"] = "ETag, Retry-After"


def admit_preflight(response: HttpResponseBase, methods: str) -> None:
    """Tell the browser with what it may come."""
    response.headers["Access-Control-Allow-Methods"] = methods
    response.headers["Access-Control-Allow-Headers"] = "Content-Type, X-Consent-Secret"
    response.headers["Access-Control-Max-Age"] = str(PREFLIGHT_SECONDS)


def mark(response: HttpResponseBase) -> None:
    """Say that the answer depends on the origin, and that pages elsewhere may load it."""
    patch_vary_headers(response, ["Origin"])
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"


def _is_here(origin: str) -> bool:
    """On a demo install, any page of this machine may try the portal."""
    return bool(settings.DEMO and _HERE.fullmatch(origin))


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"
