"""Messages and files go both ways while a request is open; what cannot be taken is said, and what was typed is kept."""

from __future__ import annotations

import time

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from dsar.flows import answering, asking, talking
from dsar.models import Attachment, Event, Request
from dsar.vocabulary import State
from portal.organisation.versions import Current
from tests.dsar.pages.conftest import Visitor, ask, ask_as_guest, in_state, kinds_of_mail, page_of, words_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def request_(joan: User) -> Request:
    return ask(joan)


def upload(
    name: str = "calls.txt", data: bytes = b"12 January, 14:00\n", kind: str = "text/plain"
) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, kind)


def test_a_message_stands_in_the_conversation(signed_in: Visitor, request_: Request) -> None:
    signed_in.do(request_, "write", words="Twice in January.\nAround the 12th.")
    page = signed_in.see(page_of(request_))
    assert "Sent. We mail you when we answer." in page
    assert "Twice in January." in page
    assert "You wrote to us." in page


def test_files_come_with_it_under_safe_names(signed_in: Visitor, request_: Request) -> None:
    signed_in.do(request_, "write", words="", attached=[upload(r"..\..\x.txt"), upload("../../etc/passwd")])
    assert sorted(file.name for file in request_.attachments.all()) == ["passwd.txt", "x.txt"]
    assert "x.txt" in signed_in.see(page_of(request_))


HOSTILE = {
    "a script in a picture": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "photo.svg"),
    "a page": (b"<!doctype html><script>alert(1)</script>", "letter.html"),
    "an archive": (b"PK\x03\x04" + b"\0" * 100, "all.zip"),
    "a document of an office suite": (b"\xd0\xcf\x11\xe0" + b"\0" * 100, "letter.doc"),
    "nothing": (b"", "empty.pdf"),
    "a picture that is none": (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "photo.png"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_file_that_may_not_come_in_is_named_with_the_reason(signed_in: Visitor, request_: Request, case: str) -> None:
    data, name = HOSTILE[case]
    answer = signed_in.do(request_, "write", words="See the file", attached=[upload(name, data, "application/pdf")])
    page = words_of(answer.content.decode())
    assert answer.status_code == 200
    assert "Error:" in page
    assert f"{name}:" in page
    assert "Please choose your files again" in page
    assert "See the file" in answer.content.decode()
    assert not Attachment.objects.exists()
    assert not Event.objects.filter(kind="letter").exists()


def test_more_than_we_read_is_answered_with_the_413_page(signed_in: Visitor, request_: Request) -> None:
    answer = signed_in.client.post(
        page_of(request_),
        {"do": "write", "words": "x", "attached": upload()},
        CONTENT_LENGTH=str(2_000_000_000),
    )
    assert answer.status_code == 413
    assert "Nothing was saved." in words_of(answer.content.decode())


BAD = {
    "nothing": ("", "Write something, or add a file."),
    "only blanks": (" \r\n ", "Write something, or add a file."),
    "a megabyte": ("word " * 200_000, "Write at most 10,000 characters."),
    "a NUL": ("one\x00two", "Null characters are not allowed."),
}


@pytest.mark.parametrize("case", BAD)
def test_a_message_that_cannot_be_taken_is_kept_in_the_form(signed_in: Visitor, request_: Request, case: str) -> None:
    words, said = BAD[case]
    answer = signed_in.do(request_, "write", words=words)
    assert said in words_of(answer.content.decode())
    assert not Event.objects.filter(kind="letter").exists()


@pytest.mark.parametrize("organisation", ["opencontact"], indirect=True)
def test_an_answer_to_our_question_starts_the_clock_again(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    request = in_state("paused", joan, priya)
    assert "Our time to answer stands still until you reply." in signed_in.see(page_of(request))
    signed_in.do(request, "write", words="Only the mails, please.")
    request.refresh_from_db()
    assert request.state == State.ACTIVE
    page = signed_in.see(page_of(request))
    assert "You answered our question." in page
    assert "days left" in page
    assert "clarified" in kinds_of_mail(request)


def test_where_the_law_stops_no_clock_for_a_question_the_date_stays(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    page = signed_in.see(page_of(in_state("paused", joan, priya)))
    assert "We have a question for you" in page
    assert "We promise our answer by" in page


def test_a_request_that_has_ended_takes_no_message(signed_in: Visitor, request_: Request) -> None:
    asking.take_back(request_)
    assert "Send message" not in signed_in.see(page_of(request_))
    answer = signed_in.do(request_, "write", words="One thing more")
    assert answer.status_code == 409
    page = words_of(answer.content.decode())
    assert "This request is closed. Make a new one, or complain about the answer." in page
    assert not Event.objects.filter(kind="letter").exists()


def test_staff_are_named_and_never_by_their_address(
    organisation: Current, joan: User, priya: User, signed_in: Visitor, request_: Request
) -> None:
    talking.reply(request_, priya, "Do you know roughly when you rang?")
    talking.keep_note(request_, priya, "Seems to be the one from the trade fair")
    page = signed_in.see(page_of(request_))
    assert "Priya, Open-E" in page
    assert priya.email not in page
    assert "trade fair" not in page
    User.objects.filter(pk=priya.pk).update(name="")
    assert priya.email not in signed_in.see(page_of(request_))


def test_markup_in_words_is_words(signed_in: Visitor, request_: Request, priya: User) -> None:
    answering.progress(request_, priya, "<script>alert(1)</script>")
    signed_in.do(request_, "write", words="<img src=x onerror=alert(2)>")
    page = signed_in.client.get(page_of(request_)).content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_when_the_hour_is_over_nothing_is_sent_and_it_says_so(guest: Visitor, organisation: Current) -> None:
    request = ask_as_guest()
    guest.enter(request)
    with time_machine.travel(time.time() + 61 * 60):
        answer = guest.do(request, "write", words="One thing more")
    assert answer.status_code == 403
    assert "Nothing was sent: the hour for which your code opened this page is over." in words_of(
        answer.content.decode()
    )
    assert not Event.objects.filter(kind="letter").exists()


def test_nobody_else_writes(organisation: Current, request_: Request, stranger: Visitor, guest: Visitor) -> None:
    assert stranger.do(request_, "write", words="Stop it").status_code == 404
    assert guest.do(request_, "write", words="Stop it").status_code == 403
    assert not Event.objects.filter(kind="letter").exists()
