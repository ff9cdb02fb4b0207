"""Joan has an account, Marek is a guest, Priya is the privacy officer; requests are made as they make them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from pytest_django import Settings

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from dsar import codes
from dsar.flows import asking, tasks
from dsar.flows.asking import Wish
from dsar.models import Challenge, Request, Task
from dsar.vocabulary import Matter
from portal.organisation.versions import Current
from portal.outbox.models import Message

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"
PRIYA = "priya@staff.example"


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def priya(organisation: Current) -> User:
    return accounts.open_account(PRIYA, name="Priya", staff=True, groups=(PRIVACY_OFFICER,))


@pytest.fixture
def joan(organisation: Current) -> User:
    return accounts.open_account(JOAN, name="Joan Archer")


@pytest.fixture
def ask(joan: User) -> Callable[..., Request]:
    """A function: Joan asks, signed in."""

    def asked(matter: Matter, details: dict[str, str] | None = None, **more: Any) -> Request:
        return asking.ask_signed_in(joan, Wish(matter, details or {}, **more))

    return asked


def as_guest(matter: Matter, address: str = MAREK, **more: Any) -> Request:
    """Asked at a typed address; the code not entered yet."""
    return asking.ask_as_guest(address, Wish(matter, {}, **more))


def proved(request: Request) -> Request:
    """The reader of the address enters the code."""
    newest = Challenge.objects.filter(request=request).latest("pk")
    assert asking.enter_code(request, codes.derive(newest))
    request.refresh_from_db()
    return request


def systems_answer(request: Request, user: User) -> None:
    for task in Task.objects.open().filter(request=request):
        tasks.answer(task, user, "Nothing there.")


def written(address: str) -> list[str]:
    """The kinds of mail about requests to somebody, oldest first."""
    found = Message.objects.filter(contact_point__address=address, kind__startswith="request-")
    return list(found.order_by("created_at", "kind").values_list("kind", flat=True))
