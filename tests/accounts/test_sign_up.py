"""From an address to an account: nothing counts until the address is proved."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django import forms
from django.core.exceptions import ImproperlyConfigured
from django.http import HttpRequest
from django.urls import reverse

from accounts import addresses, mails, signup
from accounts.models import User
from portal.subjects.models import ContactPoint, Subject
from tests.accounts.conftest import JOAN, MAREK, PASSWORD, Visitor, last_code, mails_to


class Colours:
    """A step that asks for a colour, and remembers whom it was told about."""

    code = "colours"
    title = "Colours"

    def __init__(self) -> None:
        self.saved: list[tuple[str, dict[str, Any]]] = []
        self.confirmed_for: list[User] = []

    def fields(self) -> dict[str, forms.Field]:
        return {"colour": forms.CharField(required=False, label="Colour")}

    def save(self, request: HttpRequest, user: User, cleaned: dict[str, Any]) -> None:
        self.saved.append((user.email, cleaned))

    def confirmed(self, request: HttpRequest, user: User) -> None:
        assert user.subject is not None
        self.confirmed_for.append(user)


@pytest.fixture
def colours() -> Iterator[Colours]:
    step = Colours()
    signup.register(step)
    yield step
    signup.unregister(step.code)


def test_an_account_opens_with_the_code_from_the_mail(visitor: Visitor) -> None:
    answer = visitor.sign_up(JOAN)
    assert answer.url == reverse("account_email_verification_sent")
    claim = User.objects.get()
    assert claim.subject_id is None
    assert "_auth_user_id" not in visitor.client.session

    visitor.post("account_email_verification_sent", code=last_code(JOAN))

    assert visitor.user == claim
    claim.refresh_from_db()
    point = ContactPoint.objects.get()
    assert claim.subject_id == point.subject_id
    assert point.proved_at is not None
    assert EmailAddress.objects.get().verified
    assert claim.check_password(PASSWORD)
    assert list(addresses.differences()) == []


def test_the_address_is_written_to_as_it_was_typed(visitor: Visitor) -> None:
    visitor.sign_up("  Joan.Archer@EXAMPLE.org ")
    assert ContactPoint.objects.get().address == "Joan.Archer@EXAMPLE.org"
    assert User.objects.get().email == JOAN


def test_a_prospect_takes_their_own_record_over(visitor: Visitor, marek: ContactPoint) -> None:
    visitor.sign_up(MAREK)
    assert User.objects.get().subject is None, "typing an address proves nothing"
    visitor.post("account_email_verification_sent", code=last_code(MAREK))
    assert User.objects.get().subject == marek.subject
    assert Subject.objects.count() == 1


def test_no_password_is_needed(visitor: Visitor) -> None:
    visitor.sign_up(JOAN, password="")
    visitor.post("account_email_verification_sent", code=last_code(JOAN))
    assert visitor.user is not None
    assert not visitor.user.has_usable_password()


@pytest.mark.parametrize("password", ["short", "password123", JOAN])
def test_a_weak_password_is_refused_and_nothing_is_made(visitor: Visitor, password: str) -> None:
    answer = visitor.sign_up(JOAN, password=password)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"password1"}
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "address",
    [
        "joan.archer@example.org\r\nBcc: marek.nowak@example.com",
        "joan\n@example.org",
        "a" * 400 + "@example.org",
        "İ@example.org",
        "ü@example.org",
        "joan.archer",
        "joan@@example.org",
        "joan@example",
        "joan archer@example.org",
        "",
    ],
)
def test_what_is_no_address_is_refused_with_a_word_of_help(visitor: Visitor, address: str) -> None:
    answer = visitor.sign_up(address)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"email"}
    assert 'id="id_email_error"' in answer.content.decode()
    assert not User.objects.exists()
    assert not ContactPoint.objects.exists()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Joan.Archer@Example.org", "joan.archer@example.org"),
        ("joan@faß.de", "joan@xn--fa-hia.de"),
        ("joan@Müller.example", "JOAN@xn--mller-kva.example"),
        ("joan@İstanbul.example", "joan@i̇stanbul.example"),
    ],
)
def test_two_spellings_of_one_address_make_one_account(
    visitors: Callable[[], Visitor], first: str, second: str
) -> None:
    for address in (first, second):
        visitors().sign_up(address)
    assert User.objects.count() == 1
    assert ContactPoint.objects.count() == 1
    assert [message.kind for message in mails_to(first)] == [mails.SIGN_UP_CODE.code]


def test_steps_are_asked_and_told_once_the_address_is_proved(visitor: Visitor, colours: Colours) -> None:
    page = visitor.client.get(reverse("account_signup")).content.decode()
    assert 'name="colour"' in page
    visitor.sign_up(JOAN, colour="blue")
    assert colours.saved == [(JOAN, {"colour": "blue"})]
    assert colours.confirmed_for == []
    visitor.post("account_email_verification_sent", code=last_code(JOAN))
    assert colours.confirmed_for == [User.objects.get()]


def test_a_stranger_who_types_joans_address_decides_nothing_for_her(
    visitors: Callable[[], Visitor], colours: Colours
) -> None:
    stranger, joan = visitors(), visitors()
    stranger.sign_up(JOAN, password="a password of the stranger", colour="red")

    joan.ask_for_code(JOAN)
    joan.post("account_confirm_login_code", code=last_code(JOAN))

    assert joan.user is not None
    assert joan.user.subject is not None
    assert not joan.user.has_usable_password(), "the stranger's password must not open her account"
    assert colours.confirmed_for == []
    stranger.sign_in(JOAN, "a password of the stranger")
    assert stranger.user is None


def test_a_step_that_ticks_a_box_in_advance_stops_the_form() -> None:
    class Ticked(Colours):
        code = "ticked"

        def fields(self) -> dict[str, forms.Field]:
            return {"news": forms.BooleanField(initial=True, required=False)}

    with pytest.raises(ImproperlyConfigured, match="starts empty"):
        signup.fields_of(Ticked())


def test_two_steps_of_one_name_stop_the_start(colours: Colours) -> None:
    with pytest.raises(ImproperlyConfigured, match="colours"):
        signup.register(Colours())
    signup.register(colours)
    assert signup.steps().count(colours) == 1


def test_sign_up_can_be_closed(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("accounts.adapter.Adapter.is_open_for_signup", lambda self, request: False)
    page = visitor.client.get(reverse("account_signup"))
    assert "No new accounts" in page.content.decode()
