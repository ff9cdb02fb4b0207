"""A file goes out by POST, to who has just shown who they are; it is noted, and the person is told by mail."""

from __future__ import annotations

import time

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from dsar.files import vault
from dsar.flows import answering, talking
from dsar.models import Attachment, Request
from portal.organisation.versions import Current
from portal.outbox import drainer
from tests.dsar.pages.conftest import (
    JOAN,
    MAREK,
    Visitor,
    answered,
    ask,
    ask_as_guest,
    kinds_of_mail,
    page_of,
    pdf,
    refused,
    words_of,
)
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db


@pytest.fixture
def joans(joan: User, priya: User) -> Request:
    """Answered, with a file."""
    return answered(ask(joan), priya)


@pytest.fixture
def file(joans: Request) -> Attachment:
    return joans.attachments.get()


@pytest.fixture
def mareks(guest: Visitor, priya: User) -> Request:
    """Asked as a guest, confirmed by code, answered with a file."""
    request = ask_as_guest()
    guest.enter(request)
    request.refresh_from_db()
    return answered(request, priya)


def test_it_is_saved_and_never_shown_as_a_page_of_ours(signed_in: Visitor, joans: Request, file: Attachment) -> None:
    answer = signed_in.download(joans, file)
    assert answer.content == b"All we hold about you.\n"
    assert answer["Content-Disposition"] == 'attachment; filename="answer.txt"'
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Security-Policy"].startswith("sandbox")
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_link_scanner_downloads_nothing(signed_in: Visitor, joans: Request, file: Attachment) -> None:
    path = reverse("request_file", args=[joans.pk, file.pk])
    assert [signed_in.client.get(path).status_code, signed_in.client.head(path).status_code] == [405, 405]
    assert "downloaded" not in kinds_of_mail(joans)


def test_it_stands_on_the_timeline_and_the_person_is_told(
    signed_in: Visitor, joans: Request, file: Attachment, smtp_sink: SmtpSink
) -> None:
    signed_in.download(joans, file)
    assert "“answer.txt” was downloaded." in signed_in.see(page_of(joans))
    drainer.drain()
    told = next(mail for mail in smtp_sink.to(JOAN) if str(mail["Subject"]).startswith("A file was downloaded"))
    for kind in ("plain", "html"):
        body = told.get_body((kind,))
        assert body is not None
        words = words_of(body.get_content())
        assert "“answer.txt” was downloaded on" in words
        assert "Not you?" in words
        assert page_of(joans) in body.get_content()


def test_a_guest_downloads_for_ten_minutes_and_then_needs_a_new_code(guest: Visitor, mareks: Request) -> None:
    file = mareks.attachments.get()
    assert guest.download(mareks, file).status_code == 200
    later = time.time() + 11 * 60
    with time_machine.travel(later):
        page = guest.see(page_of(mareks))
        assert "Before files go out we send a code to your address" in page
        assert "Download answer.txt" not in page
        answer = guest.download(mareks, file)
        assert answer["Location"] == f"{page_of(mareks)}#files"
        assert "Enter a new code first." in guest.see(page_of(mareks))
    assert kinds_of_mail(mareks).count("downloaded") == 1


def test_with_the_new_code_it_goes_out(guest: Visitor, mareks: Request) -> None:
    with time_machine.travel(time.time() + 11 * 60):
        guest.do(mareks, "send_code")
    guest.enter(mareks)
    assert guest.download(mareks, mareks.attachments.get()).status_code == 200


@pytest.mark.usefixtures("mareks")
def test_another_requests_file_is_none_here(signed_in: Visitor, joans: Request) -> None:
    others = Attachment.objects.exclude(request=joans).get()
    assert signed_in.download(joans, others).status_code == 404


def test_what_staff_keep_to_themselves_is_none_either(
    signed_in: Visitor, joan: User, priya: User, joans: Request
) -> None:
    talking.keep_note(joans, priya, "From the CRM", [pdf("crm.txt")])
    hidden = joans.attachments.get(name="crm.txt")
    assert "crm.txt" not in signed_in.see(page_of(joans))
    assert signed_in.download(joans, hidden).status_code == 404


def test_a_stranger_meets_no_page(stranger: Visitor, joans: Request, file: Attachment) -> None:
    assert stranger.download(joans, file).status_code == 404


def test_a_file_that_is_gone_says_so(signed_in: Visitor, joans: Request, file: Attachment) -> None:
    vault.destroy(vault.Area.ATTACHMENTS, file.stored_as)
    answer = signed_in.download(joans, file)
    assert answer.status_code == 410
    assert "This file is no longer here" in words_of(answer.content.decode())
    assert "downloaded" not in kinds_of_mail(joans)


def test_a_file_no_key_opens_says_so(
    signed_in: Visitor, joans: Request, file: Attachment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreadable(*_where: object) -> bytes:
        raise vault.Unreadable

    monkeypatch.setattr(vault, "read", unreadable)
    answer = signed_in.download(joans, file)
    assert answer.status_code == 503
    assert "We cannot open this file" in words_of(answer.content.decode())


def letter(visitor: Visitor, request: Request, kind: str) -> int:
    event = request.events.filter(kind=kind).latest("pk")
    answer = visitor.client.post(reverse("request_letter", args=[request.pk, event.pk]))
    if answer.status_code == 200:
        assert answer.content.startswith(b"%PDF-")
        assert answer["Content-Type"] == "application/pdf"
        assert request.reference in answer["Content-Disposition"]
    return int(answer.status_code)


def test_each_letter_can_be_kept_as_a_pdf(
    organisation: Current, signed_in: Visitor, joan: User, priya: User, joans: Request
) -> None:
    assert [letter(signed_in, joans, kind) for kind in ("verified", "answered")] == [200, 200]
    other = ask(joan)
    answering.extend(other, priya, "There are 900 recordings.")
    refused(other, priya)
    assert [letter(signed_in, other, kind) for kind in ("extended", "refused")] == [200, 200]


def test_what_has_no_letter_is_no_page(signed_in: Visitor, stranger: Visitor, joans: Request) -> None:
    assert letter(signed_in, joans, "received") == 404
    assert letter(stranger, joans, "answered") == 404
    event = joans.events.get(kind="answered")
    assert signed_in.client.get(reverse("request_letter", args=[joans.pk, event.pk])).status_code == 405
    assert MAREK not in signed_in.see(page_of(joans))
