"""Scripts, frames and cookies of a category: run, loaded and kept with a person's leave, and not one moment longer."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.browser import Complaints, axe
from tests.cookies.other_site.conftest import press, ready, settled, until
from tests.cookies.other_site.foreign import ForeignSite

pytestmark = [pytest.mark.once, pytest.mark.browser]
SHARING = "Social media and advertising"
MAP = (
    "<h1>Where we are</h1><p>Here.</p>"
    '<iframe data-consent="sharing" data-src="/map" title="Map" width="400" height="200"></iframe>'
    '<p id="after">Come!</p>'
)


def note(word: str) -> str:
    return f"(window.ran ||= []).push('{word}')"


def blocked(category: str, source: str = "", rest: str = "", inside: str = "") -> str:
    src = f' src="{source}"' if source else ""
    return f'<script type="text/plain" data-consent="{category}"{src} {rest}>{inside}</script>'


def ran(page: Page) -> list[str]:
    return list(page.evaluate("window.ran || []"))


def said_once(complaints: Complaints, code: str) -> None:
    """Whoever builds the site can read that there is no such category, once and not with every change of the page."""
    assert [line.partition(" (")[0] for line in complaints.lines] == [f"consent.js: no category {code}"]
    complaints.lines.clear()


def test_scripts_run_in_order_and_once(visit: Callable[..., Page], shop: ForeignSite, complaints: Complaints) -> None:
    for word in ("first", "third", "fifth", "lonely"):
        shop.script(f"/{word}.js", note(word))
    shop.answers["/first.js"].delay = 0.15
    head = (
        blocked("analytics", "/first.js")
        + blocked("analytics", inside=note("second"))
        + blocked("analytics", "/third.js", "defer")
        + blocked("analytics", "/gone.js")
        + blocked("analytics", inside=note("fourth"))
        + blocked("analytics", "/fifth.js", 'data-type="module"')
        + blocked("sharing", "/lonely.js")
        + blocked("analytics sharing", inside=note("both"))
        + blocked("unheard-of", inside=note("unknown"))
    )
    page = visit(head)
    assert ran(page) == []
    press(page, "Choose")
    page.get_by_label("Counting visits").check()
    press(page, "Save my choices")
    until(page, "window.ran?.length > 4")
    assert ran(page) == ["first", "second", "third", "fourth", "fifth"]
    assert "/lonely.js" not in shop.asked
    page.evaluate("void portalConsent.open()")
    press(page, "Yes, all")
    until(page, "window.ran.length > 6")
    assert ran(page)[5:] == ["lonely", "both"]
    assert shop.asked.count("/first.js") == 1
    said_once(complaints, "unheard-of")


def test_what_no_browser_runs_holds_up_nothing(visit: Callable[..., Page], shop: ForeignSite) -> None:
    shop.script("/old.js", note("old"))
    page = visit(blocked("analytics", "/old.js", "nomodule") + blocked("analytics", inside=note("after")))
    press(page, "Yes, all")
    until(page, "window.ran")
    assert ran(page) == ["after"]


def test_a_script_that_never_tells_holds_up_the_others_for_ten_seconds(
    visit: Callable[..., Page], shop: ForeignSite
) -> None:
    shop.script("/dead.js", note("dead"))
    page = visit()
    press(page, "Yes, all")
    settled(page)
    page.clock.install()
    page.evaluate(
        """([dead, alive]) => {
        const main = document.querySelector('main');
        main.innerHTML = dead;  // what comes by innerHTML is run by no browser
        const script = Object.assign(document.createElement('script'), {type: 'text/plain', textContent: alive});
        script.dataset.consent = 'analytics';
        main.append(script);
    }""",
        [blocked("analytics", "/dead.js"), note("alive")],
    )
    page.clock.run_for(9_000)
    assert ran(page) == []
    page.clock.run_for(2_000)
    until(page, "window.ran")
    assert ran(page) == ["alive"]


def test_on_the_next_page_what_was_allowed_runs_unasked(visit: Callable[..., Page]) -> None:
    page = visit()
    press(page, "Yes, all")
    settled(page)
    page = visit(blocked("analytics", inside=note("counted")), path="/next")
    until(page, "window.ran?.length")
    assert ran(page) == ["counted"]


def test_what_a_single_page_application_adds_later_waits_and_runs_too(visit: Callable[..., Page]) -> None:
    add = """word => document.querySelector('main').append(Object.assign(document.createElement('script'),
        {type: 'text/plain', textContent: `(window.ran ||= []).push('${word}')`}))
        || (document.querySelector('main script:last-of-type').dataset.consent = 'analytics')"""
    page = visit()
    page.evaluate(add, "early")
    press(page, "Yes, all")
    until(page, "window.ran?.length")
    page.evaluate(add, "late")
    until(page, "window.ran.length > 1")
    assert ran(page) == ["early", "late"]


def test_under_trusted_types_without_any_policy_scripts_run_all_the_same(
    visit: Callable[..., Page], shop: ForeignSite, portal_url: str
) -> None:
    shop.script("/count.js", note("counted"))
    policy = f"script-src 'self' 'nonce-abc' {portal_url}; require-trusted-types-for 'script'; trusted-types 'none'"
    page = visit(
        blocked("analytics", "/count.js") + blocked("analytics", rest='nonce="abc"', inside=note("inline")),
        Content_Security_Policy=policy,
    )
    press(page, "Yes, all")
    until(page, "window.ran?.length > 1")
    assert ran(page) == ["counted", "inline"]


def test_a_frame_says_what_it_would_load_and_loads_it_on_one_press(
    visit: Callable[..., Page], shop: ForeignSite, shot: Callable[..., None]
) -> None:
    shop.page("/map", "", "<p>A map</p>")
    page = visit(body=MAP)
    before = page.locator("#after").bounding_box()
    assert "127.0.0.1" in page.locator("figure").inner_text()
    assert "/map" not in shop.asked
    shot(page, "other-site-frame")
    axe(page)
    press(page, f"Allow “{SHARING}”")
    expect(page.frame_locator("iframe").get_by_text("A map")).to_be_visible()
    assert page.evaluate("document.activeElement.title") == "Map"
    assert page.evaluate("portalConsent.get().allowed") == ["sharing"], "nothing else was allowed with it"
    assert page.locator("#after").bounding_box() == before, "the placeholder was as large as the frame"
    expect(page.get_by_role("region", name="Cookies")).to_have_count(0)


def test_a_frame_goes_when_leave_is_withdrawn(visit: Callable[..., Page], shop: ForeignSite) -> None:
    shop.page("/map", "", "<p>A map</p>")
    page = visit(body=MAP)
    press(page, "Yes, all")
    expect(page.frame_locator("iframe").get_by_text("A map")).to_be_visible()
    page.evaluate("portalConsent.withdraw()")
    expect(page.get_by_role("button", name=f"Allow “{SHARING}”")).to_be_visible()
    assert [frame.url for frame in page.frames[1:]] == ["about:blank"]


def test_a_placeholder_is_there_when_what_was_hidden_around_it_is_shown(visit: Callable[..., Page]) -> None:
    page = visit(body=f'<div id="tab" hidden>{MAP}</div>')
    page.evaluate("document.querySelector('#tab').hidden = false")
    box = page.locator("main portal-consent").bounding_box()
    assert box
    assert (box["width"], box["height"]) == (400, 200)
    press(page, f"Allow “{SHARING}”")


@pytest.mark.parametrize("display", ["block", "none"])
def test_a_frame_comes_back_as_the_page_styled_it(display: str, visit: Callable[..., Page], shop: ForeignSite) -> None:
    shop.page("/map", "", "<p>A map</p>")
    page = visit(
        body=f'<iframe data-consent="sharing" data-src="/map" title="Map" style="display: {display}"></iframe>'
    )
    press(page, "Yes, all")
    expect(page.frame_locator("iframe").locator("body")).to_have_text("A map")
    assert page.locator("iframe").evaluate("e => getComputedStyle(e).display") == display


def test_a_placeholder_fills_the_box_that_a_frame_would_fill(visit: Callable[..., Page]) -> None:
    style = """<style>
        .video { position: relative; width: 400px; padding-top: 56.25% }
        .video iframe { position: absolute; inset: 0; width: 100%; height: 100%; border: 0 }
        #right { float: right; margin: 20px 0 }
    </style>"""
    frame = '<iframe data-consent="sharing" data-src="/map" title="Map"'
    page = visit(style, body=f'<div class="video">{frame}></iframe></div>{frame} id="right"></iframe>')
    video, right = (place.bounding_box() for place in page.locator("main portal-consent").all())
    assert video == page.locator(".video").bounding_box()
    press(page, "Yes, all")
    assert right == page.locator("#right").bounding_box()


def test_a_placeholder_goes_with_its_frame_and_comes_with_it(visit: Callable[..., Page]) -> None:
    page = visit(body=MAP + "<div id='elsewhere'></div>")
    places = page.locator("main portal-consent")
    page.evaluate("window.map = document.querySelector('iframe'); map.remove()")
    expect(places).to_have_count(0)
    page.evaluate("document.querySelector('#after').before(map)")
    expect(page.get_by_role("button", name=f"Allow “{SHARING}”")).to_be_visible()
    page.evaluate("document.querySelector('#elsewhere').append(map)")
    expect(page.locator("#elsewhere portal-consent")).to_be_visible()
    expect(places).to_have_count(1)


def test_a_frame_of_a_script_address_or_an_unknown_category_offers_nothing(
    visit: Callable[..., Page], complaints: Complaints
) -> None:
    page = visit(
        body='<iframe title="a" data-consent="sharing" data-src="javascript:parent.ran=1"></iframe>'
        '<iframe title="b" data-consent="unheard-of" data-src="/x"></iframe><iframe title="c" data-consent="sharing">'
        "</iframe>"
    )
    expect(page.get_by_role("button", name="Allow")).to_have_count(0)
    press(page, "Yes, all")
    settled(page)
    assert page.evaluate("window.ran") is None
    said_once(complaints, "unheard-of")


COOKIES = ["_ga", "_ga_ABC123", "_gat", "visit", "session"]
PLACES = ["", "Path=/", "Path=/buy/shoes", "Domain=shop.localhost"]
PLACES += ["Secure; Partitioned", "Domain=shop.localhost; Secure; Partitioned"]


def test_withdrawing_deletes_the_categorys_cookies_wherever_they_lie(
    snippet: str, portal_url: str, joan: BrowserContext
) -> None:
    site = "https://www.shop.localhost"  # no server has it; only https has all kinds of cookies

    def answer(route: Route) -> None:
        url = route.request.url
        if "/buy/" in url:
            route.fulfill(body="<html lang='en-gb'>" + snippet.replace(portal_url, site), content_type="text/html")
        elif "/choices" in url:
            route.fulfill(status=200)
        elif "/static/" in url:
            route.fulfill(response=route.fetch(url=url.replace(site, portal_url)))
        else:
            register = route.fetch(url=url.replace(site, portal_url), headers={}).json()  # as no page's
            register["cookie"] = {"name": "__Host-choices", "domain": None, "days": 182}
            register["categories"][1]["cookies"] = ["_ga", "_ga_*", "visit", "__Host-visit"]
            route.fulfill(json=register)

    joan.route(f"{site}/**", answer)
    page = joan.new_page()
    page.goto(f"{site}/buy/shoes")
    press(page, "Yes, all")
    until(page, "document.cookie.endsWith('+sharing')")
    page.evaluate(
        """([names, places]) => {
        for (const name of names)
            for (const place of places) document.cookie = `${name}=1; Max-Age=999; ${place}`;
        document.cookie = '__Host-visit=1; Path=/; Secure';
        for (const store of [localStorage, sessionStorage]) { store._ga_x = 1; store.basket = 1 }
    }""",
        [COOKIES, PLACES],
    )
    assert page.evaluate("document.cookie.split('; ').length") == 2 + len(PLACES) * len(COOKIES)
    told = page.evaluate(
        """() => new Promise(done => {
        document.addEventListener('portalconsent', event => done(event.detail.withdrawn));
        portalConsent.withdraw();
    })"""
    )
    assert told == ["analytics", "functionality", "sharing"]
    left = page.evaluate("document.cookie.split('; ').map(pair => pair.split('=')[0])")
    assert set(left) == {"__Host-choices", "_gat", "session"}
    assert len(left) == 1 + 2 * len(PLACES)
    assert page.evaluate("[Object.keys(localStorage), Object.keys(sessionStorage)]") == [["basket"], ["basket"]]


def test_a_cookie_of_an_allowed_category_stays(
    visit: Callable[..., Page], joan: BrowserContext, shop: ForeignSite, change_register: Callable[..., None]
) -> None:
    change_register({"analytics": {"cookies": ["_g*"]}, "sharing": {"cookies": ["_ga", "_gads", "choices"]}})
    joan.add_cookies([{"name": name, "value": "1", "url": shop.url} for name in ("_ga", "_gads", "_gx")])
    page = visit()
    assert joan.cookies() == [], "before a choice there is no leave"
    press(page, "Choose")
    page.get_by_label(SHARING).check()
    press(page, "Save my choices")
    settled(page)
    joan.add_cookies([{"name": name, "value": "1", "url": shop.url} for name in ("_ga", "_gads", "_gx")])
    page.reload()
    ready(page)
    assert {cookie["name"] for cookie in joan.cookies()} == {"choices", "_ga", "_gads"}


def test_the_page_is_told_of_every_change_until_it_stops_listening(visit: Callable[..., Page]) -> None:
    page = visit()
    page.evaluate(
        "window.heard = []; window.stop = portalConsent.onChange(state => heard.push(state.allowed.length)); 0"
    )
    press(page, "Yes, all")
    page.evaluate("portalConsent.withdraw()")
    page.evaluate("stop(); portalConsent.open(); 0")
    press(page, "Yes, all")
    settled(page)
    assert page.evaluate("heard") == [0, 3, 0], "at once, and at each change"


def test_what_is_allowed_by_default_needs_a_banner_that_was_seen(
    visit: Callable[..., Page], change_register: Callable[..., None], joan: BrowserContext
) -> None:
    change_register({"analytics": {"default": True}})
    page = visit(blocked("analytics", inside=note("counted")))
    assert ran(page) == ["counted"], "on unless she objects"
    press(page, "Choose")
    ticked = [box.is_checked() for box in page.get_by_role("checkbox").all()]
    assert ticked == [False, True, False]
    press(page, "No thanks")
    settled(page)
    page.reload()
    ready(page)
    assert ran(page) == []
    joan.clear_cookies()
    joan.add_init_script("""
        const filter = new CSSStyleSheet();
        filter.replaceSync('portal-consent { display: none !important }');
        document.adoptedStyleSheets.push(filter);
    """)
    page = visit(blocked("analytics", inside=note("counted")))
    assert page.locator("portal-consent").count() == 1
    assert ran(page) == [], "a blocker hid the banner, so nobody was told"


@pytest.mark.parametrize("hidden", ["script", "config"])
def test_nothing_optional_runs_when_a_blocker_stops_the_script_or_its_config(
    hidden: str, shop: ForeignSite, snippet: str, joan: BrowserContext, complaints: Complaints
) -> None:
    joan.route("**/consent.js" if hidden == "script" else "**/config?**", lambda route: route.abort())
    allowed = "0123456789ABCDEF.aaaaaaaaaaaaaaaaaaaaaa.999..analytics+sharing"
    joan.add_cookies([{"name": "choices", "value": allowed, "url": shop.url}])
    page = joan.new_page()
    page.goto(shop.page("/", snippet + blocked("analytics", inside=note("counted")), MAP))
    if hidden == "config":
        ready(page)
        assert page.evaluate("portalConsent.get()")["allowed"] == []
        page.evaluate("portalConsent.withdraw()")
    assert ran(page) == []
    assert "/map" not in shop.asked
    assert complaints.lines, "whoever builds the site can read why"
    complaints.lines.clear()
