"""A password is set, changed, forgotten and replaced; the person is told each time."""

from __future__ import annotations

from django.urls import reverse

from accounts import mails
from accounts.models import User
from tests.accounts.conftest import JOAN, PASSWORD, Visitor, last_code, mails_to

NEW = "purple stairs in March"


def test_a_forgotten_password_is_replaced_after_a_code(visitor: Visitor, joan: User) -> None:
    visitor.post("account_reset_password", email=JOAN.upper())
    assert [message.kind for message in mails_to(JOAN)] == [mails.PASSWORD_CODE.code]
    visitor.post("account_confirm_password_reset_code", code=last_code(JOAN))
    visitor.post("account_complete_password_reset", password1=NEW)
    joan.refresh_from_db()
    assert joan.check_password(NEW)
    assert mails_to(JOAN)[-1].kind == mails.PASSWORD_CHANGED.code


def test_nothing_changes_without_the_code(visitor: Visitor, joan: User) -> None:
    visitor.post("account_reset_password", email=JOAN)
    answer = visitor.post("account_complete_password_reset", password1=NEW)
    assert answer.url == reverse("account_confirm_password_reset_code")
    joan.refresh_from_db()
    assert joan.check_password(PASSWORD)


def test_a_change_asks_for_the_present_one_and_signs_other_devices_out(visitor: Visitor, joan: User) -> None:
    elsewhere = Visitor()
    elsewhere.sign_in(JOAN)
    visitor.sign_in(JOAN)
    refused = visitor.post("account_change_password", oldpassword="not this one", password1=NEW)
    assert refused.context["form"].errors.keys() == {"oldpassword"}
    answer = visitor.post("account_change_password", oldpassword=PASSWORD, password1=NEW)
    assert answer.url == reverse("account_profile")
    assert visitor.client.get(reverse("account_profile")).status_code == 200
    assert elsewhere.client.get(reverse("account_profile")).status_code == 302
    assert [message.kind for message in mails_to(JOAN)] == [mails.PASSWORD_CHANGED.code]


def test_who_signs_in_by_code_can_set_a_first_password(visitor: Visitor, joan: User) -> None:
    joan.set_unusable_password()
    joan.save()
    visitor.ask_for_code(JOAN)
    visitor.post("account_confirm_login_code", code=last_code(JOAN))
    assert visitor.client.get(reverse("account_change_password")).headers["Location"] == reverse("account_set_password")
    visitor.post("account_set_password", password1=NEW)
    joan.refresh_from_db()
    assert joan.check_password(NEW)


def test_the_new_password_is_asked_for_once_and_weak_ones_are_refused(visitor: Visitor, joan: User) -> None:
    visitor.sign_in(JOAN)
    page = visitor.client.get(reverse("account_change_password"))
    assert list(page.context["form"].fields) == ["oldpassword", "password1"]
    refused = visitor.post("account_change_password", oldpassword=PASSWORD, password1="short")
    assert refused.context["form"].errors.keys() == {"password1"}
