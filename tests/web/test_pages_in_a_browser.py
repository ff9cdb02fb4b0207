"""The pages as people meet them: read by axe, walked by keyboard, small, zoomed, dark, without a broken policy."""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts.models import User
from tests.browser import Complaints, axe, sideways
from tests.processes import LivePortal

if TYPE_CHECKING:
    from portal.organisation.versions import Current

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.process]

STATES = [
    "/",
    "/account/login/",
    "/fault/form",
    "/fault/400",
    "/fault/403",
    "/fault/404",
    "/fault/405",
    "/fault/413",
    "/fault/429",
    "/fault/500",
    "/fault/503",
]


@pytest.fixture(autouse=True)
def _the_500_page_was_asked_for(new_context: "NewContext", complaints: Complaints) -> Iterator[None]:
    yield
    complaints.lines = [line for line in complaints.lines if not line.endswith("/fault/500)")]


NewContext = Callable[..., BrowserContext]
Shot = Callable[..., None]
Look = Callable[..., None]


def test_axe_finds_nothing_and_nothing_is_cut_off(
    faulty_portal: LivePortal, organisation: "Current", page: Page, look: Look
) -> None:
    for path in STATES:
        page.goto(faulty_portal.url + path)
        look(page, path.strip("/") or "home")


def test_axe_finds_nothing_where_no_organisation_is_loaded(faulty_portal: LivePortal, page: Page, shot: Shot) -> None:
    page.goto(faulty_portal.url)
    expect(page.get_by_role("heading", level=1)).to_have_text("This privacy centre is not set up yet")
    axe(page)
    shot(page, "not-set-up")


def test_a_form_with_errors_leads_to_each_of_them(
    faulty_portal: LivePortal, organisation: "Current", page: Page, look: Look
) -> None:
    page.goto(f"{faulty_portal.url}/fault/form")
    page.get_by_label("Your e-mail address").fill("joan.archer.example.org")
    page.get_by_role("button", name="Send my request").click()
    expect(page).to_have_title("Error: Make a request – Open-E")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    summary.get_by_role("link", name="The address lacks an @ sign").click()
    expect(page.get_by_label("Your e-mail address")).to_be_focused()
    expect(page.get_by_label("Your e-mail address")).to_have_value("joan.archer.example.org")
    look(page, "form-errors")


def test_at_400_percent_it_is_still_one_column(
    faulty_portal: LivePortal, organisation: "Current", new_context: NewContext
) -> None:
    page = new_context(viewport={"width": 320, "height": 200}, device_scale_factor=4).new_page()
    for path in STATES:
        page.goto(faulty_portal.url + path)
        assert sideways(page) == 0, path


def test_the_keyboard_reaches_everything_in_the_order_it_is_read(
    faulty_portal: LivePortal, organisation: "Current", page: Page
) -> None:
    page.goto(f"{faulty_portal.url}/fault/form")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        found = page.evaluate(
            "(e => ({y: e.getBoundingClientRect().top + scrollY, who: e.outerHTML, inside: !!e.closest('main')}))"
            "(document.activeElement)"
        )
        if found["who"].startswith("<body"):
            break
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", found["who"]
        reached.append(found)
    assert 'class="skip"' in reached[0]["who"]
    inside = [each for each in reached if each["inside"] and "name=" in each["who"]]
    assert len(inside) >= 7
    assert [each["y"] for each in inside] == sorted(each["y"] for each in inside)


