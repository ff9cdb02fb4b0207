"""Who changes their mind withdraws in two steps; who does not agree finds how to complain, here and elsewhere."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from dsar.flows import asking
from dsar.models import Request
from dsar.vocabulary import Matter, State
from portal.organisation.versions import Current
from tests.dsar.pages.conftest import FIVE, Visitor, ask, ask_as_guest, in_state, kinds_of_mail, only, page_of

pytestmark = pytest.mark.django_db


def withdrawal(request: Request) -> str:
    return reverse("request_withdraw", args=[request.pk])


def test_the_first_step_only_asks(joan: User, signed_in: Visitor) -> None:
    request = ask(joan)
    assert withdrawal(request) in signed_in.client.get(page_of(request)).content.decode()
    assert "Withdraw this request?" in signed_in.see(withdrawal(request))
    request.refresh_from_db()
    assert request.state == State.ACTIVE


def test_the_second_does_it_and_writes_about_it(joan: User, signed_in: Visitor) -> None:
    request = ask(joan)
    assert signed_in.client.post(withdrawal(request))["Location"] == page_of(request)
    assert "You withdrew this request" in signed_in.see(page_of(request))
    assert kinds_of_mail(request) == ["receipt", "withdrawn"]


def test_twice_is_once(joan: User, signed_in: Visitor) -> None:
    request = ask(joan)
    for _time in range(2):
        assert signed_in.client.post(withdrawal(request)).status_code == 302
    assert "this request has ended already" in signed_in.see(page_of(request))
    assert kinds_of_mail(request).count("withdrawn") == 1


def test_what_has_ended_is_not_asked_about_again(joan: User, signed_in: Visitor) -> None:
    request = ask(joan, Matter.MARKETING_OPT_OUT)
    assert signed_in.client.get(withdrawal(request))["Location"] == page_of(request)
    assert withdrawal(request) not in signed_in.client.get(page_of(request)).content.decode()


def test_withdrawn_elsewhere_while_the_code_is_on_its_way(guest: Visitor) -> None:
    request = ask_as_guest()
    asking.take_back(request)
    guest.enter(request)
    assert "You withdrew this request" in guest.see(page_of(request))


def test_nobody_withdraws_another_persons(joan: User, stranger: Visitor, guest: Visitor) -> None:
    request = ask(joan)
    assert stranger.client.post(withdrawal(request)).status_code == 404
    assert guest.client.post(withdrawal(request))["Location"] == page_of(request)
    request.refresh_from_db()
    assert request.state == State.ACTIVE


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_a_refusal_shows_the_reasons_and_every_way_to_challenge_it(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    request = in_state("refused", joan, priya)
    page = signed_in.see(page_of(request))
    assert "The request is excessive" in page
    assert "Article 12(5)" in page
    assert "What we searched: Accounts and mail" in page
    assert str(organisation.organisation.authority.name) in page
    assert "You can also go to court." in page
    source = signed_in.client.get(page_of(request)).content.decode()
    assert f"?about={request.pk}" in source
    ways = source.partition('<ul class="challenge">')[2].partition("</ul>")[0]
    assert "</a>).</li>" in ways, "and no sign is lost"
    for way in (organisation.organisation.authority.website, f"mailto:{organisation.organisation.controller.email}"):
        assert f'<a href="{way}"' in ways, "what can be pressed is a link"
    listed = signed_in.client.get("/requests/").content.decode()
    assert 'data-label="Answer by"' not in listed
    assert "ended on" in listed


def test_a_late_answer_can_be_complained_about(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    request = in_state("overdue", joan, priya)
    link = f"/requests/new/complaint/?about={request.pk}"
    assert link in signed_in.client.get(page_of(request)).content.decode()
    signed_in.ask(Matter.COMPLAINT, link.partition("complaint/")[2])
    complaint = Request.objects.get(matter=Matter.COMPLAINT)
    assert complaint.complains_about == request
    assert f"Open your complaint, {complaint.reference}" in signed_in.see(page_of(request))


def test_a_guest_who_opened_a_request_complains_about_it(organisation: Current, guest: Visitor, priya: User) -> None:
    guest.ask(Matter.ACCESS)
    request = only()
    guest.enter(request)
    asking.take_back(request)
    form = guest.form("complaint", f"?about={request.pk}")
    assert form["address"].value() == "marek.nowak@example.com"
    guest.ask(Matter.COMPLAINT, f"?about={request.pk}")
    complaint = Request.objects.get(matter=Matter.COMPLAINT)
    assert complaint.complains_about == request
    guest.enter(complaint)
    assert "You complained about this" in guest.see(page_of(request))


def test_the_way_to_complain_is_the_button_that_stands_below(joan: User, priya: User, signed_in: Visitor) -> None:
    page = signed_in.see(page_of(ask(joan)))
    assert "Not content? Complain to us with the button below" in page
    assert "on the page of your request" not in page


def test_where_there_is_no_button_none_is_spoken_of(joan: User, priya: User, signed_in: Visitor) -> None:
    page = signed_in.see(page_of(in_state("complaint", joan, priya)))
    assert "Not content? Write to " in page
    assert "Complain to us" not in page
