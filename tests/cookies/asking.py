"""How a site asks the cookie API, as consent.js does."""

import json
from typing import Any

from django.http import HttpResponse
from django.test import Client

from consent.cookies.choice_cookie import Credentials, new_key

SITE = "https://www.open-e.com"
ELSEWHERE = "https://www.example.net"
_client = Client()  # one, since each builds its middleware anew
CHOICES = "/api/v1/cookies/choices"


def config(*, origin: str | None = SITE, headers: dict[str, str] | None = None, **asked: str) -> Any:
    """Ask what to ask."""
    named = {"Origin": origin} if origin else {}
    return _client.get("/api/v1/cookies/config", {"site": "www", **asked}, headers={**named, **(headers or {})})


def body(who: Credentials | None = None, **other: Any) -> dict[str, Any]:
    """One press on the website of Open-E; counting visits is allowed unless the test says otherwise."""
    named = {"reference": who.reference, "secret": who.secret} if who else {}
    pressed = {"site": "www", "version": 1, "key": new_key(), "choices": {"analytics": True}, "path": "/shop/"}
    return {**pressed, **named, **other}


def send(pressed: Any, *, origin: str | None = SITE, content_type: str = "text/plain") -> Any:
    """Send it, as text without a preflight or in another form."""
    data = pressed if isinstance(pressed, str | bytes) else json.dumps(pressed)
    named = {"Origin": origin} if origin else {}
    return _client.post(CHOICES, data, content_type=content_type, headers=named)


def in_force(reference: str, secret: str, *, origin: str = SITE) -> Any:
    """Ask for the choice in force in a browser."""
    return _client.get(f"{CHOICES}/{reference}", headers={"Origin": origin, "X-Consent-Secret": secret})


def options(path: str, headers: dict[str, str]) -> Any:
    """A browser's question before it asks."""
    return _client.options(path, headers=headers)


def may_read(response: HttpResponse) -> str | None:
    """The origin whose pages may read the answer."""
    return response.headers.get("Access-Control-Allow-Origin")