def test_the_first_tab_leads_past_the_top_of_the_page(
    faulty_portal: LivePortal, organisation: "Current", page: Page
) -> None:
    page.goto(faulty_portal.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_be_focused()


def test_a_switch_is_turned_by_the_space_bar_and_says_so(
    faulty_portal: LivePortal, organisation: "Current", page: Page
) -> None:
    page.goto(f"{faulty_portal.url}/fault/form")
    switch = page.get_by_role("switch", name="E-mail", exact=True)
    expect(switch).not_to_be_checked()
    switch.press("Space")
    expect(switch).to_be_checked()
    expect(page.locator("label.switch .state")).to_have_text("OnOff")
    expect(page.locator("label.switch .state").get_by_text("On", exact=True)).to_be_visible()
    expect(page.locator("label.switch .state").get_by_text("Off", exact=True)).to_be_hidden()


ALONE = """mark => {
  const line = document.createElement("p"), words = document.createTextNode("Would you like to know more about it?");
  mark.closest("p").after(line);
  line.append(words, mark.cloneNode(true), " Yes");
  const last = document.createRange();
  last.setStart(words, words.length - 1);
  last.setEnd(words, words.length);
  return Array.from({ length: 340 }, (_, extra) => 60 + extra).filter(width => {
    line.style.inlineSize = width + "px";
    return line.querySelector("span").getBoundingClientRect().top >= last.getBoundingClientRect().bottom - 1;
  });
}"""
"""Widths at which the mark of our choice begins a line, after a sign that lets a line end."""


def test_the_mark_of_our_choice_stays_with_the_word_it_follows(
    faulty_portal: LivePortal, organisation: "Current", page: Page
) -> None:
    page.goto(faulty_portal.url)
    assert page.locator("a.star").first.evaluate(ALONE) == []


def test_a_stop_is_as_large_as_what_stands_beside_it(
    faulty_portal: LivePortal, organisation: "Current", page: Page
) -> None:
    page.goto(f"{faulty_portal.url}/fault/form")
    go, stop = page.locator(".btn.go").bounding_box(), page.locator(".btn.stop").bounding_box()
    assert go is not None
    assert stop is not None
    assert go["height"] == stop["height"]
    assert go["y"] == stop["y"]


def test_everything_works_without_scripts(
    faulty_portal: LivePortal, organisation: "Current", new_context: NewContext
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{faulty_portal.url}/fault/form")
    page.get_by_role("button", name="Send my request").click()
    expect(page.get_by_role("alert")).to_contain_text("things to put right")


def test_on_paper_the_ways_around_are_left_out(faulty_portal: LivePortal, organisation: "Current", page: Page) -> None:
    page.goto(faulty_portal.url)
    page.emulate_media(media="print")
    expect(page.locator("header nav")).to_be_hidden()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


ADMIN = ["/admin/", "/admin/accounts/user/", "/admin/consent_ledger/event/", "/admin/jobs/jobrun/", "/admin/nothing/"]


def test_the_desk_keeps_to_the_policy(
    faulty_portal: LivePortal,
    organisation: "Current",
    new_context: NewContext,
    client_cookie: Callable[[User], str],
    priya: User,
    shot: Shot,
) -> None:
    context = new_context(viewport={"width": 1280, "height": 800})
    context.add_cookies([{"name": "session", "value": client_cookie(priya), "url": faulty_portal.url}])
    page = context.new_page()
    for path in ADMIN:
        page.goto(faulty_portal.url + path)
        page.wait_for_load_state("networkidle")
        axe(page)
        shot(page, f"{path.strip('/').replace('/', '-')}")
    page.goto(f"{faulty_portal.url}/admin/")
    expect(page.locator("#site-name")).to_have_text("Open-E: privacy desk")
    page.get_by_role("button", name="Sign out").click()
    page.goto(f"{faulty_portal.url}/admin/")
    expect(page).to_have_url(f"{faulty_portal.url}/account/login/?next=/admin/")


def test_customers_are_told_that_the_desk_is_not_theirs(
    faulty_portal: LivePortal,
    organisation: "Current",
    new_context: NewContext,
    client_cookie: Callable[[User], str],
    joan: User,
) -> None:
    context = new_context()
    context.add_cookies([{"name": "session", "value": client_cookie(joan), "url": faulty_portal.url}])
    page = context.new_page()
    page.goto(f"{faulty_portal.url}/admin/")
    expect(page.get_by_role("heading", level=1)).to_have_text("This page is not open to you")
    axe(page)
