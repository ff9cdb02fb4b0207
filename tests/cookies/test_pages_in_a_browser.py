"""Banner and cookie page in a real Chromium: in the first paint, still, by keyboard, without scripts, in every look."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from consent.cookies.models import Choice, Refusals
from portal.organisation.versions import Current
from tests.browser import PHONE, WIDE
from tests.cookies.conftest import FIVE, JOAN, PASSWORDS
from tests.processes import LivePortal

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_register_in_every_organisations_words(
    organisation: Current,
    live_portal: LivePortal,
    page: Page,
    look: Callable[..., None],
) -> None:
    slug = organisation.organisation.slug

    def seen(name: str, *words: str) -> None:
        for each in words:
            assert each in page.inner_text("body"), each
        look(page, f"{slug}-{name}")

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
    expect(page.locator("main")).to_contain_text("You said no to everything optional.")


def test_every_state_a_person_can_end_up_in(
    organisation: Current,
    live_portal: LivePortal,
    new_context: Callable[..., BrowserContext],
    joan: User,
    look: Callable[..., None],
) -> None:
    joan.password = PBKDF2PasswordHasher().encode(PASSWORDS[JOAN], "salt", 1)  # as the portal's own process wants it
    joan.save()
    context = new_context(extra_http_headers={"Sec-GPC": "1"})
    page = context.new_page()

    def seen(name: str, words: str) -> None:
        expect(page.locator("body")).to_contain_text(words)
        look(page, f"state-{name}")

    page.goto(f"{live_portal.url}/unsubscribe/")
    seen("banner-gpc", "so these stay off: Social media and advertising. “Yes, all” allows the rest.")
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 %
    expect(page.get_by_role("button", name="Yes, all")).to_be_in_viewport(ratio=1)
    page.set_viewport_size(PHONE)
    page.get_by_role("button", name="Yes, all").click()
    page.goto(f"{live_portal.url}/account/login/")
    page.locator("[name=login]").fill(JOAN)
    page.locator("[name=password]").fill(PASSWORDS[JOAN])
    page.get_by_role("button", name="Sign in", exact=True).click()
    seen("question", "Shall we note that choice with your account?")
    page.get_by_role("button", name="Yes, note it").click()
    seen("noted", "Noted with your account.")
    page.goto(f"{live_portal.url}/cookies/")
    seen("record", "Take it off my account")
    page.get_by_role("link", name="the register, version 1").click()
    seen("version", "This register came into use on these pages on")
    page.go_back()
    page.evaluate("document.querySelector('[name=version]').value = '99'")
    page.get_by_role("button", name="Save my choices").click()
    seen("changed", "Our cookies changed while this page was open.")
    page.get_by_role("button", name="Refuse all, and remove this record").click()
    seen("removed", "One choice was taken out of our records")
    context.clear_cookies()
    page.goto(f"{live_portal.url}/cookies/saved/")
    seen("lost", "Your browser did not keep your choice")


def test_without_scripts_and_by_keyboard_alone_somebody_refuses_and_is_back_where_they_were(
    organisation: Current, live_portal: LivePortal, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{live_portal.url}/subscribe/")

    page.keyboard.press("Tab")  # the way past everything, first in the page
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")

    expect(page.locator(".banner")).to_have_count(0)
    assert page.url == f"{live_portal.url}/subscribe/"
    assert [cookie["value"] for cookie in context.cookies() if cookie["name"] == "choices"] == ["refused.1."]
    assert not Choice.objects.exists()
    assert sum(Refusals.objects.values_list("count", flat=True)) == 1


def test_without_scripts_and_by_keyboard_alone_somebody_chooses_one_by_one_and_takes_it_back(
    organisation: Current, live_portal: LivePortal, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{live_portal.url}/")
    page.get_by_role("link", name="Choose", exact=True).press("Enter")
    page.get_by_role("switch", name="Allow “Counting visits”").press("Space")
    page.get_by_role("button", name="Save my choices").press("Enter")
    expect(page.locator("main")).to_contain_text("You allow: Counting visits.")

    page.goto(f"{live_portal.url}/")
    page.get_by_role("link", name="Change or withdraw cookie choices").press("Enter")
    page.get_by_role("button", name="Refuse all, and remove this record").press("Enter")

    expect(page.locator("main")).to_contain_text("One choice was taken out of our records")
    assert not Choice.objects.exists()


def test_the_banner_is_in_the_first_paint_shifts_nothing_and_traps_nobody(
    organisation: Current, live_portal: LivePortal, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context(viewport=WIDE)
    context.add_init_script(MEASURE)
    page = context.new_page()
    page.goto(f"{live_portal.url}/subscribe/", wait_until="load")

    assert page.locator(".banner").is_visible()
    assert page.evaluate("document.scripts.length") == 0
    assert page.evaluate("window.shifts") == []
    stops = [stop_of(page) for _ in range(tab_stops(page) + 1)]
    assert stops[1:4] == ["No thanks", "Choose", "Yes, all"]
    assert "BODY" in stops[-2:] or stops[-1] == stops[0]
    page.get_by_role("link", name="Change or withdraw cookie choices").focus()
    assert is_uncovered(page)


def test_on_a_phone_the_banner_leaves_what_people_came_for_in_view_and_large_type_cuts_no_answer_off(
    organisation: Current, live_portal: LivePortal, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(viewport=PHONE).new_page()
    page.goto(f"{live_portal.url}/unsubscribe/")
    banner = page.locator(".banner")

    stop = page.get_by_role("button", name="Stop all marketing").bounding_box()
    lies_at = banner.bounding_box()
    assert stop
    assert lies_at
    assert stop["y"] + stop["height"] <= lies_at["y"]

    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert banner.evaluate("one => one.scrollWidth <= one.clientWidth")
    sizes = [one.bounding_box() for one in banner.locator(".btn").all()]
    assert len({round(one["width"]) for one in sizes if one}) == 1, "three answers alike"


MEASURE = """
window.shifts = [];
new PerformanceObserver(list => window.shifts.push(...list.getEntries().map(e => e.value)))
  .observe({type: 'layout-shift', buffered: true});
"""


def tab_stops(page: Page) -> int:
    """How many places Tab can come to."""
    return int(page.evaluate("[...document.querySelectorAll('a[href], button, input:not([type=hidden])')].length"))


def stop_of(page: Page) -> str:
    """Press Tab, and say where that leads."""
    page.keyboard.press("Tab")
    active = "document.activeElement"
    return str(
        page.evaluate(f"{active}.tagName === 'BODY' ? 'BODY' : ({active}.innerText || {active}.name || '').trim()")
    )


def is_uncovered(page: Page) -> bool:
    """Whether the focused element can be seen and pressed: the banner does not lie over it (WCAG 2.4.11)."""
    return bool(
        page.evaluate(
            "(() => { const e = document.activeElement, b = e.getBoundingClientRect();"
            "return e.contains(document.elementFromPoint(b.x + b.width / 2, b.y + b.height / 2)); })()"
        )
    )
