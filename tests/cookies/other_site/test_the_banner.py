"""The banner that ``consent.js`` puts on another site: seen at once, in nobody's way, by keyboard as by mouse."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import axe
from tests.cookies.other_site.conftest import choice_cookie, press, settled, until
from tests.cookies.other_site.foreign import ForeignSite

pytestmark = [pytest.mark.once, pytest.mark.browser]
LONG = "<h1>A shop</h1>" + "<p>Things to buy.</p>" * 60 + "<a href='/last' id='last'>The last thing</a>"
# No inline code, no eval, one host besides its own, and not one Trusted Types policy.
STRICT = (
    "default-src 'none'; script-src {portal}; connect-src {portal}; base-uri 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)


def banner(page: Page) -> Any:
    return page.get_by_role("region", name="Cookies")


def focused(page: Page) -> str:
    """What the keyboard is at, in words; inside the banner too."""
    return str(
        page.evaluate("""(() => {
            let at = document.activeElement;
            while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
            return at === document.body ? 'page' : at.textContent || at.labels?.[0]?.textContent || at.tagName;
        })()""")
    )


def test_on_a_phone_the_answers_are_there_before_anything_is_scrolled(
    visit: Callable[..., Page], joan: BrowserContext, shot: Callable[..., None]
) -> None:
    page = visit(body=LONG)
    page.set_viewport_size({"width": 360, "height": 740})
    press(page, "Choose")
    section, last = banner(page), banner(page).get_by_role("link")
    assert section.evaluate("e => e.scrollHeight > e.clientHeight"), "there is more than fits"
    shot(page, "other-site-settings-phone")

    def hit(what: Any) -> bool:
        """Nothing else is where it is."""
        return bool(
            what.evaluate("""e => {
                const box = e.getBoundingClientRect();
                const at = y => e.getRootNode().elementFromPoint(box.x + box.width / 2, y) === e;
                return at(box.y + 2) && at(box.bottom - 2);
            }""")
        )

    assert all(hit(button) for button in section.get_by_role("button").all())
    for box in section.get_by_role("checkbox").all():
        page.keyboard.press("Tab")
        assert box.evaluate("e => e.getRootNode().activeElement === e")
        assert hit(box), "the answers do not cover what the keyboard is at"
    last.scroll_into_view_if_needed()
    assert hit(last)
    assert all(hit(button) for button in section.get_by_role("button").all())
    shot(page, "other-site-settings-phone-end")


def test_three_answers_of_one_size_and_nothing_ticked(visit: Callable[..., Page], shot: Callable[..., None]) -> None:
    page = visit(body=LONG)
    buttons = banner(page).get_by_role("button")
    assert buttons.all_inner_texts() == ["No thanks", "Choose", "Yes, all"]

    def looks() -> set[str]:
        style = "e => { const s = getComputedStyle(e); return [s.font, s.color, s.backgroundColor, s.border].join() }"
        boxes = [button.bounding_box() for button in buttons.all()]
        return {f"{box['width']:.0f} {box['height']:.0f} {box['y']:.0f}" for box in boxes if box} | {
            str(button.evaluate(style)) for button in buttons.all()
        }

    assert len(looks()) == 2, "one size and place, one style"
    shot(page, "other-site-banner")
    axe(page)
    press(page, "Choose")
    assert buttons.all_inner_texts() == ["No thanks", "Save my choices", "Yes, all"]
    boxes = page.get_by_role("checkbox")
    assert boxes.count() == 3
    assert not any(box.is_checked() for box in boxes.all())
    assert len(looks()) == 2
    shot(page, "other-site-settings")
    axe(page)
    assert choice_cookie(page) == "", "nothing was chosen yet"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_small_screen(scheme: str, visit: Callable[..., Page], shot: Callable[..., None]) -> None:
    page = visit(head='<meta name="viewport" content="width=device-width">', body=LONG)
    page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of two words
    page.set_viewport_size({"width": 320, "height": 480})
    box = banner(page).bounding_box()
    assert box["height"] <= 0.6 * 480
    assert box["y"] + box["height"] == 480
    press(page, "Choose")
    box = banner(page).bounding_box()
    assert box["height"] <= 0.6 * 480
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    shot(page, f"other-site-small-{scheme}")
    axe(page)
    page.keyboard.press("Escape")
    page.set_viewport_size({"width": 320, "height": 256})  # 1280 by 1024 at 400 %
    question, answer = (banner(page).locator(each).first.bounding_box() for each in ("p", "button"))
    assert banner(page).bounding_box()["y"] <= question["y"]
    assert question["y"] + question["height"] <= answer["y"], "what is asked does not lie behind the answers"
    assert answer["y"] + answer["height"] <= 256
    shot(page, f"other-site-at-400-percent-{scheme}")


def test_the_page_does_not_move_and_its_foot_can_be_reached(visit: Callable[..., Page]) -> None:
    page = visit(body=LONG)
    room = "getComputedStyle(document.documentElement, '::after').content"
    until(page, f"{room} !== 'none'")  # the banner's height is known with the first frame
    page.evaluate("scrollTo(0, 1e6)")
    last = page.locator("#last").bounding_box()
    assert last
    assert last["y"] + last["height"] <= banner(page).bounding_box()["y"]
    shifted = page.evaluate("""new Promise(done => {
        new PerformanceObserver(list => done(list.getEntries().reduce((sum, one) => sum + one.value, 0)))
            .observe({type: 'layout-shift', buffered: true});
        setTimeout(() => done(0), 100);
    })""")
    assert shifted == 0
    press(page, "No thanks")
    expect(banner(page)).to_have_count(0)
    until(page, f"{room} === 'none'")


def test_the_keyboard_walks_through_it_and_out(visit: Callable[..., Page]) -> None:
    page = visit(body="<h1>A shop</h1><button>Buy</button>")
    walked = []
    for _ in range(6):
        page.keyboard.press("Tab")
        walked.append(focused(page))
    assert walked[:5] == ["No thanks", "Choose", "Yes, all", "All our cookies", "Buy"]
    page.keyboard.press("Shift+Tab")


def test_escape_leaves_it_without_a_choice_and_it_comes_back_on_the_next_page(visit: Callable[..., Page]) -> None:
    page = visit()
    assert focused(page) == "page", "it takes no focus by itself"
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")
    expect(banner(page)).to_have_count(0)
    assert choice_cookie(page) == ""
    page.reload()
    expect(banner(page)).to_be_visible()


def test_the_pages_own_escape_is_its_own(visit: Callable[..., Page]) -> None:
    page = visit(body="<h1>A shop</h1><label>Search <input></label>")
    page.get_by_label("Search").press("Escape")
    expect(banner(page)).to_be_visible()


def test_escape_in_the_settings_leads_back_to_where_one_was(visit: Callable[..., Page]) -> None:
    page = visit(body="<h1>A shop</h1><a href='/elsewhere' data-consent-open>Cookie choices</a>")
    press(page, "Choose")
    assert focused(page) == "Cookies", "the settings begin with their heading"
    page.keyboard.press("Tab")
    assert focused(page) == "Your settings"
    page.keyboard.press("Escape")
    assert focused(page) == "Choose"
    press(page, "Yes, all")
    expect(banner(page)).to_have_count(0)
    assert focused(page) == "page"
    settled(page)
    page.get_by_role("link", name="Cookie choices").press("Enter")
    assert focused(page) == "Cookies"
    assert all(box.is_checked() for box in page.get_by_role("checkbox").all()), "what holds is shown"
    assert "Your reference: " in banner(page).inner_text()
    page.keyboard.press("Escape")
    assert focused(page) == "Cookie choices"
    expect(banner(page)).to_have_count(0)


def test_a_page_opens_the_settings_by_script_and_a_link_works_without_the_portal(
    visit: Callable[..., Page], joan: BrowserContext, shop: ForeignSite, snippet: str, complaints: Any
) -> None:
    page = visit()
    page.evaluate("portalConsent.open()")
    expect(page.get_by_role("checkbox")).to_have_count(3)
    joan.route("**/api/v1/cookies/config?**", lambda route: route.abort())
    shop.page("/elsewhere", "", "<h1>Elsewhere</h1>")
    page.goto(shop.page("/down", snippet, "<h1>A shop</h1><a href='/elsewhere' data-consent-open>Cookie choices</a>"))
    page.evaluate("portalConsent.ready.then(portalConsent.open)")
    expect(banner(page)).to_have_count(0)
    page.get_by_role("link", name="Cookie choices").click()
    assert page.inner_text("h1") == "Elsewhere"
    assert all("consent" in line or "config" in line for line in complaints.lines)
    complaints.lines.clear()


@pytest.mark.parametrize("answer", ["{}", "[]", '"x"', '{"error": 1}', '{"categories": []}', "{", "null", ""])
def test_an_answer_that_is_no_register_leaves_the_links_as_they_are(
    answer: str, joan: BrowserContext, shop: ForeignSite, snippet: str, complaints: Any
) -> None:
    said = {"status": 200, "content_type": "application/json", "headers": {"Access-Control-Allow-Origin": "*"}}
    joan.route("**/api/v1/cookies/config?**", lambda route: route.fulfill(body=answer, **said))
    shop.page("/elsewhere", "", "<h1>Elsewhere</h1>")
    page = joan.new_page()
    page.goto(shop.page("/", snippet, "<h1>A shop</h1><a href='/elsewhere' data-consent-open>Cookie choices</a>"))
    page.evaluate("portalConsent.ready.then(portalConsent.withdraw)")
    assert page.evaluate("portalConsent.get()")["decided"] is False
    page.get_by_role("link", name="Cookie choices").click()
    assert page.inner_text("h1") == "Elsewhere"
    assert [line.split(" no ")[0] for line in complaints.lines] == ["consent.js: nothing optional runs: 200"]
    complaints.lines.clear()


def test_a_link_works_while_the_portal_does_not_answer(joan: BrowserContext, shop: ForeignSite, snippet: str) -> None:
    joan.route("**/api/v1/cookies/config?**", lambda route: None)  # for ever
    shop.page("/elsewhere", "", "<h1>Elsewhere</h1>")
    page = joan.new_page()
    page.goto(shop.page("/", snippet, "<h1>A shop</h1><a href='/elsewhere' data-consent-open>Cookie choices</a>"))
    page.get_by_role("link", name="Cookie choices").click()
    expect(page.get_by_role("heading", name="Elsewhere")).to_be_visible()


def test_nothing_is_asked_where_nothing_is_optional(
    visit: Callable[..., Page], change_register: Callable[..., None], joan: BrowserContext
) -> None:
    change_register(categories=[])
    page = visit()
    expect(banner(page)).to_have_count(0)
    assert page.evaluate("portalConsent.get().decided") is False
    joan.route("**/cookies/", lambda route: route.fulfill(body="<h1>All our cookies</h1>", content_type="text/html"))
    page.evaluate("void portalConsent.open()")
    page.wait_for_url("**/cookies/")


def test_as_a_module_it_works_though_later(shop: ForeignSite, snippet: str, joan: BrowserContext) -> None:
    page = joan.new_page()
    other = '<script src="data:text/javascript," data-site="of another maker"></script>'
    page.goto(shop.page("/", other + snippet.replace("<script ", '<script type="module" ')))
    press(page, "No thanks")
    assert settled(page).startswith("refused.")


def test_a_page_that_forbids_nearly_everything_still_asks(
    visit: Callable[..., Page], shop: ForeignSite, portal_url: str
) -> None:
    page = visit(Content_Security_Policy=STRICT.format(portal=portal_url))
    box = banner(page).bounding_box()
    assert box["y"] + box["height"] == page.viewport_size["height"]  # type: ignore[index]  # it has a size
    press(page, "Yes, all")
    assert settled(page).count("+") == 2


def test_the_banner_survives_a_page_that_replaces_its_body(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate("document.body = document.createElement('body')")
    expect(banner(page)).to_be_visible()
    press(page, "No thanks")
    assert settled(page).startswith("refused.")


@pytest.mark.parametrize(
    "replace",
    [
        "document.documentElement.replaceWith(new DOMParser().parseFromString('<p>New', 'text/html').documentElement)",
        "document.open(); document.write('<p>New</p>'); document.close()",
    ],
    ids=["root", "document"],
)
def test_the_banner_survives_a_page_that_replaces_all_it_was(replace: str, visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate(f"() => {{ {replace} }}")
    expect(banner(page)).to_be_visible()
    page.evaluate("portalConsent.open()")
    expect(page.get_by_role("checkbox")).to_have_count(3)
    press(page, "No thanks")
    assert settled(page).startswith("refused.")


@pytest.mark.parametrize(
    "layout", ["flex; justify-content: space-between; gap: 20px", "grid; grid-template-rows: 300px"]
)
def test_a_page_that_lays_out_its_root_does_not_move(layout: str, visit: Callable[..., Page]) -> None:
    page = visit(f"<style>html {{ display: {layout} }} body {{ margin: 0; width: 300px }}</style>")
    expect(banner(page)).to_be_visible()
    where = page.locator("body").bounding_box()
    assert where
    assert (where["x"], where["y"]) == (0, 0)


def test_words_run_in_the_direction_of_their_own_language(visit: Callable[..., Page]) -> None:
    page = visit("<script>document.documentElement.dir = 'rtl'</script>")
    assert banner(page).evaluate("e => getComputedStyle(e).direction") == "ltr"


def test_the_words_are_those_of_the_pages_language(
    shop: ForeignSite, snippet: str, joan: BrowserContext, visit: Callable[..., Page]
) -> None:
    page = visit()
    assert banner(page).get_attribute("lang") == "en-gb"
    with page.expect_request("**/config?site=www&language=de-at"):
        page.goto(shop.page("/de", snippet.replace("<script ", '<script data-language="de-at" ')))


def test_the_console_says_why_nobody_is_asked(
    shop: ForeignSite, snippet: str, joan: BrowserContext, complaints: Any
) -> None:
    page = joan.new_page()
    unknown = shop.at("elsewhere.localhost")
    for address in (shop.page("/site", snippet.replace('data-site="www"', 'data-site="elsewhere"')), f"{unknown}/"):
        shop.page("/", snippet)
        page.goto(address)
        page.evaluate("portalConsent.ready")
    for _ in range(500):  # what the browser itself says of the second may come after all that the script says
        if any("ERR_FAILED" in line for line in complaints.lines):
            break
        page.wait_for_timeout(20)

    said = [line.partition(" (")[0] for line in complaints.lines if line.startswith("consent.js")]
    assert said == [
        "consent.js: nothing optional runs: 400 The organisation has no such site.",
        f"consent.js: nothing optional runs: 0 no answer for {unknown}",
    ]
    complaints.lines.clear()
