"""The page of docs/examples, served from a port and a host of its own, does what docs/consent-js.md says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import axe
from tests.cookies.other_site.conftest import press, settled, until
from tests.cookies.other_site.foreign import Answer, ForeignSite

pytestmark = [pytest.mark.once, pytest.mark.browser]
DOCS = Path(settings.BASE_DIR) / "docs"
EXAMPLE = (DOCS / "examples" / "shop.html").read_text()


@pytest.fixture
def page(shop: ForeignSite, portal_url: str, joan: BrowserContext) -> Page:
    shop.answers["/shop.html"] = Answer(EXAMPLE.replace("https://privacy.example", portal_url))
    shop.script("/count.js", "window.visits = {count: path => { window.counted = path }}")
    shop.page("/map.html", "", "<p>A map</p>")
    page = joan.new_page()
    page.goto(f"{shop.url}/shop.html")
    return page


def test_it_asks_runs_loads_and_lets_one_change_ones_mind(page: Page, shop: ForeignSite) -> None:
    press(page, "Choose")
    page.get_by_label("Counting visits").check()
    press(page, "Save my choices")
    until(page, "window.counted === '/shop.html'")
    settled(page)
    assert "/map.html" not in shop.asked
    axe(page)
    press(page, "Allow “Social media and advertising”")
    expect(page.frame_locator("iframe").get_by_text("A map")).to_be_visible()
    page.get_by_role("link", name="Cookie choices").click()
    press(page, "No thanks")
    expect(page.frame_locator("iframe").get_by_text("A map")).to_have_count(0)
    assert settled(page).startswith("refused.")


def test_the_preload_of_the_example_is_the_request_the_script_makes(page: Page) -> None:
    page.get_by_role("region", name="Cookies").wait_for()
    names = page.evaluate("performance.getEntriesByType('resource').map(one => one.name)")
    assert len([name for name in names if "/config?" in name]) == 1


def test_the_lines_that_the_text_tells_to_copy_are_those_of_the_example() -> None:
    def plain(text: str) -> str:
        return re.sub(r"\s+", " ", text)

    (head,) = re.findall(r"```html\n(<link.*?)```", (DOCS / "consent-js.md").read_text(), flags=re.DOTALL)
    assert plain(head).strip() in plain(EXAMPLE)
