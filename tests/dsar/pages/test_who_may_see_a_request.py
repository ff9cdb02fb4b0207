"""Nobody reads a request but its person: signed in, or for an hour by a code. Nothing can be found by trying."""

from __future__ import annotations

import time
from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.urls import reverse

from accounts.models import User
from dsar import codes
from dsar.models import Challenge, Request
from dsar.vocabulary import Behalf, Matter, State
from portal import pace
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.dsar.pages.conftest import (
    BACKEND,
    JOAN,
    Visitor,
    answered,
    ask,
    ask_as_guest,
    kinds_of_mail,
    last_code,
    page_of,
    words_of,
)

pytestmark = pytest.mark.django_db

CONTENTS = "Everything about my calls"


@pytest.fixture
def waiting(organisation: Current) -> Request:
    """Asked by somebody at Marek's address; nobody entered a code yet."""
    request = ask_as_guest()
    Request.objects.filter(pk=request.pk).update(details={"what": CONTENTS}, name="Marek Nowak")
    return request


@pytest.fixture
def joans(joan: User) -> Request:
    return ask(joan)


def test_a_link_from_a_mail_shows_the_reference_the_masked_address_and_nothing_else(
    guest: Visitor, waiting: Request
) -> None:
    page = guest.see(page_of(waiting))
    assert waiting.reference in page
    assert "m•••@example.com" in page
    for secret in (CONTENTS, "Marek", "marek.nowak", "Get a copy of my data", "You asked"):
        assert secret not in page


def test_the_code_opens_it_and_begins_the_work(guest: Visitor, waiting: Request) -> None:
    assert guest.enter(waiting)["Location"] == page_of(waiting)
    waiting.refresh_from_db()
    assert waiting.state == State.ACTIVE
    assert CONTENTS in guest.see(page_of(waiting))
    assert kinds_of_mail(waiting) == ["code", "receipt"]


def test_a_code_is_taken_in_any_case_with_or_without_its_hyphen(guest: Visitor, waiting: Request) -> None:
    guest.enter(waiting, f" {last_code(waiting).lower().replace('-', ' ')} ")
    assert CONTENTS in guest.see(page_of(waiting))


def test_on_another_device_a_fresh_code_can_be_had(guest: Visitor, waiting: Request) -> None:
    guest.enter(waiting)
    phone = Visitor()
    assert CONTENTS not in phone.see(page_of(waiting))
    answer = phone.do(waiting, "send_code")
    assert answer["Location"] == page_of(waiting)
    assert "We sent a code to m•••@example.com." in phone.see(page_of(waiting))
    phone.enter(waiting)
    assert CONTENTS in phone.see(page_of(waiting))


def test_asking_alone_gives_no_right_to_see(guest: Visitor, organisation: Current) -> None:
    guest.ask(Matter.ACCESS, answer_what=CONTENTS)
    assert CONTENTS not in guest.see(page_of(Request.objects.get()))


def test_a_code_opens_one_request_and_no_other_at_the_same_address(guest: Visitor, waiting: Request) -> None:
    other = ask_as_guest(Matter.COMPLAINT)
    guest.enter(waiting)
    assert "You wrote to me after I said stop." not in guest.see(page_of(other))


def test_the_code_of_one_request_does_not_open_another(guest: Visitor, waiting: Request) -> None:
    other = ask_as_guest(Matter.COMPLAINT)
    assert guest.enter(other, last_code(waiting)).status_code == 200
    assert "You wrote to me after I said stop." not in guest.see(page_of(other))


def test_the_hour_ends(guest: Visitor, waiting: Request) -> None:
    guest.enter(waiting)
    with time_machine.travel(time.time() + 59 * 60):
        assert CONTENTS in guest.see(page_of(waiting))
    with time_machine.travel(time.time() + 61 * 60):
        assert CONTENTS not in guest.see(page_of(waiting))


def test_the_session_gets_a_new_name_when_it_gets_a_right(guest: Visitor, waiting: Request) -> None:
    guest.do(waiting, "send_code")
    before = guest.client.cookies["session"].value
    guest.enter(waiting)
    assert guest.client.cookies["session"].value != before


def test_signing_out_ends_it_too(guest: Visitor, waiting: Request, joan: User) -> None:
    guest.enter(waiting)
    guest.client.force_login(joan, BACKEND)
    guest.client.logout()
    assert CONTENTS not in guest.see(page_of(waiting))


@pytest.mark.parametrize("given", ["BCDF-GHJK", "", "x" * 5000, "\x00", "' OR 1=1"])
def test_a_wrong_code_opens_nothing(guest: Visitor, waiting: Request, given: str) -> None:
    answer = guest.do(waiting, "enter_code", code=given)
    assert answer.status_code == 200
    assert "Error:" in words_of(answer.content.decode())
    assert CONTENTS not in answer.content.decode()


