"""Browsers of people who choose, and short words for what they press."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts import flows as accounts
from accounts.models import User
from consent.cookies import choice_cookie
from consent.cookies.choice_cookie import Remembered
from portal.organisation.versions import Current
from tests.preferences.conftest import words_of

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"
PASSWORDS = {JOAN: "green kettle on Tuesdays", MAREK: "eleven paper boats"}
FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


@dataclass
class Visitor:
    """Somebody at a browser of their own, whose POSTs say where they come from as every browser's do."""

    client: Client = field(default_factory=lambda: Client(headers={"Origin": "http://testserver"}))

    def page(self, path: str = "/cookies/", **headers: str) -> str:
        answer = self.client.get(path, headers=headers)
        assert answer.status_code == 200, path
        return answer.content.decode()

    def see(self, path: str = "/cookies/", **headers: str) -> str:
        """What a person reads there."""
        return words_of(self.page(path, **headers))

    def is_asked(self, path: str = "/", **headers: str) -> bool:
        return 'class="banner"' in self.page(path, **headers)

    def hidden(self, path: str = "/cookies/", **headers: str) -> dict[str, str]:
        """What the form on a page sends without being seen."""
        return dict(re.findall(r'type="hidden" name="(version|key|gpc)" value="([^"]*)"', self.page(path, **headers)))

    def press(self, do: str, *allow: str, path: str = "/cookies/", **more: Any) -> HttpResponse:
        """Open a page with the form, and press one of its buttons."""
        headers = more.pop("headers", {})
        hidden = self.hidden(path, **headers)
        headers = {"Referer": f"http://testserver{path}", **headers}
        return self.client.post("/cookies/", {**hidden, "do": do, "allow": allow, **more}, headers=headers)  # type: ignore[return-value]  # the test client's answer

    @property
    def remembered(self) -> Remembered | None:
        """What the browser's cookie says."""
        cookie = self.client.cookies.get(choice_cookie.NAME)
        return choice_cookie.read(cookie.value) if cookie else None

    def sign_in(self, user: User) -> None:
        """With the password, since what is asked after signing in depends on the browser."""
        answer = self.client.post("/account/login/", {"login": user.email, "password": PASSWORDS[user.email]})
        assert answer.status_code == 302


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    """Passwords that are hashed slowly are right in an install and only slow here."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def visitor(organisation: Current) -> Visitor:
    return Visitor()


@pytest.fixture
def joan(organisation: Current) -> User:
    return accounts.open_account(JOAN, PASSWORDS[JOAN], name="Joan Archer")


@pytest.fixture
def marek(organisation: Current) -> User:
    return accounts.open_account(MAREK, PASSWORDS[MAREK], name="Marek Nowak")
