"""Calls of the cookie API to paste into a shell, with a site, a category and a version that are true today."""

from __future__ import annotations

import json
import shlex
from typing import Final

from django.conf import settings

from consent.cookies import register
from consent.cookies.choice_cookie import Credentials, new_key
from portal.organisation.schema import PORTAL_SITE
from portal.organisation.versions import Current

API: Final = "/api/v1/cookies"


def by_operation(current: Current) -> dict[str, str]:
    """For each operation, by its ``operationId``, a curl command. The second keeps what the third reads."""
    site, origin = _site(current)
    who = Credentials.drawn()
    press = {
        "site": site,
        "version": current.number,
        "key": new_key(),
        "choices": dict.fromkeys(list(register.optional(current.organisation, site))[:1], True),
        "path": "/shop/",
        "language": settings.LANGUAGE_CODE,
        "reference": who.reference,
        "secret": who.secret,
    }
    named = f"Origin: {origin}"
    return {
        "cookieConfig": _curl(f"{API}/config?site={site}", named),
        "keepChoice": _curl(f"{API}/choices", named, "Content-Type: application/json", data=json.dumps(press)),
        "choiceInForce": _curl(f"{API}/choices/{who.reference}", named, f"X-Consent-Secret: {who.secret}"),
    }


def _site(current: Current) -> tuple[str, str]:
    """A site and an origin of it: one where something is optional, if there is one."""
    sites = current.organisation.cookies.sites
    asking = [code for code in sites if register.optional(current.organisation, code)]
    code = next(iter([*asking, *sites]), PORTAL_SITE)
    return code, sites[code].origins[0] if code in sites else settings.BASE_URL


def _curl(path: str, *headers: str, data: str = "") -> str:
    words = [f"-H {shlex.quote(header)}" for header in headers]
    words += [f"--data {shlex.quote(data)}"] if data else []
    return " \\\n  ".join(["curl", *words, shlex.quote(f"{settings.BASE_URL}{path}")])
