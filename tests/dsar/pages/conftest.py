"""Joan has an account, Marek comes as a guest, Priya works at the desk; and requests in every state they can be in."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import flows as accounts
from accounts.models import User
from dsar import codes
from dsar.files import names
from dsar.files.inspection import Inspected
from dsar.flows import answering, asking, identity, talking
from dsar.flows.answering import Answer
from dsar.flows.asking import Wish
from dsar.flows.identity import Doubt
from dsar.matters import MARKETING
from dsar.models import Challenge, IdentityCheck, Request, Task
from dsar.vocabulary import Behalf, Matter, Outcome
from portal.demo.requests import aged
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects import flows as people
from tests.dsar.answers import SAID, answer, approved

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"
PRIYA = "priya@staff.example"
FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ANSWERS: dict[Matter, dict[str, str]] = {
    Matter.INFORMED: {"what": "Where did you get my address?"},
    Matter.RECTIFICATION: {"fact": "name", "wrong": "Joan Arcer", "right": "Joan Archer"},
    Matter.RESTRICTION: {"ground": "accuracy"},
    Matter.OBJECTION: {"use": MARKETING},
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
class Visitor:
    """Somebody at a browser of their own."""

    client: Client = field(default_factory=Client)

    def see(self, path: str) -> str:
        return words_of(self.client.get(path).content.decode())

    def form(self, matter: str, query: str = "") -> Any:
        """The form a page holds, as it was drawn."""
        return self.client.get(reverse("new_request", args=[matter]) + query).context["form"]

    def ask(self, matter: Matter, query: str = "", **more: Any) -> Any:
        """Fills in the form of a matter as a browser would, and sends it."""
        url = reverse("new_request", args=[matter.value])
        return self.client.post(url + query, {**self.filled(matter, query), **more})

    def filled(self, matter: Matter, query: str = "") -> dict[str, Any]:
        form = self.form(matter.value, query)
        data = {name: form[name].value() or "" for name in form.fields}
        if "role" in data:
            data["role"] = next(iter(form.fields["role"].choices))[0]
        if "address" in data and not data["address"]:
            data["address"] = MAREK
        return {**data, **{f"answer_{code}": words for code, words in ANSWERS.get(matter, {}).items()}}

    def do(self, request: Request, do: str, **data: Any) -> Any:
        return self.client.post(page_of(request), {"do": do, **data})

    def enter(self, request: Request, code: str = "") -> Any:
        return self.do(request, "enter_code", code=code or last_code(request))

    def download(self, request: Request, file: Any) -> Any:
        return self.client.post(reverse("request_file", args=[request.pk, file.pk]))


def page_of(request: Request | UUID) -> str:
    return reverse("request", args=[getattr(request, "pk", request)])


def last_code(request: Request) -> str:
    """The code in the newest mail."""
    return codes.derive(Challenge.objects.filter(request=request).latest("pk"))


def kinds_of_mail(request: Request) -> list[str]:
    """What was put into the outbox for who asks, oldest first."""
    found = Message.objects.filter(params__request=str(request.pk), contact_point=request.contact_point)
    return [message.kind.removeprefix("request-") for message in found.order_by("created_at", "pk")]


def only() -> Request:
    return Request.objects.get()


@pytest.fixture
def joan(organisation: Current) -> User:
    return accounts.open_account(JOAN, "green kettle on Tuesdays", name="Joan Archer")


@pytest.fixture
def priya(organisation: Current) -> User:
    return accounts.open_account(PRIYA, "green kettle on Tuesdays", name="Priya", staff=True, superuser=True)


@pytest.fixture
def guest(organisation: Current) -> Visitor:
    return Visitor()


@pytest.fixture
def signed_in(joan: User) -> Visitor:
    """Joan at her browser."""
    visitor = Visitor()
    visitor.client.force_login(joan, BACKEND)
    return visitor


@pytest.fixture
def stranger(organisation: Current) -> Visitor:
    """Somebody else with an account."""
    user = accounts.open_account("sam.green@example.net", "green kettle on Tuesdays", name="Sam Green")
    visitor = Visitor()
    visitor.client.force_login(user, BACKEND)
    return visitor


def wish(matter: Matter = Matter.ACCESS, **more: Any) -> Wish:
    return Wish(matter, ANSWERS.get(matter, {}), **more)


def ask(user: User, matter: Matter = Matter.ACCESS, **more: Any) -> Request:
    """Asked, signed in."""
    return asking.ask_signed_in(user, wish(matter, **more))


def ask_as_guest(matter: Matter = Matter.ACCESS, address: str = MAREK, **more: Any) -> Request:
    """Asked, and the code not entered yet."""
    return asking.ask_as_guest(address, wish(matter, **more))


def pdf(name: str = "answer.txt", words: bytes = b"All we hold about you.\n") -> Inspected:
    return Inspected(names.safe_name(name, "text/plain"), "text/plain", words)


def close_tasks(request: Request, user: User) -> None:
    from dsar.flows import tasks

    for task in Task.objects.open().filter(request=request):
        tasks.answer(task, user, "Nothing found.")


def answered(request: Request, user: User, outcome: Outcome = Outcome.FULFILLED, **more: Any) -> Request:
    """Searched, checked and answered, with a file."""
    close_tasks(request, user)
    answering.search(request, user)
    partly = {"reasons": ["other"], "searched": "Accounts, mail, letters"} if outcome is Outcome.PARTLY else {}
    said = Answer(outcome, "Here is what we hold.\n\nYours, Priya", files=[pdf()], **{**partly, **more})
    answer(request, user, said)
    return request


def refused(request: Request, user: User) -> Request:
    said = Answer(
        Outcome.REFUSED, "You had the same copy last week.", reasons=["excessive"], searched="Accounts and mail"
    )
    close_tasks(request, user)
    answering.refuse(request, user, said)
    return request


def doubted(request: Request, user: User, method: IdentityCheck.Method = IdentityCheck.Method.QUESTION) -> Request:
    permitted = identity.permitted(request).documents
    wanted = permitted if method in {IdentityCheck.Method.DOCUMENT, IdentityCheck.Method.POST} else ()
    identity.ask(request, user, Doubt("The name on the account is another one.", method, wanted))
    return request


def in_state(name: str, joan: User, priya: User) -> Request:
    """A request of Joan's in one of the states a person can meet; ``STATES`` lists them."""
    request = ask_as_guest(address=joan.email) if name == "waiting-for-code" else _opened(name, joan)
    _STEPS[name](request, priya)
    request.refresh_from_db()
    return request


