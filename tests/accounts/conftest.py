"""Joan has an account, Marek is only known to the newsletter, Priya is staff."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import flows, mails, timing
from accounts.models import User
from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.models import Request
from dsar.vocabulary import Matter
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects import flows as people
from portal.subjects.models import ContactPoint, Subject

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"
PRIYA = "priya@staff.example"
PASSWORD = "green kettle on Tuesdays"

CODE = re.compile(r"\b[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}\b")


@pytest.fixture(autouse=True, scope="session")
def _static_files() -> None:
    """The files pages link to, under the names a real install gives them."""
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even answers are tested where they are the subject; elsewhere they only cost time."""
    monkeypatch.setattr(timing, "STEP_SECONDS", 0.0001)


@pytest.fixture(autouse=True)
def _quick_hashes(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Slow hashes are right in an install and only slow here; a real server beside the test knows no others."""
    if request.node.get_closest_marker("browser"):
        return
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def joan(organisation: Current) -> User:
    return flows.open_account(JOAN, PASSWORD, name="Joan Archer")


@pytest.fixture
def priya(organisation: Current) -> User:
    return flows.open_account(PRIYA, PASSWORD, name="Priya", staff=True, superuser=True)


@pytest.fixture
def marek(organisation: Current) -> ContactPoint:
    """A prospect without an account."""
    return people.reach("email", MAREK, context="newsletter", source="person")


@dataclass
class Visitor:
    """Somebody at a browser of their own, with the mails that reach them."""

    client: Client = field(default_factory=Client)

    def post(self, url_name: str, **data: Any) -> Any:
        return self.client.post(reverse(url_name), data)

    def follow(self, url_name: str, **data: Any) -> Any:
        return self.client.post(reverse(url_name), data, follow=True)

    def sign_up(self, email: str, password: str = PASSWORD, **more: Any) -> Any:
        return self.post("account_signup", email=email, password1=password, **more)

    def sign_in(self, email: str, password: str = PASSWORD) -> Any:
        return self.post("account_login", login=email, password=password)

    def ask_for_code(self, email: str) -> Any:
        return self.post("account_request_login_code", email=email)

    @property
    def user(self) -> User | None:
        pk = self.client.session.get("_auth_user_id")
        return User.objects.get(pk=pk) if pk else None


@pytest.fixture
def visitor(organisation: Current) -> Visitor:
    return Visitor()


@pytest.fixture
def visitors(organisation: Current) -> Callable[[], Visitor]:
    return Visitor


def mails_to(address: str) -> list[Message]:
    """The mails queued for an address, oldest first."""
    point = people.find("email", address)
    return list(Message.objects.filter(contact_point=point).order_by("created_at")) if point else []


def code_in(message: Message) -> str:
    """The code that will stand in the mail."""
    purpose = {
        mails.SIGN_IN_CODE.code: "account-sign-in",
        mails.PASSWORD_CODE.code: "account-password",
    }.get(message.kind, "account-address")
    from accounts import codes

    return codes.derive(codes.Purpose(purpose), message.params["nonce"])


def last_code(address: str) -> str:
    return code_in(mails_to(address)[-1])


@pytest.fixture
def subject(joan: User) -> Subject:
    assert joan.subject is not None
    return joan.subject


@pytest.fixture
def asked(joan: User) -> Request:
    """Joan asked for a copy."""
    return asking.ask_signed_in(joan, Wish(Matter.ACCESS, {}))
