"""Where an act came from, coarsened before it is kept: an IP network, a browser family, a page, a staff user."""

from __future__ import annotations

import json
import secrets
from dataclasses import asdict, dataclass
from hashlib import sha256
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Final

from allauth.account.adapter import get_adapter
from django.core.exceptions import PermissionDenied

if TYPE_CHECKING:
    from django.http import HttpRequest

IPV4_PREFIX: Final = 24
IPV6_PREFIX: Final = 48

# The first that occurs names the family: Edge and Opera call themselves Chrome too, and Chrome Safari.
FAMILIES: Final = (
    ("bot", "bot"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
    ("curl", "curl"),
)


@dataclass(frozen=True, slots=True)
class Circumstances:
    """Already coarse. ``ip`` is a network, ``path`` has no query, ``staff`` is the id of a staff user."""

    ip: str = ""
    user_agent: str = ""
    path: str = ""
    staff: str = ""

    @classmethod
    def of(cls, request: HttpRequest, *, staff: str = "", path: str | None = None) -> Circumstances:
        """The circumstances of a request. Pass ``path`` where the real one holds a token."""
        try:
            ip = get_adapter(request).get_client_ip(request)
        except PermissionDenied:
            ip = ""
        family = browser_family(request.META.get("HTTP_USER_AGENT", ""))
        return cls(ip=network(ip), user_agent=family, path=(request.path if path is None else path)[:200], staff=staff)

    def digest(self, nonce: str) -> str:
        """SHA-256 over the nonce and the canonical JSON: proves them while they are kept, and nothing afterwards."""
        content = json.dumps(asdict(self), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return sha256(f"{nonce}\n{content}".encode()).hexdigest()


def new_nonce() -> str:
    """128 random bits, in hex: without them the few possible circumstances could be guessed from their digest."""
    return secrets.token_hex(16)


def network(address: str) -> str:
    """The /24 (IPv4) or /48 (IPv6) an address lies in, or nothing for what is no address."""
    try:
        ip = ip_address(address)
    except ValueError:
        return ""
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    prefix = IPV4_PREFIX if ip.version == 4 else IPV6_PREFIX
    return str(ip_network((ip, prefix), strict=False))


def browser_family(user_agent: str) -> str:
    """The family and nothing else: versions and platforms would tell people apart."""
    return next((family for sign, family in FAMILIES if sign in user_agent), "other" if user_agent else "")
