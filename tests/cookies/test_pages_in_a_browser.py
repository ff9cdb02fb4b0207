"""Banner and cookie page in a real Chromium: in the first paint, still, by keyboard, without scripts, in every look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from portal.organisation.versions import Current
from tests.browser import axe
from tests.cookies.conftest import FIVE
from tests.processes import LivePortal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LOOKS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "narrow-dark": {"viewport": {"width": 360, "height": 740}, "color_scheme": "dark"},
}


def fits(page: Page) -> bool:
    """Nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_page_in_every_organisations_words(
    organisation: Current,
    look: str,
    live_portal: LivePortal,
    new_context: Callable[..., BrowserContext],
    shot: Callable[..., None],
) -> None:
    page, slug = new_context(**LOOKS[look]).new_page(), organisation.organisation.slug

    def seen(name: str, *words: str) -> None:
        for each in words:
            assert each in page.inner_text("body"), each
        shot(page, f"{slug}-{look}-{name}")
        axe(page)
        assert fits(page), name

    page.goto(f"{live_portal.url}/")
    seen("home", "Choose your cookies")
    page.goto(f"{live_portal.url}/cookies/")
    titles = [str(one.title) for one in organisation.organisation.cookies.categories.values()]
    seen("cookies", *titles)
    if not organisation.organisation.cookies.offers_choice:
        assert page.get_by_role("switch").count() == 0
        return
    page.get_by_role("switch").first.check()
    page.get_by_role("button", name="Save my choices").click()
    seen("saved", "Saved.", "You allow:")
    page.get_by_role("button", name="Refuse all optional").click()
    seen("withdrawn", "You said no to everything optional.")