def test_after_five_guesses_even_the_right_one_is_late(guest: Visitor, waiting: Request) -> None:
    for _guess in range(5):
        guest.enter(waiting, "BCDF-GHJK")
    answer = guest.enter(waiting)
    assert "Ask for a new one." in words_of(answer.content.decode())
    waiting.refresh_from_db()
    assert waiting.state == State.RECEIVED


def test_an_old_code_and_one_that_was_replaced_are_wrong(guest: Visitor, waiting: Request) -> None:
    first = last_code(waiting)
    guest.do(waiting, "send_code")
    assert guest.enter(waiting, first).status_code == 200
    newest = Challenge.objects.filter(request=waiting)
    newest.update(created_at=newest.latest("pk").created_at - codes.LIFETIME - timedelta(seconds=1))
    assert guest.enter(waiting).status_code == 200
    assert CONTENTS not in guest.see(page_of(waiting))


def test_a_code_works_once(guest: Visitor, waiting: Request) -> None:
    code = last_code(waiting)
    guest.enter(waiting, code)
    assert Visitor().enter(waiting, code).status_code == 200


def test_codes_for_one_address_are_few_whoever_asks(
    guest: Visitor, waiting: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "MAILS_TO_ONE_ADDRESS", 2)
    answers = [Visitor().do(waiting, "send_code").status_code for _time in range(3)]
    assert answers == [302, 302, 429]


def test_guesses_from_one_network_are_limited(
    guest: Visitor, waiting: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FORMS_FROM_ONE_NETWORK", 2)
    answers = [guest.enter(waiting, "BCDF-GHJK").status_code for _time in range(3)]
    assert answers == [200, 200, 429]


def _everything_below(request: Request) -> list[str]:
    file, event = request.attachments.get(), request.events.get(kind="answered")
    return [
        page_of(request),
        reverse("request_withdraw", args=[request.pk]),
        reverse("request_file", args=[request.pk, file.pk]),
        reverse("request_letter", args=[request.pk, event.pk]),
    ]


def test_somebody_elses_request_is_no_page_at_all(
    organisation: Current, joans: Request, priya: User, stranger: Visitor
) -> None:
    for path in _everything_below(answered(joans, priya)):
        unknown = path.replace(str(joans.pk), str(uuid4()))
        for method in ("get", "post"):
            theirs, nobodys = (getattr(stranger.client, method)(one) for one in (path, unknown))
            assert theirs.status_code == nobodys.status_code
            assert theirs.status_code == (405 if method == "get" and ("files" in path or "letter" in path) else 404)


def test_nobody_sends_a_code_for_a_request_that_is_not_theirs_while_signed_in(
    joans: Request, stranger: Visitor
) -> None:
    before = Message.objects.count()
    assert stranger.do(joans, "send_code").status_code == 404
    assert Message.objects.count() == before


def test_without_a_code_nothing_below_it_opens(organisation: Current, joans: Request, priya: User) -> None:
    request, visitor = answered(joans, priya), Visitor()
    for path in _everything_below(request)[1:]:
        answer = visitor.client.post(path)
        assert (answer.status_code, answer["Location"]) == (302, page_of(request))
    request.refresh_from_db()
    assert request.outcome == "fulfilled"


def test_an_agent_sees_what_they_asked_and_the_person_is_not_shown_it(
    organisation: Current, joan: User, signed_in: Visitor, stranger: Visitor
) -> None:
    request = ask(joan, behalf=Behalf.AGENT, on_behalf_of="Sam Green")
    assert "You ask for Sam Green." in signed_in.see(page_of(request))
    assert stranger.client.get(page_of(request)).status_code == 404


def test_what_was_asked_as_a_guest_opens_when_the_same_address_signs_in(
    organisation: Current, joan: User, signed_in: Visitor
) -> None:
    request = ask_as_guest(address=JOAN)
    page = signed_in.see(page_of(request))
    assert "One step left: the code" in page
    signed_in.enter(request)
    assert "We have your request" in signed_in.see(page_of(request))


def test_one_logged_from_paper_without_an_address_opens_for_nobody(organisation: Current, guest: Visitor) -> None:
    request = ask_as_guest()
    Request.objects.filter(pk=request.pk).update(contact_point=None)
    assert guest.client.get(page_of(request)).status_code == 404
    assert guest.do(request, "send_code").status_code == 404


def test_no_code_goes_to_an_address_that_was_given_up(guest: Visitor, waiting: Request) -> None:
    ContactPoint.objects.filter(requests=waiting).update(retired_at=waiting.received_at)
    assert guest.client.get(page_of(waiting)).status_code == 404
    assert guest.do(waiting, "send_code").status_code == 404


def test_a_button_nobody_drew_does_nothing(guest: Visitor, waiting: Request) -> None:
    answer = guest.do(waiting, "approve")
    assert answer.status_code == 400
    assert "Nothing was sent." in words_of(answer.content.decode())
