"""Every address below /requests/, opened and posted to by everybody: what is theirs they see, all else is no page.

Staff see requests at the desk and not here: on these pages they are strangers. An address that is new in ``dsar.urls``
fails until it stands in the table below.
"""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts import flows as accounts
from accounts.groups import AUDITOR, EDITOR, PRIVACY_OFFICER, SUPPORT
from accounts.models import User
from dsar.models import Request
from dsar.urls import urlpatterns
from dsar.vocabulary import Happening
from portal.organisation.versions import Current
from tests.dsar.pages.conftest import BACKEND, answered, ask

pytestmark = pytest.mark.django_db
STAFF = {"support": SUPPORT, "auditor": AUDITOR, "editor": EDITOR, "privacy officer": PRIVACY_OFFICER}
EVERYBODY = ("anonymous", "owner", "other customer", *STAFF)
PUBLIC = {"requests", "promise", "new_request"}
# What each address answers to GET and to an empty POST: of the owner, of who comes without signing in, of all others.
GATE, REDIRECT, NO_BUTTON, GONE, WRONG_METHOD = 200, 302, 400, 404, 405
TABLE: dict[str, dict[str, tuple[int, int, int]]] = {
    "request": {"get": (200, GATE, GONE), "post": (NO_BUTTON, NO_BUTTON, GONE)},
    "request_withdraw": {"get": (REDIRECT, REDIRECT, GONE), "post": (REDIRECT, REDIRECT, GONE)},
    "request_file": {"get": (WRONG_METHOD,) * 3, "post": (200, REDIRECT, GONE)},
    "request_letter": {"get": (WRONG_METHOD,) * 3, "post": (200, REDIRECT, GONE)},
}


@pytest.fixture
def hers(joan: User, priya: User) -> Request:
    """Joan's, answered, with a file and a letter."""
    return answered(ask(joan), priya)


def client_of(who: str, joan: User) -> Client:
    client = Client()
    if who == "owner":
        client.force_login(joan, BACKEND)
    elif who in STAFF:
        user = accounts.open_account(f"{who.replace(' ', '.')}@staff.example", staff=True, groups=(STAFF[who],))
        client.force_login(user, BACKEND)
    elif who == "other customer":
        client.force_login(accounts.open_account("sam.green@example.net", name="Sam Green"), BACKEND)
    return client


def address(name: str, request: Request) -> str:
    more: dict[str, list[Any]] = {
        "request_file": [request.attachments.get().pk],
        "request_letter": [request.events.get(kind=Happening.ANSWERED).pk],
    }
    return reverse(name, args=[request.pk, *more.get(name, [])])


def test_the_table_is_whole() -> None:
    assert {str(pattern.name) for pattern in urlpatterns} == PUBLIC | set(TABLE)


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("name", TABLE)
def test_what_is_theirs_and_nothing_else(organisation: Current, hers: Request, joan: User, name: str, who: str) -> None:
    place = {"owner": 0, "anonymous": 1}.get(who, 2)
    client = client_of(who, joan)
    for method, expected in TABLE[name].items():
        answer = getattr(client, method)(address(name, hers))
        assert answer.status_code == expected[place], (method, answer.status_code)
        if place:
            page = answer.content.decode()
            assert "Here is what we hold" not in page
            assert joan.email not in page
            assert "Joan Archer" not in page


@pytest.mark.parametrize("who", EVERYBODY)
@pytest.mark.parametrize("name", sorted(PUBLIC))
def test_what_is_everybodys(organisation: Current, joan: User, name: str, who: str) -> None:
    place = reverse(name, args=["access"]) if name == "new_request" else reverse(name)
    assert client_of(who, joan).get(place).status_code == 200
