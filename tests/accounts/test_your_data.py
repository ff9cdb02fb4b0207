"""``/your-data/``: everything held about somebody, to them alone, with until when; nothing that tells who is known."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client
from django.urls import reverse

from accounts import codes
from accounts import flows as accounts
from accounts.codes import Purpose
from accounts.models import User
from accounts.your_data.page import of
from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.vocabulary import Matter
from portal.organisation import versions
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.personal_data import registry
from portal.subjects import flows as people
from portal.subjects import merging
from portal.subjects.models import Channel, Ending, Subject

JOAN, MAREK = "joan.archer@example.org", "marek.nowak@example.com"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ADDRESS = "/your-data/"
FIVE = pytest.mark.parametrize(
    "organisation", ["open-e", "open-ecx", "openmarket", "opencontact", "openitio"], indirect=True
)


@pytest.fixture
def joan(organisation: Current) -> User:
    return accounts.open_account(JOAN, name="Joan Archer")


def words_of(page: str) -> str:
    """The words of a page, tags away and blanks made one."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page))).strip()


def seen_by(user: User) -> str:
    client = Client()
    client.force_login(user, backend=BACKEND)
    answer = client.get(ADDRESS)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    return words_of(answer.content.decode())


def asks(client: Client, address: str) -> str:
    answer = client.post(ADDRESS, {"do": "send_code", "address": address}, follow=True)
    assert answer.redirect_chain == [(ADDRESS, 302)]
    return words_of(answer.content.decode())


def mailed_code() -> str:
    (mail,) = Message.objects.filter(kind="your-data-code")
    return codes.derive(Purpose.YOUR_DATA, mail.params["nonce"])


@FIVE
def test_every_value_stands_there_with_where_from_what_for_and_until_when(joan: User, organisation: Current) -> None:
    page = seen_by(joan)
    assert f"Name {joan.name}" in page
    assert f"Address {JOAN}" in page
    about = ("Where from", "What for", "Why we may", "Who receives it", "Until when")
    assert page.count("Where from ") == page.count("Until when ") >= 4
    assert all(words in page for words in about)
    accounts_rule = organisation.organisation.retention["accounts"]
    chosen = " * (not from our policy)" if accounts_rule.our_choice("period") else ""
    kept = f"It is kept for {accounts_rule.period} after your account is closed. That time has not begun yet."
    assert f"{kept}{chosen} {accounts_rule.reason}" in page


@FIVE
def test_each_kind_of_data_with_something_in_it_is_a_section(joan: User, organisation: Current) -> None:
    page = seen_by(joan)
    subject = joan.subject
    assert subject is not None
    filled = {holding.category for holding, rows in registry.held_about(subject) if rows.exists()}
    for code, category in organisation.organisation.data_categories.items():
        assert str(category.title) in page
        if code in filled:
            assert str(category.sentence) in page


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_the_last_day_is_the_one_by_which_it_goes(joan: User) -> None:
    assert joan.subject is not None
    Ending.objects.create(subject=joan.subject, what="service", day="2026-06-30")
    joan.is_active = False
    joan.save()
    User.objects.update(is_active=False)
    kinds = [kind for section in of(joan.subject, versions.current()).sections for kind in section.kinds]
    said = {kind.holding.label: kind.until.words for kind in kinds}
    assert said["subjects.ContactPoint"].startswith(
        "Until 30 June 2029. It is kept for 3 years after the service ends."
    )


def test_what_keeps_it_longer_is_said_once(joan: User) -> None:
    for _time in range(2):
        asking.ask_signed_in(joan, Wish(Matter.ACCESS))
    assert seen_by(joan).count("A request about these data is open.") == 1


def test_nobody_elses_data_stand_there(joan: User) -> None:
    people.reach(Channel.EMAIL, MAREK, context="website", source="person")
    assert MAREK not in seen_by(joan)


def test_what_belongs_to_a_record_merged_into_ones_own_stands_there(joan: User) -> None:
    other = people.reach(Channel.EMAIL, MAREK, context="website", source="person").subject
    assert joan.subject is not None
    merging.merge(joan.subject, other)
    assert MAREK in seen_by(joan)


def test_who_has_no_account_sees_it_after_a_code(client: Client, organisation: Current) -> None:
    people.reach(Channel.EMAIL, MAREK, context="website", source="person")
    assert MAREK not in words_of(client.get(ADDRESS).content.decode())
    assert f"If we know {MAREK}, a code is on its way there." in asks(client, MAREK)
    client.post(ADDRESS, {"do": "enter_code", "code": mailed_code().lower()})
    page = words_of(client.get(ADDRESS).content.decode())
    assert f"Address {MAREK}" in page
    client.post(ADDRESS, {"do": "close"})
    assert MAREK not in words_of(client.get(ADDRESS).content.decode())


def test_an_address_nobody_knows_gets_no_mail_and_the_same_answer(client: Client, organisation: Current) -> None:
    people.reach(Channel.EMAIL, "mia@example.com", context="website", source="person")
    known, unknown = asks(Client(), "mia@example.com"), asks(Client(), "max@example.com")
    assert known.replace("mia@", "max@") == unknown
    assert Message.objects.filter(kind="your-data-code").count() == 1
    assert Subject.objects.count() == 1


def test_a_code_opens_the_browser_that_asked_and_no_other_address(client: Client, organisation: Current) -> None:
    people.reach(Channel.EMAIL, MAREK, context="website", source="person")
    people.reach(Channel.EMAIL, JOAN, context="website", source="person")
    asks(client, MAREK)
    code = mailed_code()
    stranger = Client()
    asks(stranger, JOAN)
    answer = stranger.post(ADDRESS, {"do": "enter_code", "code": code})
    assert "That is not the code" in words_of(answer.content.decode())


def test_five_guesses_and_no_more(client: Client, organisation: Current) -> None:
    people.reach(Channel.EMAIL, MAREK, context="website", source="person")
    asks(client, MAREK)
    for _guess in range(5):
        client.post(ADDRESS, {"do": "enter_code", "code": "BBBB-BBBB"})
    client.post(ADDRESS, {"do": "enter_code", "code": mailed_code()})
    assert f"Address {MAREK}" not in words_of(client.get(ADDRESS).content.decode())


def test_a_button_nobody_made_does_nothing(client: Client, organisation: Current) -> None:
    assert client.post(ADDRESS, {"do": "everything"}).status_code == 400
    assert client.get(ADDRESS).status_code == 200


def test_an_account_that_is_no_person_yet_is_told_so(organisation: Current) -> None:
    claim = User.objects.create_user(JOAN)
    assert "This portal holds nothing about you but this account." in seen_by(claim)


def test_the_sign_up_says_the_files_own_period(client: Client, organisation: Current) -> None:
    rule = organisation.organisation.retention["accounts"]
    page = words_of(client.get(reverse("account_signup")).content.decode())
    assert f"It is kept for {rule.period} after your account is closed. {rule.reason}" in page
