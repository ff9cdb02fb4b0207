"""Global Privacy Control on another site: obeyed without asking, said, and outweighed only by an explicit choice."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from consent.cookies import choice_cookie as portals_own
from tests.cookies.other_site.conftest import Saves, choice_cookie, press, ready, settled, until
from tests.cookies.other_site.foreign import ForeignSite

pytestmark = [pytest.mark.once, pytest.mark.browser]
SHARING = "Social media and advertising"


def allowed(page: Page) -> list[str]:
    return list(page.evaluate("portalConsent.get().allowed"))


def test_it_is_obeyed_and_said_and_yes_to_all_is_yes_to_the_rest(
    gpc: None, visit: Callable[..., Page], saves: Saves, shot: Callable[..., None]
) -> None:
    page = visit()
    assert SHARING in page.get_by_role("region", name="Cookies").inner_text()
    shot(page, "other-site-gpc")
    press(page, "Yes, all")
    assert portals_own.read(settled(page)) == portals_own.Remembered(
        saves.sent[0]["version"],
        frozenset({"analytics", "functionality"}),
        portals_own.Credentials(saves.sent[0]["reference"], saves.sent[0]["secret"]),
        under_gpc=True,
    )
    (row,) = saves.rows
    assert (row.signal, row.method, row.refused) == (True, "chosen", ["sharing"]), "she pressed, the signal did not"


def test_an_explicit_choice_wins(gpc: None, visit: Callable[..., Page]) -> None:
    page = visit()
    press(page, "Choose")
    assert not page.get_by_label(SHARING).is_checked()
    page.get_by_label(SHARING).check()
    press(page, "Save my choices")
    settled(page)
    assert allowed(page) == ["sharing"]
    page.reload()
    ready(page)
    assert allowed(page) == ["sharing"]


def test_what_she_allowed_herself_is_not_said_to_stay_off_and_yes_to_all_does_not_take_it_back(
    gpc: None, visit: Callable[..., Page]
) -> None:
    page = visit()
    press(page, "Choose")
    page.get_by_label(SHARING).check()
    press(page, "Save my choices")
    settled(page)
    page.evaluate("void portalConsent.open()")
    assert page.get_by_label(SHARING).is_checked()
    assert "stay off" not in page.get_by_role("region", name="Cookies").inner_text()
    press(page, "Yes, all")
    settled(page)
    assert allowed(page) == ["analytics", "functionality", "sharing"]


def test_a_choice_made_without_it_gives_way_when_it_is_switched_on(
    gpc: None, visit: Callable[..., Page], joan: BrowserContext, shop: ForeignSite
) -> None:
    before = portals_own.Remembered(999, frozenset({"analytics", "sharing"}), portals_own.Credentials.drawn())
    joan.add_cookies([{"name": "choices", "value": portals_own.written(before), "url": shop.url}])
    page = visit()
    assert allowed(page) == ["analytics"]
    page.evaluate("void portalConsent.open()")
    assert not page.get_by_label(SHARING).is_checked()
    press(page, "Save my choices")
    until(page, "document.cookie.includes('.g.')")
    after = portals_own.read(settled(page))
    assert after
    assert after.allowed == {"analytics"}


def test_nothing_is_asked_where_it_leaves_nothing_to_ask(
    gpc: None, visit: Callable[..., Page], change_register: Callable[..., None]
) -> None:
    refused = {code: {"gpc": True, "default": True} for code in ("functionality", "analytics", "sharing")}
    change_register(refused)
    page = visit()
    expect(page.get_by_role("region", name="Cookies")).to_have_count(0)
    assert allowed(page) == []
    assert choice_cookie(page) == ""
    page.evaluate("void portalConsent.open()")
    region = page.get_by_role("region", name="Cookies")
    assert "Counting visits" in region.inner_text()
    assert region.get_by_role("button").all_inner_texts() == ["No thanks", "Save my choices"], "“all” would be nothing"


@pytest.mark.parametrize("value", ["false", "'1'", "1", "undefined"])
def test_only_true_counts(value: str, visit: Callable[..., Page], joan: BrowserContext) -> None:
    joan.add_init_script(f"Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {{value: {value}}})")
    page = visit()
    press(page, "Yes, all")
    assert "g" not in settled(page).split(".")
    assert len(allowed(page)) == 3
