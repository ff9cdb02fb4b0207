"""Where a browser keeps a choice: the name of the cookie, and the domain it is set on.

Where the organisation file gives sites a domain in common they share one choice, the portal too if it lies there.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from django.conf import settings

from consent.cookies import register
from consent.cookies.choice_cookie import NAME
from portal.organisation.schema import PORTAL_SITE, CookieSite, Organisation


@dataclass(frozen=True, slots=True)
class Place:
    """``domain`` is None for a cookie of one host alone; ``secure`` says that it goes over https only."""

    domain: str | None
    secure: bool

    @property
    def name(self) -> str:
        """The cookie's name. ``__Host-`` forbids a domain, and needs https."""
        return f"__Host-{NAME}" if self.secure and self.domain is None else NAME


def on_portal(organisation: Organisation) -> Place:
    """For the portal's own pages."""
    return on_site(settings.BASE_URL, organisation, PORTAL_SITE)


def on_site(origin: str, organisation: Organisation, site: str) -> Place:
    """For a page of this origin. Without one it is what most pages of the site have: somebody looks who is on none."""
    domains = _domains(organisation, site)
    if not origin:
        return Place(domains[0] if domains else None, settings.HTTPS)
    host = urlsplit(origin).hostname or ""
    around = [domain for domain in domains if host == domain or host.endswith(f".{domain}")]
    return Place(max(around, key=len, default=None), origin.startswith("https://"))


def sites_apart(organisation: Organisation) -> list[CookieSite]:
    """The sites that ask for themselves: a choice on the portal's pages changes nothing there, nor the reverse."""
    portal = on_portal(organisation)
    return [
        site
        for code, site in organisation.cookies.sites.items()
        if register.optional(organisation, code) and (portal.domain is None or site.domain != portal.domain)
    ]


def _domains(organisation: Organisation, site: str) -> list[str]:
    sites = organisation.cookies.sites
    asked = sites.values() if site == PORTAL_SITE else filter(None, [sites.get(site)])
    return [one.domain for one in asked if one.domain]