def _opened(name: str, joan: User) -> Request:
    matter = {
        "complaint": Matter.COMPLAINT,
        "compromise": Matter.COMPROMISE,
        "done-at-once": Matter.MARKETING_OPT_OUT,
        "on-hold": Matter.RESTRICTION,
    }.get(name, Matter.ACCESS)
    if name == "duplicate":
        ask(joan)
    if name.startswith("authority"):
        return ask(joan, behalf=Behalf.AGENT, on_behalf_of="Marek Nowak")
    return ask(joan, matter)


def _complained_about(request: Request, priya: User) -> None:
    refused(request, priya)
    user = User.objects.get(subject=request.subject)
    asking.ask_signed_in(user, wish(Matter.COMPLAINT, complains_about=request))


def _talked(request: Request, priya: User) -> None:
    answering.search(request, priya)
    talking.reply(request, priya, "You asked for your calls too. Do you know roughly when you rang?")
    talking.write(request, "Twice in January, I think.\nAround the 12th.", [pdf("calls.txt")])
    aged(request, days=11)


def _proved(request: Request, priya: User) -> None:
    doubted(request, priya)
    identity.answer(request, "The green one")


def _passed_on(request: Request, priya: User) -> None:
    close_tasks(request, priya)
    answering.pass_on(request, priya, "Acme Ltd", "You called their line.")


def _approved(request: Request, priya: User) -> None:
    close_tasks(request, priya)
    approved(request, priya)


_STEPS: dict[str, Any] = {
    "waiting-for-code": lambda r, p: None,
    "active": lambda r, p: None,
    "searching": _talked,
    "review": lambda r, p: (answering.search(r, p), answering.review(r, p, SAID)),
    "approved": _approved,
    "question": doubted,
    "proof-arrived": _proved,
    "in-person": lambda r, p: doubted(r, p, IdentityCheck.Method.IN_PERSON),
    "authority": lambda r, p: None,
    "paused": lambda r, p: answering.ask(r, p, "Do you want your calls as well, or only your mails?"),
    "extended": lambda r, p: answering.extend(r, p, "There are 900 recordings, and each is listened to."),
    "overdue": lambda r, p: aged(r, days=40),
    "answered": answered,
    "partly": lambda r, p: answered(r, p, Outcome.PARTLY),
    "nothing-held": lambda r, p: answered(r, p, Outcome.NOT_HELD),
    "refused": refused,
    "withdrawn": lambda r, p: asking.take_back(r),
    "no-identity": lambda r, p: identity.settle(doubted(r, p), p, shown=False, words="The answer was wrong."),
    "duplicate": lambda r, p: None,
    "passed-on": _passed_on,
    "complained-about": _complained_about,
    "complaint": lambda r, p: None,
    "compromise": lambda r, p: None,
    "done-at-once": lambda r, p: None,
    "on-hold": lambda r, p: None,
}
STATES = list(_STEPS)


def address_known(address: str) -> bool:
    return people.find("email", address) is not None
