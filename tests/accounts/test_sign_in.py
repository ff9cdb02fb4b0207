"""A password or a code by mail: either opens the account, and nothing else does."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts import mails
from accounts.models import User
from tests.accounts.conftest import JOAN, PASSWORD, Visitor, last_code, mails_to


def test_with_a_password(visitor: Visitor, joan: User) -> None:
    answer = visitor.sign_in(JOAN)
    assert answer.url == settings.LOGIN_REDIRECT_URL
    assert visitor.user == joan


@pytest.mark.parametrize("address", ["JOAN.ARCHER@EXAMPLE.ORG", " joan.archer@example.org "])
def test_in_any_spelling_of_the_address(visitor: Visitor, joan: User, address: str) -> None:
    visitor.sign_in(address)
    assert visitor.user == joan


@pytest.mark.parametrize("button", [{}, {"by_code": "1"}])
def test_with_a_code_from_the_same_page(visitor: Visitor, joan: User, button: dict[str, str]) -> None:
    password = "half of a pass" if button else ""
    answer = visitor.post("account_login", login=JOAN, password=password, **button)
    assert answer.url == reverse("account_confirm_login_code")
    visitor.post("account_confirm_login_code", code=last_code(JOAN))
    assert visitor.user == joan


def test_the_code_may_be_typed_carelessly(visitor: Visitor, joan: User) -> None:
    visitor.ask_for_code(JOAN)
    visitor.post("account_confirm_login_code", code=f" {last_code(JOAN).lower().replace('-', ' ')} ")
    assert visitor.user == joan


def test_a_new_code_replaces_the_last(visitor: Visitor, joan: User) -> None:
    visitor.ask_for_code(JOAN)
    first = last_code(JOAN)
    visitor.post("account_confirm_login_code", action="resend")
    assert len(mails_to(JOAN)) == 2
    visitor.post("account_confirm_login_code", code=first)
    assert visitor.user is None
    visitor.post("account_confirm_login_code", code=last_code(JOAN))
    assert visitor.user == joan


def test_keep_me_signed_in_is_asked_and_not_assumed(visitor: Visitor, joan: User) -> None:
    page = visitor.client.get(reverse("account_login"))
    assert not page.context["form"]["remember"].value()
    visitor.sign_in(JOAN)
    assert visitor.client.session.get_expire_at_browser_close()


def test_a_closed_account_opens_neither_way(visitor: Visitor, joan: User) -> None:
    User.objects.update(is_active=False)
    answer = visitor.follow("account_login", login=JOAN, password=PASSWORD)
    assert "This account is closed" in answer.content.decode()
    visitor.ask_for_code(JOAN)
    assert mails_to(JOAN) == []
    assert visitor.user is None


def test_an_unproved_account_is_asked_for_the_code_again(visitor: Visitor) -> None:
    visitor.sign_up(JOAN)
    later = Visitor()
    settings_wait = later.sign_in(JOAN)
    assert settings_wait.status_code in {200, 302}
    assert later.user is None
    assert {message.kind for message in mails_to(JOAN)} == {mails.SIGN_UP_CODE.code}


def test_signing_in_changes_the_session(visitor: Visitor, joan: User) -> None:
    visitor.client.get(reverse("account_login"))
    visitor.ask_for_code(JOAN)
    before = visitor.client.session.session_key
    visitor.post("account_confirm_login_code", code=last_code(JOAN))
    assert visitor.user == joan
    assert visitor.client.session.session_key != before


@pytest.mark.parametrize(
    "target",
    ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)", "https:evil.example"],
)
def test_nobody_is_sent_to_another_site(visitor: Visitor, joan: User, target: str) -> None:
    answer = visitor.post("account_login", login=JOAN, password=PASSWORD, next=target)
    assert answer.url == settings.LOGIN_REDIRECT_URL
    out = visitor.post("account_logout", next=target)
    assert out.url == settings.LOGOUT_REDIRECT_URL


def test_a_page_of_ours_is_gone_back_to(visitor: Visitor, joan: User) -> None:
    answer = visitor.post("account_login", login=JOAN, password=PASSWORD, next="/account/email/")
    assert answer.url == "/account/email/"


def test_a_form_from_elsewhere_signs_nobody_in(joan: User) -> None:
    client = Client(enforce_csrf_checks=True)
    answer = client.post(reverse("account_login"), {"login": JOAN, "password": PASSWORD})
    assert answer.status_code == 403
    assert "_auth_user_id" not in client.session


def test_signing_out_takes_a_press(visitor: Visitor, joan: User) -> None:
    visitor.sign_in(JOAN)
    visitor.client.get(reverse("account_logout"))
    assert visitor.user == joan
    visitor.post("account_logout")
    assert visitor.user is None


def test_passwords_are_not_guessed_for_long(visitor: Visitor, joan: User) -> None:
    answers = [visitor.post("account_login", login=JOAN, password=f"a wrong guess {n}") for n in range(6)]
    assert "Too many attempts" in answers[-1].content.decode()
    visitor.sign_in(JOAN.upper())
    assert visitor.user is None, "the limit is on the address, however it is spelled"


def test_one_address_does_not_get_more_than_three_codes_a_minute(joan: User) -> None:
    for spelling in (JOAN, JOAN.upper(), JOAN.title(), JOAN):
        Visitor().ask_for_code(spelling)
    assert len(mails_to(JOAN)) == 3
