"""Where we doubt who asks, the page says why, what would settle it, and takes it: as little as possible."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import User
from dsar.flows import identity
from dsar.models import IdentityCheck, IdentityDocument, Request
from portal.organisation.versions import Current
from tests.dsar.pages.conftest import Visitor, ask, doubted, in_state, page_of, words_of

pytestmark = pytest.mark.django_db
Method = IdentityCheck.Method
ECX = pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)


def scan(name: str = "letter.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, b"I, Marek Nowak, let Joan Archer ask for me.\n", "text/plain")


def test_nothing_is_asked_for_where_nobody_doubts(joan: User, signed_in: Visitor) -> None:
    page = signed_in.see(page_of(ask(joan)))
    assert "Your proof" not in page
    assert "Send my proof" not in page


@ECX
def test_a_document_is_asked_for_by_name_with_the_reason_and_starts_the_clock(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    request = doubted(ask(joan), priya, Method.DOCUMENT)
    page = signed_in.see(page_of(request))
    assert "because: The name on the account is another one." in page
    assert "Original utility bill" in page
    assert "Deleted when the check is done." in page
    signed_in.do(request, "proof", attached=[scan()])
    page = signed_in.see(page_of(request))
    assert "We are looking at your proof" in page
    assert "days left" in page
    assert IdentityDocument.objects.get().name == "letter.txt"


@ECX
def test_a_proof_is_never_among_the_files(organisation: Current, joan: User, priya: User, signed_in: Visitor) -> None:
    request = doubted(ask(joan), priya, Method.DOCUMENT)
    signed_in.do(request, "proof", attached=[scan("passport.txt")])
    assert "passport.txt" not in signed_in.see(page_of(request))
    assert not request.attachments.exists()


@ECX
def test_papers_by_post_have_an_address_and_no_upload(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    request = doubted(ask(joan), priya, Method.POST)
    page = signed_in.see(page_of(request))
    assert "Prove it by post." in page
    assert organisation.organisation.controller.address[0] in page
    assert "Send my proof" not in page
    answer = signed_in.do(request, "proof", attached=[scan()])
    assert "We do not need a document from you." in words_of(answer.content.decode())
    assert not IdentityDocument.objects.exists()


def test_the_answer_to_a_question_is_a_proof_and_goes_with_the_check(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    request = in_state("question", joan, priya)
    signed_in.do(request, "proof", answer="The green one")
    page = signed_in.see(page_of(request))
    assert "We are looking at your proof" in page
    assert "The green one" not in page
    assert "The green one" not in str(list(request.events.values()))
    identity.settle(request, priya, shown=True)
    assert not IdentityDocument.objects.exists()


def test_an_empty_answer_is_none(organisation: Current, joan: User, priya: User, signed_in: Visitor) -> None:
    request = in_state("question", joan, priya)
    answer = signed_in.do(request, "proof", answer=" ")
    assert "Write your answer." in words_of(answer.content.decode())
    assert identity.open_check(request) is not None
    assert "We need to check that it is you" in signed_in.see(page_of(request))


def test_an_agent_uploads_what_shows_that_they_may(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    request = in_state("authority", joan, priya)
    assert "A letter they signed, or a power of attorney, is enough." in signed_in.see(page_of(request))
    signed_in.do(request, "proof", attached=[scan()])
    assert "Your proof arrived." in signed_in.see(page_of(request))


def test_nothing_chosen_is_said(organisation: Current, joan: User, priya: User, signed_in: Visitor) -> None:
    answer = signed_in.do(in_state("authority", joan, priya), "proof")
    assert "Choose a file." in words_of(answer.content.decode())


def test_a_proof_nobody_asked_for_is_not_taken(joan: User, signed_in: Visitor) -> None:
    request = ask(joan)
    answer = signed_in.do(request, "proof", attached=[scan()])
    assert answer.status_code == 409
    assert "We do not need a document from you." in words_of(answer.content.decode())
    assert not IdentityDocument.objects.exists()


def test_a_stranger_hands_in_nothing(
    organisation: Current, joan: User, priya: User, stranger: Visitor, guest: Visitor
) -> None:
    request: Request = in_state("authority", joan, priya)
    assert stranger.do(request, "proof", attached=[scan()]).status_code == 404
    assert guest.do(request, "proof", attached=[scan()]).status_code == 403
    assert not IdentityDocument.objects.exists()
