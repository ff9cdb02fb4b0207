"""Between a request and the flows: which browser this is, whose it is, and the cookie that goes back to it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from http.cookies import CookieError
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import Resolver404, resolve
from django.utils.translation import get_language

from consent.cookies import choice_cookie, flows, in_force, place, register
from consent.cookies.choice_cookie import Credentials, Remembered
from consent.cookies.flows import Save
from consent.cookies.vocabulary import Means
from portal.organisation import versions
from portal.organisation.schema import PORTAL_SITE
from portal.subjects import flows as subjects
from portal.subjects.models import Subject

_DAY = 86_400


def person(request: HttpRequest) -> Subject | None:
    """Whoever is signed in, as the record that speaks for them."""
    subject = getattr(request.user, "subject", None)
    return None if subject is None else subjects.resolve(subject)


def press(request: HttpRequest, cleaned: dict[str, Any], *, path: str) -> Save:
    """What was pressed on the page at ``path``, as the flow wants it.

    Whoever is signed in goes on under the browser's reference only if it is not somebody else's.
    """
    found = in_force.of(request)
    own = found.remembered.credentials if found.remembered else None
    if own is not None and not flows.may_go_on(own, person(request)):
        own = None
    credentials = own or Credentials.of(cleaned["key"])
    allowed = {code for code, yes in cleaned["choices"].items() if yes}
    return Save(
        site=PORTAL_SITE,
        version=cleaned["version"],
        choices=cleaned["choices"],
        means=Means.FORM,
        key=flows.key_for(credentials, choice_cookie.kept_key(cleaned["key"]), allowed),
        path=_nameless(path),
        language=get_language() or "",
        signal=found.signal,
        credentials=credentials,
    )


def remember(request: HttpRequest, response: HttpResponseBase, remembered: Remembered) -> None:
    """Write the choice into the browser, and take out what it no longer allows.

    Only cookies of this very host go: others were set by other sites, which ask for themselves.
    """
    organisation = versions.current().organisation
    if organisation.cookies.offers_choice:
        life = register.days_until_asked_again(organisation, datetime.now(UTC).date()) * _DAY
        kept = place.on_portal(organisation)
        options: dict[str, Any] = {"max_age": life, "domain": kept.domain, "secure": kept.secure, "samesite": "Lax"}
        response.set_cookie(kept.name, choice_cookie.written(remembered), **options)
    refused = set(register.optional(organisation)) - remembered.allowed
    patterns = [one.name for one in organisation.cookies.cookies.values() if one.category in refused]
    for name in request.COOKIES:
        if any(register.belongs(name, pattern) for pattern in patterns):
            # A browser sends names that no server may set (brackets, say): such a cookie is left to end by itself.
            with suppress(CookieError):
                response.delete_cookie(name)


def _nameless(path: str) -> str:
    """The path as it is kept for proof: of one that carries a token, the part before it."""
    try:
        match = resolve(path.partition("?")[0].partition("#")[0])
    except Resolver404:
        return ""
    return f"/{match.route.partition('<')[0]}"
