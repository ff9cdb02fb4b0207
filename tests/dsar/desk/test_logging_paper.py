"""A letter, a call, a mail or a visit is logged with the true day it came; who logged it when stays visible."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.urls import reverse

from accounts.groups import AUDITOR, SUPPORT
from accounts.models import User
from dsar.flows import deadlines
from dsar.models import Request
from dsar.vocabulary import Arrival, Behalf, Matter, State
from portal.outbox.models import Message
from tests.dsar.desk.conftest import JOAN, AtDesk, ask, member, words_of

pytestmark = pytest.mark.django_db
ADD = "admin:dsar_request_add"


def log(desk: AtDesk, matter: str = "access", **more: Any) -> Any:
    data = {
        "once": uuid4(),
        "arrival": "letter",
        "received": deadlines.today().isoformat(),
        "name": "Joan Archer",
        "address": JOAN,
        "postal_address": "",
        "behalf": "self",
        "on_behalf_of": "",
        **more,
    }
    return desk.client.post(f"{reverse(ADD)}?matter={matter}", data)


def test_first_the_matter_is_chosen_then_its_form_comes(priya: AtDesk) -> None:
    page = priya.client.get(reverse(ADD)).content.decode()
    assert "Get a copy of my data" in page
    assert 'href="?matter=access"' in page
    form = words_of(priya.client.get(f"{reverse(ADD)}?matter=rectification").content.decode())
    assert "What should stand there?" in form
    assert "When did it reach us?" in form
    assert priya.client.get(f"{reverse(ADD)}?matter=nonsense").status_code == 404


def test_a_letter_counts_from_the_day_it_came(priya: AtDesk) -> None:
    day = deadlines.today() - timedelta(days=10)
    answer = log(priya, received=day.isoformat())
    request = Request.objects.get()
    assert answer.url == reverse("admin:dsar_request_change", args=[request.pk])
    assert (deadlines.local_day(request), request.arrival) == (day, Arrival.LETTER)
    assert request.promised_due == day + timedelta(days=28)
    page = priya.see(request)
    assert "by letter; logged by Priya" in page
    assert "written down" in page
    assert Message.objects.filter(kind="request-receipt").count() == 1


@pytest.mark.parametrize(
    ("received", "words"),
    [
        ("2089-05-05", "This day is still to come. Choose today or an earlier day."),
        ("1987-05-05", "This day is too long ago. Check the year."),
        ("the 3rd of May", "Write the day as year, month and day"),
        ("", "Choose the day."),
    ],
)
def test_a_day_that_cannot_be_is_refused_with_what_was_typed_kept(priya: AtDesk, received: str, words: str) -> None:
    page = log(priya, received=received, postal_address="1 Mill Lane").content.decode()
    assert words in page
    assert "1 Mill Lane" in page
    assert not Request.objects.exists()


def test_a_letter_without_an_e_mail_address_is_answered_by_post(priya: AtDesk) -> None:
    assert "the answer goes there" in words_of(log(priya, address="").content.decode())
    log(priya, address="", postal_address="1 Mill Lane\nLeeds")
    request = Request.objects.get()
    assert (request.contact_point, request.subject) == (None, None)
    assert "Not known yet whom it is about" in priya.see(request)
    assert not Message.objects.filter(params__request=str(request.pk)).exclude(kind="request-task").exists()


def test_what_is_no_address_is_refused_without_repeating_it_in_the_error(priya: AtDesk) -> None:
    page = log(priya, address="joan at example").content.decode()
    assert "errornote" in page
    assert not Request.objects.exists()


def test_a_call_on_behalf_of_a_child_names_the_child(priya: AtDesk) -> None:
    assert "Write the name of the person you ask for." in log(priya, behalf="parent").content.decode()
    log(priya, arrival="call", behalf="parent", on_behalf_of="Tom Archer")
    request = Request.objects.get()
    assert (request.behalf, request.arrival) == (Behalf.PARENT, Arrival.CALL)
    assert request.state == State.IDENTITY_PENDING
    assert "for their child: Tom Archer" in priya.see(request)


def test_who_asks_for_somebody_else_has_to_show_that_they_may(priya: AtDesk) -> None:
    log(priya, behalf="agent", on_behalf_of="Marek Nowak")
    assert Request.objects.get().state == State.IDENTITY_PENDING


def test_a_complaint_names_what_it_is_about(priya: AtDesk, joan: User) -> None:
    first = ask(joan)
    page = log(priya, "complaint", answer_what="Too late.", complains_about="R-0000-0000").content.decode()
    assert "No request has this reference." in page
    log(priya, "complaint", answer_what="Too late.", complains_about=first.reference)
    assert Request.objects.get(matter=Matter.COMPLAINT).complains_about == first


def test_a_form_sent_twice_is_logged_once(priya: AtDesk) -> None:
    once = uuid4()
    first, second = log(priya, once=once), log(priya, once=once)
    assert first.url == second.url
    assert Request.objects.count() == 1


def test_the_questions_of_the_matter_are_asked(priya: AtDesk) -> None:
    page = log(priya, "rectification").content.decode()
    assert "Write what should stand there." in page
    log(priya, "rectification", answer_fact="name", answer_wrong="Arcer", answer_right="Archer")
    assert Request.objects.get().details["right"] == "Archer"


def test_support_logs_what_it_hears_and_an_auditor_does_not(joan: User) -> None:
    support = member(SUPPORT)
    log(support, arrival="call")
    request = Request.objects.get()
    assert "logged by Sam" in support.see(request)
    assert log(member(AUDITOR)).status_code == 403
    assert Request.objects.count() == 1
