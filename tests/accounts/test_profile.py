"""The page about one's own account."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from tests.accounts.conftest import JOAN, Visitor


def test_it_asks_for_sign_in_and_comes_back(visitor: Visitor) -> None:
    answer = visitor.client.get(reverse("account_profile"))
    assert answer.headers["Location"] == f"{reverse('account_login')}?next={reverse('account_profile')}"


def test_it_shows_name_and_address_and_how_to_sign_in(visitor: Visitor, joan: User) -> None:
    visitor.sign_in(JOAN)
    page = visitor.client.get(reverse("account_profile"))
    text = page.content.decode()
    assert 'value="Joan Archer"' in text
    assert JOAN in text
    assert reverse("account_change_password") in text
    assert "no-store" in page.headers["Cache-Control"]


def test_it_leads_to_where_an_account_is_closed(visitor: Visitor, joan: User) -> None:
    visitor.client.force_login(joan)

    page = visitor.client.get(reverse("account_profile")).content.decode()

    _before, _heading, said = page.partition("Close your account?")
    assert reverse("account_close") in said.partition("</section>")[0]
    assert "Closing it stops no mails" in said


def test_without_a_password_it_offers_one(visitor: Visitor, joan: User) -> None:
    joan.set_unusable_password()
    joan.save()
    visitor.client.force_login(joan)
    assert reverse("account_set_password") in visitor.client.get(reverse("account_profile")).content.decode()


@pytest.mark.parametrize("name", ["Joan A. Archer", "", "Ĵöän"])
def test_the_name_can_be_corrected(visitor: Visitor, joan: User, name: str) -> None:
    visitor.sign_in(JOAN)
    answer = visitor.follow("account_profile", name=name)
    assert "Saved." in answer.content.decode()
    joan.refresh_from_db()
    assert joan.name == name
    assert joan.get_full_name() == joan.get_short_name() == (name or JOAN)


def test_only_the_name(visitor: Visitor, joan: User) -> None:
    visitor.sign_in(JOAN)
    visitor.post("account_profile", name="Joan", email="x@example.org", is_staff="1", is_superuser="1")
    joan.refresh_from_db()
    assert (joan.email, joan.is_staff, joan.is_superuser) == (JOAN, False, False)


def test_a_name_too_long_is_refused_and_kept_on_the_page(visitor: Visitor, joan: User) -> None:
    visitor.sign_in(JOAN)
    answer = visitor.post("account_profile", name="J" * 400)
    assert answer.status_code == 200
    assert "J" * 400 in answer.content.decode()


def test_other_methods_are_refused(visitor: Visitor, joan: User) -> None:
    visitor.client.force_login(joan)
    assert visitor.client.delete(reverse("account_profile")).status_code == 405
