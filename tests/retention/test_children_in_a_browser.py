"""The page on which Priya removes a child's details: axe finds nothing, before and after the button is pressed."""

from collections.abc import Callable

import pytest
from django.test import Client
from playwright.sync_api import BrowserContext, expect

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from portal.organisation.versions import Current
from tests.browser import axe
from tests.processes import LivePortal
from tests.retention.moments import MAREK, PRIYA, as_of, met

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True), as_of("openitio")]


def test_priya_finds_the_way_and_the_button(
    live_portal: LivePortal,
    organisation: Current,
    new_context: Callable[..., BrowserContext],
    shot: Callable[..., None],
) -> None:
    child = met(MAREK, "2026-01-01").subject
    priya = accounts.open_account(PRIYA, name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    client = Client()
    client.force_login(priya)
    # axe itself writes a style into the page where a style sheet imports another.
    context = new_context(bypass_csp=True, viewport={"width": 1280, "height": 900})
    context.add_cookies([{"name": "session", "value": client.cookies["session"].value, "url": live_portal.url}])
    page = context.new_page()
    page.goto(f"{live_portal.url}/admin/subjects/subject/{child.pk}/change/")
    page.get_by_role("link", name="Found to be under 16: remove the details").click()
    axe(page)
    shot(page, "under-age")
    page.get_by_role("button", name="Remove the details").click()
    expect(page.get_by_text("Nothing is left of them here.")).to_be_visible()
    axe(page)
