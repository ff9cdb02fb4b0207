"""/requests/: the organisation's own titles, its promise, how identity is shown, and where one's own requests stand."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from dsar import matters
from dsar.flows import asking
from dsar.views import listing
from dsar.vocabulary import Matter
from portal.organisation.versions import Current
from tests.dsar.pages.conftest import FIVE, Visitor, ask, ask_as_guest, in_state, page_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_everything_on_offer_is_there_in_the_organisations_words(organisation: Current, guest: Visitor) -> None:
    file = organisation.organisation
    page = guest.client.get("/requests/").content.decode()
    words = guest.see("/requests/")
    for matter in matters.offered(file):
        assert reverse("new_request", args=[matter.value]) in page
        assert matters.title(matter, file) in words
        assert matters.sentence(matter, file) in words
    assert "We promise an answer within 28 days" in words
    assert str(file.rights.identity.sentence) in words
    assert str(file.rights.withholding) in words


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_what_is_the_controllers_own_choice_says_so(organisation: Current, guest: Visitor) -> None:
    lead = guest.client.get("/requests/").content.decode().partition('class="lead"')[2].partition("</p>")[0]
    assert ("(not from our policy)" in lead) is organisation.organisation.rights.our_choice("response")


def test_a_guest_is_told_how_to_open_an_earlier_request(guest: Visitor) -> None:
    assert "The link in our mail opens your request." in guest.see("/requests/")


def test_who_has_none_yet_is_told_so(signed_in: Visitor) -> None:
    assert "None yet." in signed_in.see("/requests/")


def test_own_requests_are_listed_open_ones_first_with_the_days_left(
    organisation: Current, joan: User, priya: User, signed_in: Visitor
) -> None:
    open_one = ask(joan)
    ended = ask(joan, Matter.PORTABILITY)
    asking.take_back(ended)
    page = signed_in.see("/requests/")
    assert page.index(open_one.reference) < page.index(ended.reference)
    assert "28 days left" in page
    assert "Withdrawn" in page


def test_a_late_one_says_so_in_words(organisation: Current, joan: User, priya: User, signed_in: Visitor) -> None:
    in_state("overdue", joan, priya)
    assert "12 days late" in signed_in.see("/requests/")


def test_nobody_elses_are_listed(organisation: Current, joan: User, stranger: Visitor, guest: Visitor) -> None:
    reference = ask(joan).reference
    assert reference not in stranger.see("/requests/")
    assert reference not in guest.see("/requests/")


def test_what_a_guest_opened_by_code_is_listed_for_them(guest: Visitor) -> None:
    request = ask_as_guest()
    assert request.reference not in guest.see("/requests/")
    guest.enter(request)
    assert request.reference in guest.see("/requests/")


def test_a_long_list_comes_by_the_page(
    organisation: Current, joan: User, signed_in: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    oldest, *_younger = [ask(joan, Matter.COMPLAINT) for _number in range(3)]
    monkeypatch.setattr(listing, "ROWS_A_PAGE", 2)
    assert oldest.reference not in signed_in.see("/requests/")
    assert oldest.reference in signed_in.see("/requests/?page=2")
    assert oldest.reference in signed_in.see("/requests/?page=99")


@pytest.mark.parametrize("matter", ["nothing", "access-and-more", "COMPLAINT"])
def test_a_matter_nobody_offers_is_no_page(organisation: Current, guest: Visitor, matter: str) -> None:
    assert guest.client.get(f"/requests/new/{matter}/").status_code == 404
    assert guest.client.post(f"/requests/new/{matter}/", {}).status_code == 404


@pytest.mark.parametrize("organisation", ["openmarket"], indirect=True)
def test_nor_is_one_that_this_organisation_does_not_offer(organisation: Current, guest: Visitor) -> None:
    missing = set(Matter) - set(matters.offered(organisation.organisation))
    assert missing
    for matter in missing:
        assert guest.client.get(f"/requests/new/{matter.value}/").status_code == 404


def test_reading_changes_nothing_and_is_kept_by_nobody(organisation: Current, joan: User) -> None:
    request, client = ask(joan), Client()
    for path in ("/requests/", "/requests/new/access/", page_of(request)):
        answer = client.get(path)
        assert "no-store" in answer["Cache-Control"]
        assert "session" not in client.cookies
