"""Every page, in every organisation's own words, by eye and by axe: wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from consent.preferences import mails
from consent.preferences.flows import stopping
from portal.database import database_now
from portal.organisation.versions import Current
from portal.subjects import flows as subjects
from portal.subjects.models import ContactPoint
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

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def open_page(live_portal: LivePortal, new_context: Callable[..., BrowserContext]) -> Callable[..., Page]:
    """A function that opens a browser; with a user, signed in."""

    def open_(user: User | None = None) -> Page:
        context = new_context()
        if user is not None:
            client = Client()
            client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
            cookie = client.cookies["session"]
            context.add_cookies([{"name": "session", "value": cookie.value, "url": live_portal.url}])
        return context.new_page()

    return open_


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_page_without_signing_in(
    organisation: Current,
    live_portal: LivePortal,
    open_page: Callable[..., Page],
    marek: ContactPoint,
    look: Callable[..., None],
) -> None:
    page, slug = open_page(), organisation.organisation.slug
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
        look(page, f"{slug}-{name}")
    assert organisation.organisation.name in page.title()


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_preference_page_of_somebody_signed_in(
    organisation: Current,
    live_portal: LivePortal,
    open_page: Callable[..., Page],
    joan: User,
    look: Callable[..., None],
) -> None:
    slug, topics = organisation.organisation.slug, first_topics(organisation, 3)
    subscribed(JOAN, *topics)
    subjects.add_address(
        person_of(joan), "post", "Joan Archer\n1 High Street\nNorwich", context="account", source="person"
    )
    stopping.stop_topic(person_of(joan), topics[0], own_page())
    page = open_page(joan)
    page.goto(live_portal.url + "/preferences/")
    for words in page.locator("details summary").all():
        words.click()
    look(page, f"{slug}-preferences")
    page.locator(f"input[name=on][value='{topics[0]}.email']").check()
    page.locator(f"input[name=on][value='{topics[1]}.email']").uncheck()
    page.get_by_role("button", name="Save my choices").click()
    assert "Saved. Two things changed." in page.inner_text("main")
    look(page, f"{slug}-saved")
    page.get_by_role("button", name="Stop all marketing").click()
    assert "No more marketing to you" in page.inner_text("main")
    look(page, f"{slug}-stopped")


def test_every_state_a_person_can_end_up_in(
    organisation: Current,
    live_portal: LivePortal,
    open_page: Callable[..., Page],
    marek: ContactPoint,
    look: Callable[..., None],
) -> None:
    page = open_page()
    used, late, void = (asked(f"{name}@example.net", "newsletter") for name in ("used", "late", "void"))
    type(late).objects.filter(pk=late.pk).update(expires_at=database_now() - timedelta(seconds=1))
    stopping.stop_everything(void.contact_point.subject, own_page(proved=False))

    def seen(name: str, words: str) -> None:
        assert words in page.inner_text("body")
        look(page, f"state-{name}")

    page.goto(f"{live_portal.url}/subscribe/")
    page.get_by_role("button", name="Send me the link").click()
    seen("errors", "2 things to put right")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"
    for confirmation, first, then in (
        (used, "Done. You are on the list.", "You confirmed this already"),
        (late, "This link is too old", "This link is too old"),
        (void, "You stopped this after you asked for it", "You stopped this after you asked for it"),
    ):
        path = f"{live_portal.url}/subscribe/confirm/{mails.token_of(confirmation)}/"
        page.goto(path)
        if confirmation is used:
            page.get_by_role("button", name="Yes, send me this").press("Enter")
        seen(first, first)
        page.goto(path)
        seen(then, then)
    page.goto(live_portal.url + unsubscribe_link(marek, "newsletter"))
    page.get_by_role("button", name="Stop Open-E Newsletter").press("Enter")
    seen("topic-stopped", "Done. No more Open-E Newsletter.")
    page.get_by_role("button", name="Stop all marketing").click()
    seen("all-stopped", "Done. No more marketing.")
    page.get_by_role("button", name="Undo this").click()
    seen("undone", "Back as before")
    page.goto(f"{live_portal.url}/unsubscribe/")
    page.get_by_label("The e-mail address our mails go to").fill("nobody@example.net")
    page.get_by_role("button", name="Stop all marketing").click()
    seen("address-stopped", "From now on no marketing goes to nobody@example.net.")
    page.goto(live_portal.url + preferences_link(marek))
    page.get_by_role("button", name="Pause marketing").click()
    seen("pause-wrong", "Choose a day.")


def test_without_scripts_and_by_keyboard_alone_somebody_subscribes(
    organisation: Current, live_portal: LivePortal, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_portal.url}/subscribe/")
    page.get_by_label("Yes, send me the Open-E Newsletter").focus()
    page.keyboard.press("Space")
    page.get_by_label("Your e-mail address").focus()
    page.keyboard.type(JOAN)
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_contain_text("Now look in your mail")
