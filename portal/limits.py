"""How often something may be done: counters in the shared cache, without anybody's address in them."""

from __future__ import annotations

import time
import unicodedata
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def allow(scope: str, key: str, limit: int, seconds: int) -> bool:
    """Count one attempt, and say whether it is among the first ``limit`` in this window of ``seconds``.

    ``scope`` names what is done, ``key`` who or what is counted (an address in any case, a network); of the key
    only a keyed hash leaves the process. Attempts at the same moment are counted one by one.
    """
    name = _name(scope, key, seconds)
    for _attempt in range(3):
        cache.add(name, 0, seconds * 2)
        try:
            return cache.incr(name) <= limit
        except ValueError:
            # Wiped, or failed over to the local cache, between the two: begin again.
            continue
    return True


def retry_after(seconds: int) -> int:
    """Seconds until the present window of ``seconds`` ends."""
    return seconds - int(time.time()) % seconds


def client_ip(request: HttpRequest) -> str:
    """The address of the client: what the outermost of our own proxies saw, or the peer where there is none.

    With TRUSTED_PROXY_COUNT = n the n-th entry of X-Forwarded-For from the right is the one our first proxy
    wrote; whatever stands further left, the client may have invented.
    """
    peer = str(request.META.get("REMOTE_ADDR", ""))
    trusted: int = settings.TRUSTED_PROXY_COUNT
    hops = [hop.strip() for hop in request.headers.get("X-Forwarded-For", "").split(",") if hop.strip()]
    if not trusted or len(hops) < trusted:
        return peer
    try:
        return str(ip_address(hops[-trusted]))
    except ValueError:
        return peer


def client_network(request: HttpRequest) -> str:
    """What to count a client by: its IPv4 address, or its IPv6 /64, of which everybody has at least one."""
    try:
        address = ip_address(client_ip(request))
    except ValueError:
        return "unknown"
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
    return str(address)


def _name(scope: str, key: str, seconds: int) -> str:
    folded = unicodedata.normalize("NFKC", key.strip()).casefold()
    digest = salted_hmac("portal.limits", f"{scope}\n{folded}", algorithm="sha256").hexdigest()[:32]
    return f"limit:{scope}:{digest}:{int(time.time()) // seconds}"
