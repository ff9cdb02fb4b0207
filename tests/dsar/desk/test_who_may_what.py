"""Each URL of requests at the desk, and who gets in: least privilege, and no proof of identity for who only reads."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from accounts.groups import AUDITOR, EDITOR, SUPPORT
from accounts.models import User
from dsar.files.inspection import Inspected
from dsar.flows import identity, talking
from dsar.flows.identity import Doubt
from dsar.models import Event, IdentityCheck, IdentityDocument, Request
from dsar.vocabulary import Happening, Matter
from tests.dsar.desk.conftest import AtDesk, ask, close_tasks, member, page_of, sitting

pytestmark = pytest.mark.django_db
NOBODY = "0d1f6f2c-58d4-4f57-9f2f-0c8c3f3b9a11"


@pytest.fixture
def doubted(priya: AtDesk, joan: User) -> Request:
    """A request with a file, a proof of identity and an internal note."""
    request = ask(joan)
    talking.write(request, "See here.", [Inspected("letter.txt", "text/plain", b"Dear Priya\n")])
    identity.ask(request, priya.user, Doubt("The name is another one.", IdentityCheck.Method.QUESTION))
    identity.answer(request, "The green kettle")
    talking.keep_note(request, priya.user, "She rang twice.")
    return request


def urls(request: Request) -> dict[str, tuple[str, str]]:
    """Each URL by name, with the method it is asked with."""
    pk = request.pk
    file, proof = request.attachments.get(), IdentityDocument.objects.get()
    task = request.tasks.all()[0]
    found: dict[str, tuple[str, str]] = {
        "list": ("get", reverse("admin:dsar_request_changelist")),
        "page": ("get", page_of(request)),
        "times": ("get", reverse("admin:dsar_request_times")),
        "add": ("get", reverse("admin:dsar_request_add")),
        "add-form": ("get", reverse("admin:dsar_request_add") + "?matter=access"),
        "do": ("get", reverse("admin:dsar_request_do", args=[pk, "note"])),
        "do-post": ("post", reverse("admin:dsar_request_do", args=[pk, "note"])),
        "settle": ("post", reverse("admin:dsar_request_do", args=[pk, "settle"])),
        "task": ("get", reverse("admin:dsar_request_task", args=[pk, task.pk])),
        "task-post": ("post", reverse("admin:dsar_request_task", args=[pk, task.pk])),
        "file": ("post", reverse("admin:dsar_request_file", args=[pk, file.pk])),
        "proof": ("post", reverse("admin:dsar_request_proof", args=[pk, proof.pk])),
    }
    return found


ALL = {"list", "page", "times", "add", "add-form", "do", "do-post", "settle", "task", "task-post", "file", "proof"}
MAY = {
    SUPPORT: {"list", "page", "times", "add", "add-form"},
    AUDITOR: {"list", "page", "times", "file"},
    EDITOR: set(),
    "Privacy officer": ALL,
}


def answers(client: Client, request: Request) -> dict[str, int]:
    return {name: getattr(client, method)(url).status_code for name, (method, url) in urls(request).items()}


@pytest.mark.parametrize("group", list(MAY))
def test_each_group_opens_what_it_may_and_nothing_else(group: str, priya: AtDesk, doubted: Request) -> None:
    desk = priya if group == "Privacy officer" else member(group)
    found = answers(desk.client, doubted)
    assert set(found) == ALL
    assert {name for name, status in found.items() if status != 403} == MAY[group]
    assert all(found[name] in {200, 302} for name in MAY[group]), found


def test_strangers_and_customers_stay_outside(joan: User, doubted: Request) -> None:
    for client in (Client(), sitting(joan).client):
        found = answers(client, doubted)
        assert set(found.values()) <= {302, 403}
        for method, url in urls(doubted).values():
            answer = getattr(client, method)(url, follow=True)
            assert doubted.reference not in answer.content.decode()


def test_what_does_not_exist_is_not_found(priya: AtDesk, doubted: Request, joan: User) -> None:
    other = ask(joan, Matter.ERASURE)
    file, proof = doubted.attachments.get().pk, IdentityDocument.objects.get().pk
    for name, args in (
        ("change", [NOBODY]),
        ("do", [NOBODY, "note"]),
        ("do", [doubted.pk, "nonsense"]),
        ("file", [other.pk, file]),
        ("file", [doubted.pk, uuid4()]),
        ("proof", [other.pk, proof]),
        ("proof", [doubted.pk, file]),
        ("task", [other.pk, doubted.tasks.all()[0].pk]),
    ):
        url = reverse(f"admin:dsar_request_{name}", args=args)
        method = "post" if name in {"file", "proof"} else "get"
        assert getattr(priya.client, method)(url).status_code == 404, url


def test_files_are_not_opened_by_a_link(priya: AtDesk, doubted: Request) -> None:
    for name in ("file", "proof"):
        assert priya.client.get(urls(doubted)[name][1]).status_code == 405


def test_a_file_goes_out_in_a_sandbox_and_it_is_written_down(priya: AtDesk, doubted: Request) -> None:
    answer = priya.client.post(urls(doubted)["file"][1])
    assert answer.content == b"Dear Priya\n"
    assert answer["Content-Disposition"].startswith("attachment")
    assert "sandbox" in answer["Content-Security-Policy"]
    event = Event.objects.get(kind=Happening.DOWNLOADED)
    assert (event.staff, event.shown) == (priya.user, False)


def test_a_proof_of_identity_goes_to_who_checks_it_and_it_is_written_down(priya: AtDesk, doubted: Request) -> None:
    answer = priya.client.post(urls(doubted)["proof"][1])
    assert answer.content == b"The green kettle"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert Event.objects.get(kind=Happening.DOWNLOADED).staff == priya.user


def test_a_proof_that_is_destroyed_says_so(priya: AtDesk, doubted: Request) -> None:
    from dsar.files import vault

    vault.destroy(vault.Area.IDENTITY, IdentityDocument.objects.get().stored_as)
    answer = priya.client.post(urls(doubted)["proof"][1], follow=True)
    assert "This file is not here any more." in answer.content.decode()
    assert not Event.objects.filter(kind=Happening.DOWNLOADED).exists()


def test_support_sees_how_it_stands_and_nothing_of_the_check(doubted: Request) -> None:
    support = member(SUPPORT)
    page = support.see(doubted)
    assert "waiting for proof" in page.lower()
    for secret in ("The name is another one.", "a question only they can answer", "letter.txt", "green kettle"):
        assert secret not in page
    assert support.offered(doubted) == set()


def test_an_auditor_reads_all_of_it_and_finds_no_button(doubted: Request) -> None:
    auditor = member(AUDITOR)
    page = auditor.see(doubted)
    for words in ("The name is another one.", "She rang twice.", "letter.txt", "only who may check it can open it"):
        assert words in page
    assert auditor.offered(doubted) == set()
    assert "/proof/" not in auditor.client.get(page_of(doubted)).content.decode()


def test_looking_changes_nothing(priya: AtDesk, doubted: Request) -> None:
    before = Event.objects.count()
    for method, url in urls(doubted).values():
        if method == "get":
            priya.client.get(url)
    assert Event.objects.count() == before


def test_events_files_and_checks_have_no_admin_of_their_own(priya: AtDesk) -> None:
    for model in ("event", "attachment", "identitycheck", "identitydocument", "task", "reminder", "challenge"):
        assert priya.client.get(f"/admin/dsar/{model}/").status_code == 404


def test_a_system_s_answer_is_written_down_with_its_files(priya: AtDesk, joan: User) -> None:
    from django.core.files.uploadedfile import SimpleUploadedFile

    request = ask(joan)
    task = request.tasks.all()[0]
    url = reverse("admin:dsar_request_task", args=[request.pk, task.pk])
    assert "Write something here." in priya.client.post(url, {"words": ""}).content.decode()
    file = SimpleUploadedFile("crm.csv", b"name;mail\n", "text/csv")
    assert priya.client.post(url, {"words": "Two rows", "attached": file}).status_code == 302
    page = priya.see(request)
    assert "Two rows" in page
    assert not request.attachments.get().shown
    again = priya.client.post(url, {"words": "Three rows"}).content.decode()
    assert "Somebody else wrote this down just now." in again
    assert "Three rows" in again


def test_all_systems_answered_lets_the_answer_go(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    close_tasks(request, priya.user)
    priya.does(request, "refuse", words="You had it.", reasons=["excessive"], searched="Mail")
