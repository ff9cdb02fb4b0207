"""Priya is the privacy officer; support, an auditor and an editor of notices look over her shoulder."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import flows as accounts
from accounts.groups import AUDITOR, EDITOR, PRIVACY_OFFICER, SUPPORT
from accounts.models import User
from dsar.flows import answering, asking, tasks
from dsar.flows.answering import Answer
from dsar.flows.asking import Wish
from dsar.models import Request, Task
from dsar.vocabulary import Matter, Outcome
from portal.organisation.versions import Current
from tests.dsar.answers import approved

JOAN, MAREK, PRIYA = "joan.archer@example.org", "marek.nowak@example.com", "priya@staff.example"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LIST = "admin:dsar_request_changelist"
STAFF = {SUPPORT: "sam@staff.example", AUDITOR: "ada@staff.example", EDITOR: "eli@staff.example"}
ANSWERS: dict[Matter, dict[str, str]] = {
    Matter.RECTIFICATION: {"fact": "name", "wrong": "Joan Arcer", "right": "Joan Archer"},
    Matter.RESTRICTION: {"ground": "accuracy"},
    Matter.HUMAN_REVIEW: {"decision": "My application of 2 March was turned down"},
    Matter.COMPLAINT: {"what": "You wrote to me after I said stop."},
    Matter.COMPROMISE: {"what": "A mail in your name asked for my password."},
}


@pytest.fixture(autouse=True)
def _quick_hashes(request: pytest.FixtureRequest, settings: Settings) -> None:
    """Slow hashes are right in an install and only slow here; a real server beside the test knows no others."""
    if not request.node.get_closest_marker("browser"):
        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def words_of(page: str) -> str:
    """The words of a page, tags away and blanks made one."""
    text = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))
    return re.sub(r"\s+([,.;:?!](?=\s|$)|$)", r"\1", text).strip()


@dataclass
class AtDesk:
    """Somebody of the staff at the desk."""

    user: User
    client: Client

    def see(self, request: Request) -> str:
        return words_of(self.client.get(page_of(request)).content.decode())

    def offered(self, request: Request) -> set[str]:
        """The codes of what the page offers."""
        page = self.client.get(page_of(request)).content.decode()
        return set(re.findall(r'action="[^"]+/do/([a-z-]+)/"', page))

    def do(self, request: Request, code: str, **data: Any) -> Any:
        answer = self.client.post(reverse("admin:dsar_request_do", args=[request.pk, code]), data)
        request.refresh_from_db()
        return answer

    def does(self, request: Request, code: str, **data: Any) -> None:
        """It is done: no error, and back on the page."""
        answer = self.do(request, code, **data)
        assert answer.status_code == 302, words_of(answer.content.decode())


def page_of(request: Request) -> str:
    return reverse("admin:dsar_request_change", args=[request.pk])


def sitting(user: User) -> AtDesk:
    client = Client()
    client.force_login(user, BACKEND)
    return AtDesk(user, client)


@pytest.fixture
def joan(organisation: Current) -> User:
    return accounts.open_account(JOAN, "green kettle on Tuesdays", name="Joan Archer")


@pytest.fixture
def priya(organisation: Current) -> AtDesk:
    return sitting(
        accounts.open_account(PRIYA, "green kettle on Tuesdays", name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    )


def member(group: str) -> AtDesk:
    """Somebody of this group."""
    return sitting(accounts.open_account(STAFF[group], name=STAFF[group][:3].title(), staff=True, groups=(group,)))


def ask(user: User, matter: Matter = Matter.ACCESS, **more: Any) -> Request:
    """Asked, signed in."""
    request = asking.ask_signed_in(user, Wish(matter, ANSWERS.get(matter, {}), **more))
    request.refresh_from_db()
    return request


def close_tasks(request: Request, user: User) -> None:
    for task in Task.objects.open().filter(request=request):
        tasks.answer(task, user, "Nothing found.")


def to_approved(request: Request, user: User) -> Request:
    close_tasks(request, user)
    answering.search(request, user)
    approved(request, user)
    return request


def refused(request: Request, user: User) -> Request:
    """Closed with a refusal."""
    close_tasks(request, user)
    said = Answer(Outcome.REFUSED, "You had the same copy last week.", reasons=["excessive"], searched="Accounts")
    answering.refuse(request, user, said)
    return request
