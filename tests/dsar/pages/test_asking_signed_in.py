"""Signed in, nobody asks again who you are: the request begins the moment it is sent."""

from __future__ import annotations

import pytest

from accounts.models import User
from dsar import matters
from dsar.models import Request
from dsar.vocabulary import Behalf, Matter, State
from portal.organisation.versions import Current
from tests.dsar.pages.conftest import FIVE, Visitor, ask, kinds_of_mail, only, page_of, refused, words_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_each_matter_begins_at_once(organisation: Current, joan: User, signed_in: Visitor) -> None:
    for matter in matters.offered(organisation.organisation):
        answer = signed_in.ask(matter)
        request = Request.objects.latest("received_at")
        assert (request.matter, answer["Location"]) == (matter, page_of(request))
        assert request.state != State.RECEIVED
        assert request.subject == joan.subject
        assert kinds_of_mail(request)[0] == "receipt"
        page = signed_in.see(page_of(request))
        assert "Sent. We mailed you a receipt." in page
        assert matters.title(matter, organisation.organisation) in page


def test_neither_address_nor_name_is_asked(signed_in: Visitor) -> None:
    assert not {"address", "name"} & set(signed_in.form("access").fields)
    signed_in.ask(Matter.ACCESS)
    assert only().name == "Joan Archer"


def test_who_has_asked_for_the_same_is_told_before_they_ask_again(signed_in: Visitor) -> None:
    told = "You asked for this on"
    assert told not in signed_in.see("/requests/new/access/")
    signed_in.ask(Matter.ACCESS)
    signed_in.ask(Matter.COMPLAINT)
    page = signed_in.see("/requests/new/access/")
    assert told in page
    assert Request.objects.get(matter=Matter.ACCESS).reference in page
    for other in ("erasure", "complaint"):
        assert told not in signed_in.see(f"/requests/new/{other}/")
    assert told not in Visitor().see("/requests/new/access/")


def test_for_somebody_else_the_authority_is_asked_for(signed_in: Visitor) -> None:
    signed_in.ask(Matter.ACCESS, behalf=Behalf.AGENT, on_behalf_of="Marek Nowak")
    assert "We need to see that you may ask" in signed_in.see(page_of(only()))


def test_a_form_sent_twice_is_one_request_and_one_mail(signed_in: Visitor) -> None:
    form = signed_in.filled(Matter.COMPLAINT)
    for _time in range(2):
        assert signed_in.client.post("/requests/new/complaint/", form)["Location"] == page_of(only())
    assert kinds_of_mail(only()) == ["receipt"]


def test_two_at_once_are_one(joan: User, signed_in: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second is past the first look when the first one commits."""
    from dsar.views import asking as view

    form = signed_in.filled(Matter.ACCESS)
    signed_in.client.post("/requests/new/access/", form)
    first_look = iter([False, True])
    monkeypatch.setattr(view, "was_sent", lambda _key: next(first_look))
    assert signed_in.client.post("/requests/new/access/", form)["Location"] == page_of(only())


def test_an_account_whose_address_is_not_confirmed_is_told_what_to_do(organisation: Current) -> None:
    user = User.objects.create_user(email="new@example.org", password=None)
    visitor = Visitor()
    visitor.client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    answer = visitor.ask(Matter.ACCESS)
    assert "Confirm the address of your account first." in words_of(answer.content.decode())
    assert not Request.objects.exists()


def test_a_complaint_may_name_one_of_ones_own_that_ended(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    ended = refused(ask(joan), priya)
    running = ask(joan, Matter.PORTABILITY)
    form = signed_in.form("complaint")
    offered = [str(value) for value, _label in form.fields["about"].choices]
    assert str(ended.pk) in offered
    assert str(running.pk) not in offered
    signed_in.ask(Matter.COMPLAINT, about=str(ended.pk))
    ended.refresh_from_db()
    assert ended.state == State.COMPLAINT
    assert "You complained about this" in signed_in.see(page_of(ended))


def test_from_the_page_of_a_request_it_is_chosen_already(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    ended = refused(ask(joan), priya)
    link = f"/requests/new/complaint/?about={ended.pk}"
    assert link in signed_in.client.get(page_of(ended)).content.decode()
    assert signed_in.client.get(link).context["form"]["about"].value() == ended.pk


def test_nobody_complains_about_a_request_they_may_not_see(
    organisation: Current, joan: User, priya: User, stranger: Visitor
) -> None:
    ended = refused(ask(joan), priya)
    page = stranger.client.get(f"/requests/new/complaint/?about={ended.pk}").content.decode()
    assert ended.reference not in page
    stranger.ask(Matter.COMPLAINT, about=str(ended.pk))
    ended.refresh_from_db()
    assert ended.state == State.CLOSED


def test_where_no_request_can_be_named_nothing_is_asked(signed_in: Visitor) -> None:
    assert "about" not in signed_in.form("complaint").fields
    assert signed_in.client.get("/requests/new/complaint/?about=nonsense").status_code == 200
