"""Whichever app's rows a list of the desk shows, what is held cannot be deleted there, and the desk says why.

The portal's own lists offer no deletion today; this is a list that does.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.test import Client, RequestFactory
from django.urls import reverse

from accounts import flows as accounts
from accounts.models import User
from portal.holds import flows
from portal.holds.desk import AsksHolds, Desk
from portal.holds.models import Hold
from portal.subjects.models import ContactPoint, Ending
from tests.holds.conftest import WHY

pytestmark = pytest.mark.django_db
Ask = Callable[..., str]


@pytest.fixture
def people(joan: ContactPoint, marek: ContactPoint) -> list[User]:
    return [accounts.open_account(point.address) for point in (joan, marek)]


@pytest.fixture
def ask(rf: RequestFactory, organisation: object) -> Ask:
    """A function: root calls a view of the list of accounts; the words of the answer."""
    site = Desk()
    site.register(User, list_display=["email"])
    root = accounts.open_account("root@staff.example", superuser=True)

    def asked(view: str, *args: Any, **data: Any) -> str:
        request: Any = rf.post(reverse("admin:accounts_user_changelist"), data)
        request.user = root
        request._messages = CookieStorage(request)
        request._dont_enforce_csrf_checks = True
        answer = getattr(site.get_model_admin(User), view)(request, *args)
        if hasattr(answer, "render"):
            answer.render()
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))

    return asked


def left(people: list[User]) -> int:
    return User.objects.filter(pk__in=[one.pk for one in people]).count()


def test_one_row_that_is_held_stays(ask: Ask, people: list[User], hold: Callable[..., Hold]) -> None:
    placed = hold(people[0].subject)
    said = ask("delete_view", str(people[0].pk), post="yes")
    assert "This account cannot be deleted" in said
    assert WHY in said
    assert "Yes, I’m sure" not in said
    assert left(people) == 2
    flows.lift(placed, by="", reason="Settled.")
    ask("delete_view", str(people[0].pk), post="yes")
    assert left(people) == 1


def test_of_many_none_goes_while_one_is_held(ask: Ask, people: list[User], hold: Callable[..., Hold]) -> None:
    placed = hold(people[0].subject)
    chosen = {"action": "delete_selected", "_selected_action": [one.pk for one in people], "post": "yes"}
    said = ask("changelist_view", **chosen)
    assert "None of the selected accounts is deleted" in said
    assert WHY in said
    assert left(people) == 2
    flows.lift(placed, by="", reason="Settled.")
    ask("changelist_view", **chosen)
    assert left(people) == 0


def test_a_row_within_a_page_is_not_taken_out_while_it_is_held(
    joan: ContactPoint, hold: Callable[..., Hold], client: Client
) -> None:
    Ending.objects.create(subject=joan.subject, what=Ending.What.SERVICE, day=flows.today())
    root = accounts.open_account("root@staff.example", superuser=True)
    client.force_login(root, "allauth.account.auth_backends.AuthenticationBackend")
    page = reverse("admin:subjects_subject_change", args=[joan.subject_id])
    assert "endings-0-DELETE" in client.get(page).content.decode()
    hold(joan.subject)
    assert "endings-0-day" in client.get(page).content.decode()
    assert "endings-0-DELETE" not in client.get(page).content.decode()


def test_every_list_of_the_desk_asks() -> None:
    assert isinstance(admin.site._wrapped, Desk)  # type: ignore[attr-defined]  # the site is made when first asked for
    assert all(isinstance(one, AsksHolds) for one in admin.site._registry.values())
