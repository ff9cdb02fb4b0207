"""The pages of requests by eye and by axe, in every state: wide and light, narrow and dark, without a script."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from accounts import flows as accounts
from accounts.models import User
from dsar import matters
from dsar.vocabulary import Matter
from portal.organisation.versions import Current
from tests.browser import WIDE
from tests.dsar.pages.conftest import (
    BACKEND,
    JOAN,
    PRIYA,
    STATES,
    ask_as_guest,
    in_state,
    page_of,
)
from tests.processes import LivePortal

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def page(organisation: Current, live_portal: LivePortal, new_context: Callable[..., BrowserContext]) -> Page:
    """A page whose visitor has answered the banner, which would lie over the pictures."""
    page = new_context(viewport=WIDE).new_page()
    page.goto(live_portal.url)
    refuse = page.get_by_role("button", name="No thanks")
    if refuse.count():
        refuse.click()
    return page


@pytest.fixture
def looked_at(page: Page, live_portal: LivePortal, look: Callable[..., None]) -> Callable[[str, str], None]:
    """``looked_at(path, name)`` opens a page and looks at it."""

    def open_(path: str, name: str) -> None:
        page.goto(live_portal.url + path)
        look(page, name)

    return open_


def sign_in(page: Page, portal: LivePortal, user: User) -> None:
    client = Client()
    client.force_login(user, BACKEND)
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": portal.url}])


def test_each_state(
    organisation: Current, live_portal: LivePortal, page: Page, looked_at: Callable[[str, str], None]
) -> None:
    priya = accounts.open_account(PRIYA, "green kettle on Tuesdays", name="Priya", staff=True, superuser=True)
    for number, state in enumerate(STATES):
        joan = accounts.open_account(f"joan{number}@example.org", "green kettle on Tuesdays", name="Joan Archer")
        request = in_state(state, joan, priya)
        sign_in(page, live_portal, joan)
        looked_at(page_of(request), f"state-{state}")


@pytest.mark.parametrize("organisation", ["open-e", "opencontact", "open-ecx"], indirect=True)
def test_what_can_be_asked(organisation: Current, looked_at: Callable[[str, str], None]) -> None:
    slug = organisation.organisation.slug
    looked_at("/requests/", f"{slug}-requests")
    everything = list(matters.offered(organisation.organisation))
    for matter in everything if slug == "opencontact" else [Matter.PORTABILITY]:
        looked_at(reverse("new_request", args=[matter.value]), f"{slug}-new-{matter}")


def test_what_a_guest_and_an_owner_meet_on_the_way(
    organisation: Current,
    live_portal: LivePortal,
    page: Page,
    look: Callable[..., None],
    looked_at: Callable[[str, str], None],
) -> None:
    waiting = ask_as_guest()
    looked_at(page_of(waiting), "gate")
    page.get_by_label("The code from our mail").fill("BCDF-GHJK")
    page.get_by_role("button", name="Open my request").click()
    look(page, "gate-wrong-code")
    priya = accounts.open_account(PRIYA, "green kettle on Tuesdays", name="Priya", staff=True, superuser=True)
    joan = accounts.open_account(JOAN, "green kettle on Tuesdays", name="Joan Archer")
    for state in ("answered", "overdue", "complaint"):
        request = in_state(state, joan, priya)
    sign_in(page, live_portal, joan)
    looked_at("/requests/", "own-requests")
    looked_at(reverse("request_withdraw", args=[request.pk]), "withdraw")
    looked_at("/requests/new/complaint/", "new-complaint-signed-in")
