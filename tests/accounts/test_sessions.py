"""A session is its account's: the person sees where they are signed in, ends it, and it goes with the account."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Session, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(joan: User) -> Client:
    return signed_in(joan)


@pytest.fixture
def laptop(joan: User) -> Client:
    return signed_in(joan)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def is_signed_in(client: Client) -> bool:
    return client.get(reverse("account_profile")).status_code == 200


def test_a_session_is_nobodys_before_somebody_signs_in(client: Client, joan: User) -> None:
    session = client.session
    session["seen"] = True
    session.save()
    assert Session.objects.get().user is None
    client.force_login(joan)
    assert Session.objects.get().user == joan


def test_signing_out_everywhere_else_leaves_this_browser_alone(joan: User, phone: Client, laptop: Client) -> None:
    page = laptop.post(reverse("account_sign_out_elsewhere"), follow=True)
    assert "You are signed out everywhere else." in page.content.decode()
    assert is_signed_in(laptop)
    assert not is_signed_in(phone)


def test_it_ends_nobody_elses_sessions(laptop: Client, priya: User) -> None:
    hers = signed_in(priya)
    laptop.post(reverse("account_sign_out_elsewhere"))
    assert is_signed_in(hers)


def test_looking_at_the_address_ends_nothing(phone: Client, laptop: Client) -> None:
    assert laptop.get(reverse("account_sign_out_elsewhere")).status_code == 405
    assert is_signed_in(phone)


def test_your_data_says_where_you_are_signed_in_and_until_when(laptop: Client) -> None:
    page = laptop.get("/your-data/").content.decode()
    assert "Where you are signed in" in page
    assert "Ends, unless you come back before" in page
    assert Session.objects.get().session_key not in page


def test_sessions_go_with_the_account(joan: User, phone: Client, laptop: Client) -> None:
    joan.delete()
    assert not Session.objects.exists()
    assert not is_signed_in(phone)


def test_whose_a_session_is_costs_no_statement_more(joan: User, django_assert_num_queries: object) -> None:
    laptop = signed_in(joan)
    session = laptop.session
    session["seen"] = True
    with django_assert_num_queries(3):  # type: ignore[operator]  # a savepoint, the row, and its release
        session.save()
