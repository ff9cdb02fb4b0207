"""Every page, in every organisation's own words, by eye and by axe: wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page

from accounts.models import User
from consent.preferences import mails
from consent.preferences.flows import stopping
from portal.organisation.versions import Current
from portal.subjects import flows as subjects
from portal.subjects.models import ContactPoint
from tests.browser import axe
from tests.preferences.conftest import (
    FIVE,
    JOAN,
    asked,
    first_topics,
    own_page,
    person_of,
    preferences_link,
    subscribed,
    unsubscribe_link,
)
from tests.processes import LivePortal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "narrow-dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


@pytest.fixture
def open_page(live_portal: LivePortal, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A function that opens a browser in one of the looks; with a user, signed in."""

    def open_(look: str, user: User | None = None) -> Page:
        context = new_context(**LOOKS[look])
        if user is not None:
            client = Client()
            client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
            cookie = client.cookies["session"]
            context.add_cookies([{"name": "session", "value": cookie.value, "url": live_portal.url}])
        return context.new_page()

    return open_


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_page_without_signing_in(
    organisation: Current,
    look: str,
    live_portal: LivePortal,
    open_page: Callable[..., Page],
    marek: ContactPoint,
    shot: Callable[..., None],
) -> None:
    page, slug = open_page(look), organisation.organisation.slug
    topic = first_topics(organisation, 1)[0]
    waiting = asked(JOAN, *first_topics(organisation, 2))
    paths = {
        "subscribe": "/subscribe/",
        "asked": "/subscribe/asked/",
        "confirm": f"/subscribe/confirm/{mails.token_of(waiting)}/",
        "forged": "/subscribe/confirm/forged/",
        "anonymous": "/preferences/",
        "by-link": preferences_link(marek),
        "link-forged": "/preferences/forged/",
        "unsubscribe": unsubscribe_link(marek, topic),
        "unsubscribe-all": unsubscribe_link(marek),
        "unsubscribe-forged": "/unsubscribe/forged/",
        "unsubscribe-address": "/unsubscribe/",
    }
    for name, path in paths.items():
        page.goto(live_portal.url + path)
        shot(page, f"{slug}-{look}-{name}")
        axe(page)
        assert fits(page), path
    assert organisation.organisation.name in page.title()


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_preference_page_of_somebody_signed_in(
    organisation: Current,
    look: str,
    live_portal: LivePortal,
    open_page: Callable[..., Page],
    joan: User,
    shot: Callable[..., None],
) -> None:
    topics = first_topics(organisation, 3)
    subscribed(JOAN, *topics)
    subjects.add_address(
        person_of(joan), "post", "Joan Archer\n1 High Street\nNorwich", context="account", source="person"
    )
    stopping.stop_topic(person_of(joan), topics[0], own_page())
    page = open_page(look, joan)
    page.goto(live_portal.url + "/preferences/")
    for words in page.locator("details summary").all():
        words.click()
    shot(page, f"{organisation.organisation.slug}-{look}-preferences")
    axe(page)
    assert fits(page)
    page.locator(f"input[name=on][value='{topics[0]}.email']").check()
    page.locator(f"input[name=on][value='{topics[1]}.email']").uncheck()
    page.get_by_role("button", name="Save my choices").click()
    assert "Saved. Two things changed." in page.inner_text("main")
    shot(page, f"{organisation.organisation.slug}-{look}-saved")
    axe(page)
    page.get_by_role("button", name="Stop all marketing").click()
    assert "No more marketing to you" in page.inner_text("main")
    shot(page, f"{organisation.organisation.slug}-{look}-stopped")
    axe(page)
