"""Google Consent Mode v2: denied before any tag, as chosen afterwards. Order is read from a recording ``dataLayer``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.cookies.other_site.conftest import press, settled, until
from tests.cookies.other_site.foreign import ForeignSite

pytestmark = [pytest.mark.once, pytest.mark.browser]
TAG = "<script>window.dataLayer = window.dataLayer || []; dataLayer.push('a tag in the head')</script>"
WAITING = '<script type="text/plain" data-consent="analytics">dataLayer.push("a tag that waited")</script>'
ALL = {
    "ad_storage",
    "ad_user_data",
    "ad_personalization",
    "analytics_storage",
    "functionality_storage",
    "personalization_storage",
    "security_storage",
}


def recorded(page: Page) -> list[Any]:
    """What was pushed, in order: words as they are, commands as lists."""
    return list(page.evaluate("dataLayer.map(one => typeof one === 'string' ? one : [...one])"))


def granted(command: list[Any]) -> set[str]:
    return {name for name, value in command[2].items() if value == "granted"}


def test_denied_before_any_tag_then_what_was_chosen(visit: Callable[..., Page]) -> None:
    page = visit(TAG + WAITING)
    default, *later = recorded(page)
    assert default[:2] == ["consent", "default"]
    assert {name for name, value in default[2].items() if value == "denied"} == ALL
    assert default[2]["wait_for_update"] == 500
    # The register may be here before the parser is at the tag: what counts is that the default precedes both.
    tag, update = sorted(later, key=lambda one: one != "a tag in the head")
    assert tag == "a tag in the head"
    assert update[:2] == ["consent", "update"]
    assert granted(update) == {"security_storage"}, "what the site needs asks nobody"
    press(page, "Choose")
    page.get_by_label("Counting visits").check()
    press(page, "Save my choices")
    settled(page)
    until(page, "dataLayer.includes('a tag that waited')")
    chosen, waited = recorded(page)[3:]
    assert granted(chosen) == {"security_storage", "analytics_storage"}
    assert set(chosen[2]) == ALL
    assert waited == "a tag that waited"
    page.evaluate("portalConsent.withdraw()")
    assert granted(recorded(page)[-1]) == {"security_storage"}


def test_on_the_next_page_the_default_still_comes_first(visit: Callable[..., Page]) -> None:
    page = visit()
    press(page, "Yes, all")
    settled(page)
    page = visit(TAG + WAITING, path="/next")
    until(page, "dataLayer.includes('a tag that waited')")
    default, *later, waited = recorded(page)
    tag, update = sorted(later, key=lambda one: one != "a tag in the head")
    assert (default[1], tag, waited) == ("default", "a tag in the head", "a tag that waited")
    assert granted(default) == set()
    assert granted(update) == ALL


def test_the_tags_get_arguments_objects_as_they_expect(visit: Callable[..., Page]) -> None:
    page = visit()
    kinds = page.evaluate("dataLayer.map(one => Object.prototype.toString.call(one))")
    assert set(kinds) == {"[object Arguments]"}


def test_a_signal_that_two_categories_set_needs_leave_for_both(
    visit: Callable[..., Page], change_register: Callable[..., None], shop: ForeignSite
) -> None:
    change_register({"functionality": {"signals": ["analytics_storage"]}})
    page = visit()
    press(page, "Choose")
    page.get_by_label("Counting visits").check()
    press(page, "Save my choices")
    settled(page)
    assert "analytics_storage" not in granted(recorded(page)[-1])
    page.evaluate("void portalConsent.open()")
    press(page, "Yes, all")
    assert "analytics_storage" in granted(recorded(page)[-1])
