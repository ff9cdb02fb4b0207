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
from tests.browser import axe
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
    page = new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(live_portal.url)
    refuse = page.get_by_role("button", name="No thanks")
    if refuse.count():
        refuse.click()
    return page


IN_THE_DARK = {"searching", "overdue", "question", "answered"}
"""States that between them have every part of the page: axe looks at these once more, narrow and dark."""


def looked_at(page: Page, url: str, name: str, shot: Callable[..., None], *, dark: bool = False) -> None:
    """Opened wide in the light and narrow in the dark; axe finds nothing, and nothing has to be scrolled sideways."""
    page.set_viewport_size({"width": 1280, "height": 800})
    page.emulate_media(color_scheme="light")
    page.goto(url)
    axe(page)
    shot(page, f"{name}-wide")
    page.set_viewport_size({"width": 360, "height": 800})
    page.emulate_media(color_scheme="dark")
    if dark:
        axe(page)
    shot(page, f"{name}-narrow")
    page.set_viewport_size({"width": 320, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name


def sign_in(page: Page, portal: LivePortal, user: User) -> None:
    client = Client()
    client.force_login(user, BACKEND)
    page.context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": portal.url}])


def test_each_state(organisation: Current, live_portal: LivePortal, page: Page, shot: Callable[..., None]) -> None:
    priya = accounts.open_account(PRIYA, "green kettle on Tuesdays", name="Priya", staff=True, superuser=True)
    for number, state in enumerate(STATES):
        joan = accounts.open_account(f"joan{number}@example.org", "green kettle on Tuesdays", name="Joan Archer")
        request = in_state(state, joan, priya)
        sign_in(page, live_portal, joan)
        looked_at(page, live_portal.url + page_of(request), f"state-{state}", shot, dark=state in IN_THE_DARK)


@pytest.mark.parametrize("organisation", ["open-e", "opencontact", "open-ecx"], indirect=True)
def test_what_can_be_asked(
    organisation: Current, live_portal: LivePortal, page: Page, shot: Callable[..., None]
) -> None:
    slug = organisation.organisation.slug
    looked_at(page, f"{live_portal.url}/requests/", f"{slug}-requests", shot, dark=True)
    everything = list(matters.offered(organisation.organisation))
    for matter in everything if slug == "opencontact" else [Matter.PORTABILITY]:
        url = live_portal.url + reverse("new_request", args=[matter.value])
        looked_at(page, url, f"{slug}-new-{matter}", shot)


def test_what_a_guest_and_an_owner_meet_on_the_way(
    organisation: Current, live_portal: LivePortal, page: Page, shot: Callable[..., None]
) -> None:
    waiting = ask_as_guest()
    looked_at(page, live_portal.url + page_of(waiting), "gate", shot, dark=True)
    page.get_by_label("The code from our mail").fill("BCDF-GHJK")
    page.get_by_role("button", name="Open my request").click()
    axe(page)
    shot(page, "gate-wrong-code")
    priya = accounts.open_account(PRIYA, "green kettle on Tuesdays", name="Priya", staff=True, superuser=True)
    joan = accounts.open_account(JOAN, "green kettle on Tuesdays", name="Joan Archer")
    for state in ("answered", "overdue", "complaint"):
        request = in_state(state, joan, priya)
    sign_in(page, live_portal, joan)
    looked_at(page, f"{live_portal.url}/requests/", "own-requests", shot)
    looked_at(page, f"{live_portal.url}{reverse('request_withdraw', args=[request.pk])}", "withdraw", shot)
    looked_at(page, f"{live_portal.url}/requests/new/complaint/", "new-complaint-signed-in", shot)
