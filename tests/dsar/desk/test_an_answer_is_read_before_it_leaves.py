"""An answer is written first, approved as it stands, and sent as it was approved."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from dsar.flows import answering
from dsar.flows.answering import Answer
from dsar.models import Request
from dsar.vocabulary import Happening, Outcome, State
from portal.outbox.models import Message
from tests.dsar.desk.conftest import AtDesk, ask, close_tasks, sitting, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(priya: AtDesk, joan: User) -> Request:
    request = ask(joan)
    close_tasks(request, priya.user)
    return request


def written(request: Request, priya: AtDesk, words: str = "Here is what we hold.") -> int:
    """A draft; returns its number."""
    verb = answering.redraft if answering.draft_of(request) else answering.review
    return verb(request, priya.user, Answer(Outcome.FULFILLED, words)).pk


def mails(request: Request) -> set[str]:
    return set(Message.objects.filter(params__request=str(request.pk)).values_list("kind", flat=True))


def test_the_search_does_not_end_without_an_answer(priya: AtDesk, request_: Request) -> None:
    page = words_of(priya.do(request_, "review").content.decode())
    assert "Choose how the request is answered." in page
    assert request_.state == State.ACTIVE
    assert "approve" not in priya.offered(request_)


def test_who_approves_reads_all_that_will_be_sent(priya: AtDesk, request_: Request) -> None:
    file = SimpleUploadedFile("orders.txt", b"Two orders.\n", "text/plain")
    given = {"outcome": "partly", "reasons": ["others"], "searched": "All mail", "attached": file}
    priya.does(request_, "review", words="Most of it is here.", **given)
    page = priya.see(request_)
    assert "Written by: Priya" in page
    assert "How it is answered: partly fulfilled" in page
    assert "The answer: Most of it is here." in page
    assert "What we searched: All mail" in page
    assert "Files: orders.txt" in page
    assert {"approve", "redraft", "send-back"} <= priya.offered(request_)
    assert "answer" not in priya.offered(request_)


def test_a_draft_is_not_shown_to_the_person(priya: AtDesk, joan: User, request_: Request) -> None:
    file = SimpleUploadedFile("orders.txt", b"Two orders.\n", "text/plain")
    priya.does(request_, "review", outcome="fulfilled", words="A secret until it is sent.", attached=file)
    client = sitting(joan).client
    page = client.get(f"/requests/{request_.pk}/").content.decode()
    assert "We searched, and wrote our answer." in page
    assert "A secret until it is sent." not in page
    assert "orders.txt" not in page
    hidden = reverse("request_file", args=[request_.pk, request_.attachments.get().pk])
    assert client.post(hidden).status_code == 404
    assert "request-answer" not in mails(request_)


def test_nobody_approves_what_was_changed_since_they_read_it(priya: AtDesk, request_: Request) -> None:
    read = written(request_, priya)
    written(request_, priya, "Something else.")
    page = words_of(priya.do(request_, "approve", draft=read).content.decode())
    assert "The answer was changed since you read it." in page
    assert request_.state == State.REVIEW


def test_a_changed_answer_is_approved_anew(priya: AtDesk, request_: Request) -> None:
    first = written(request_, priya)
    priya.does(request_, "approve", draft=first)
    priya.does(request_, "redraft", outcome="fulfilled", words="Here is all of it.")
    assert request_.state == State.REVIEW
    assert "answer" not in priya.offered(request_)
    priya.do(request_, "answer", draft=first)
    assert request_.state == State.REVIEW
    second = answering.draft_of(request_)
    assert second is not None
    priya.does(request_, "approve", draft=second.pk)
    assert "The answer was changed" in words_of(priya.do(request_, "answer", draft=first).content.decode())
    priya.does(request_, "answer", draft=second.pk)
    assert request_.events.get(kind=Happening.ANSWERED).words == "Here is all of it."


def test_a_file_taken_out_of_the_draft_is_not_sent(priya: AtDesk, request_: Request) -> None:
    files = [SimpleUploadedFile(f"{name}.txt", b"Words.\n", "text/plain") for name in ("right", "wrong")]
    priya.does(request_, "review", outcome="fulfilled", words="Here.", attached=files)
    right = request_.attachments.get(name="right.txt")
    priya.does(request_, "redraft", outcome="fulfilled", words="Here.", keep=[str(right.pk)])
    draft = answering.draft_of(request_)
    assert draft is not None
    priya.does(request_, "approve", draft=draft.pk)
    priya.does(request_, "answer", draft=draft.pk)
    assert [file.name for file in request_.attachments.filter(shown=True)] == ["right.txt"]


def test_after_a_look_back_the_form_begins_with_what_was_written(priya: AtDesk, request_: Request) -> None:
    written(request_, priya, "The first half.")
    priya.does(request_, "send-back", words="The calls are missing.")
    assert not {"approve", "answer"} & priya.offered(request_)
    page = priya.client.get(f"/admin/dsar/request/{request_.pk}/do/review/").content.decode()
    assert "The first half.</textarea>" in page
