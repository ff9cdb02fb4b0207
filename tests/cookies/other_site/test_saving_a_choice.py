"""A choice on another site: in the cookie at once, at the portal soon, and the two never disagree for good."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from consent.cookies import choice_cookie as portals_own
from consent.cookies.models import Browser, Choice, Refusals
from tests.browser import Complaints
from tests.cookies.other_site.conftest import Saves, choice_cookie, press, ready, settled, until
from tests.cookies.other_site.foreign import ForeignSite

pytestmark = [pytest.mark.once, pytest.mark.browser]


def test_yes_to_all_reaches_the_portal_with_what_was_on_the_screen(visit: Callable[..., Page], saves: Saves) -> None:
    page = visit(path="/shop/basket")
    press(page, "Yes, all")
    remembered = portals_own.read(settled(page))
    assert remembered
    assert remembered.credentials
    (choice,) = saves.rows
    assert choice.browser_id == remembered.credentials.reference
    assert choice.browser.secret_hash == remembered.credentials.secret_hash
    assert set(choice.allowed) == remembered.allowed == {"functionality", "analytics", "sharing"}
    assert (choice.site, choice.path, choice.method, choice.means) == ("www", "/shop/basket", "accept_all", "script")
    state = page.evaluate("portalConsent.get()")
    assert state["decided"]
    assert state["reference"] == choice.browser_id
    assert state["allowed"] == ["analytics", "functionality", "sharing"]


def refused() -> int:
    return sum(Refusals.objects.values_list("count", flat=True))


def test_who_refuses_gets_no_identifier(visit: Callable[..., Page], saves: Saves) -> None:
    browsers, refusals = Browser.objects.count(), refused()
    page = visit()
    press(page, "No thanks")
    assert re.fullmatch(r"refused\.\d+\.", settled(page))
    assert not {"reference", "secret"} & set(saves.sent[0])
    assert page.evaluate("portalConsent.get()") == {
        "decided": True,
        "allowed": [],
        "withdrawn": [],
        "reference": None,
    }
    assert Browser.objects.count() == browsers
    assert refused() == refusals + 1
    page.reload()
    ready(page)
    expect(page.get_by_role("region", name="Cookies")).to_have_count(0)
    page.evaluate("portalConsent.withdraw()")
    assert len(saves.sent) == 1, "refused twice is refused once"


def test_a_choice_outlives_leaving_the_page_at_once(visit: Callable[..., Page], shop: ForeignSite) -> None:
    before = Choice.objects.count()
    page = visit()
    shop.page("/next", "", "<h1>Next</h1>")
    page.evaluate("""() => {
        const banner = document.querySelector('portal-consent').shadowRoot;
        [...banner.querySelectorAll('button')].at(-1).click();
        location.href = '/next';
    }""")
    page.wait_for_url("**/next")
    until_saved(page, before + 1)
    page = visit()
    assert settled(page)
    assert Choice.objects.count() == before + 1, "the same save, sent again"


def until_saved(page: Page, count: int) -> None:
    for _ in range(200):
        if Choice.objects.count() == count:
            return
        page.wait_for_timeout(20)
    pytest.fail("the choice never came")


@pytest.mark.parametrize("failure", [0, 429, 503])
def test_a_save_that_failed_is_made_again_on_the_next_page_under_the_same_key(
    failure: int, visit: Callable[..., Page], saves: Saves, complaints: Complaints
) -> None:
    saves.answer_with(failure)
    page = visit()
    with page.expect_event("requestfailed") if failure == 0 else page.expect_response("**/choices"):
        press(page, "Yes, all")
    cookie = portals_own.read(choice_cookie(page))
    assert cookie
    assert cookie.unsaved_key == saves.sent[0]["key"]
    assert saves.rows == []
    page.reload()
    assert settled(page)
    first, again = saves.sent
    assert first == again
    assert [row.key for row in saves.rows] == [first["key"]]
    complaints.lines.clear()  # the connection that broke


def test_a_save_that_failed_is_made_again_on_the_same_page_too(visit: Callable[..., Page], saves: Saves) -> None:
    saves.answer_with(503)
    page = visit()
    page.clock.install()
    with page.expect_response("**/choices"):
        press(page, "Yes, all")
    page.wait_for_timeout(50)
    page.clock.run_for(5_000)
    assert settled(page)
    assert len(saves.rows) == 1


def test_the_portal_is_asked_again_and_again_but_never_fast_and_never_given_up(
    visit: Callable[..., Page], joan: BrowserContext
) -> None:
    tries = 15
    joan.route(
        "**/api/v1/cookies/choices",
        lambda route: route.fulfill(status=503, headers={"Access-Control-Allow-Origin": "*"}),
    )
    page = visit()
    page.clock.install()
    page.evaluate("""() => {
        window.pauses = [];
        const set = setTimeout;
        window.setTimeout = (step, pause) => { pauses.push(pause); return set(step, pause) };
        portalConsent.withdraw();
    }""")
    until(page, "pauses.length")
    lasts = joan.cookies()[0]["expires"]
    for count in range(1, tries + 1):
        until(page, f"pauses.length === {count}")
        page.clock.run_for(page.evaluate("pauses.at(-1)"))
    pauses = page.evaluate(f"pauses.slice(0, {tries})")
    assert pauses[:4] == [4_000, 16_000, 64_000, 256_000]
    assert all(4_000 <= pause <= 17 * 60_000 for pause in pauses)
    assert joan.cookies()[0]["expires"] == lasts, "who cannot be reached does not make a choice last longer"


def test_a_save_that_failed_is_not_made_again_once_another_window_chose(
    visit: Callable[..., Page], saves: Saves, joan: BrowserContext
) -> None:
    saves.answer_with(503)
    first, second = visit(), visit(path="/second")
    first.clock.install()
    with first.expect_response("**/choices"):
        press(first, "Yes, all")
    second.evaluate("portalConsent.withdraw()")
    settled(second)
    first.clock.run_for(5_000)
    assert first.evaluate("portalConsent.get().allowed") == []
    first.reload()
    ready(first)
    assert saves.sent[-1]["choices"] == {}, "the portal would have the older choice as the later one"


def test_a_reference_that_somebody_has_is_drawn_anew(visit: Callable[..., Page], saves: Saves) -> None:
    saves.answer_with(409)
    page = visit()
    page.clock.install()
    with page.expect_response("**/choices"):
        press(page, "Yes, all")
    page.wait_for_timeout(200)
    assert len(saves.sent) == 1, "a server that always says so is not asked as fast as it can answer"
    page.clock.run_for(5_000)
    remembered = portals_own.read(settled(page))
    first, again = saves.sent
    assert first["reference"] != again["reference"]
    assert first["key"] == again["key"]
    assert remembered
    assert remembered.credentials
    assert remembered.credentials.reference == again["reference"]


def test_a_save_that_is_made_again_says_what_was_chosen_whatever_is_offered_now(
    visit: Callable[..., Page], saves: Saves, change_register: Callable[..., None]
) -> None:
    saves.answer_with(503)
    page = visit(path="/" + "long" * 600)
    with page.expect_response("**/choices"):
        press(page, "Yes, all")
    chosen = portals_own.read(choice_cookie(page))
    assert chosen
    change_register({"sharing": {"code": "new"}}, version=chosen.version + 1)
    page.reload()
    settled(page)
    (row,) = saves.rows
    assert set(row.allowed) == chosen.allowed, "the portal has what the cookie says"
    assert row.method == "accept_all"


def test_a_withdrawal_keeps_its_name_until_the_portal_has_it_and_then_forgets_it(
    visit: Callable[..., Page], saves: Saves
) -> None:
    page = visit()
    press(page, "Yes, all")
    before = portals_own.read(settled(page))
    assert before
    saves.answer_with(503, 503, 503)  # a slow machine may get as far as asking again
    with page.expect_response("**/choices"):
        page.evaluate("portalConsent.withdraw()")
    assert page.evaluate("portalConsent.get().allowed") == []
    waiting = portals_own.read(choice_cookie(page))
    assert waiting
    assert waiting.credentials == before.credentials
    assert waiting.unsaved_key
    saves.answers.clear()
    page.reload()
    until(page, "document.cookie.includes('refused')")
    assert re.fullmatch(r"refused\.\d+\.", settled(page))
    assert page.evaluate("portalConsent.get().reference") is None
    assert [row.method for row in saves.rows] == ["accept_all", "withdrawn"]


def test_who_changes_their_mind_stays_the_same_browser(visit: Callable[..., Page], saves: Saves) -> None:
    page = visit()
    press(page, "Choose")
    page.get_by_label("Counting visits").check()
    press(page, "Save my choices")
    first = portals_own.read(settled(page))
    page.evaluate("void portalConsent.open()")
    press(page, "Save my choices")
    assert len(saves.rows) == 1, "nothing was changed, so nothing is sent"
    page.evaluate("void portalConsent.open()")
    page.get_by_label("Your settings").check()
    press(page, "Save my choices")
    until(page, "document.cookie.includes('analytics+functionality')")
    second = portals_own.read(settled(page))
    assert first
    assert second
    assert first.credentials == second.credentials
    assert [sorted(row.allowed) for row in saves.rows] == [["analytics"], ["analytics", "functionality"]]


@pytest.mark.parametrize("answer", ["No thanks", "Yes, all"])
def test_a_new_purpose_asks_again_refusers_too(
    answer: str, visit: Callable[..., Page], change_register: Callable[..., None]
) -> None:
    page = visit()
    press(page, answer)
    before = portals_own.read(settled(page))
    assert before
    change_register(version=before.version + 1, valid_since=before.version + 1)
    page.reload()
    expect(page.get_by_role("region", name="Cookies")).to_be_visible()
    assert page.evaluate("portalConsent.get()")["allowed"] == [], "what held before does not hold now"
    press(page, "Choose")
    assert not any(box.is_checked() for box in page.get_by_role("checkbox").all())


def test_a_cookie_that_is_not_ours_is_no_choice(visit: Callable[..., Page]) -> None:
    page = visit()
    secret = "a" * 22
    strange = ["choices", "choices=", "choices=refused", "choices=refused.x.", "choices=refused.1.gg", "choices=%00"]
    strange += [f"choices=A.{secret}.999..analytics", "choices=0123456789ABCDEF.short.999..analytics"]
    strange += ["choices=" + "a" * 3000, f"choices=0123456789ABCDEF.{secret}.999..analytics.x"]
    for cookie in strange:
        page.context.clear_cookies()
        page.evaluate("cookie => { document.cookie = cookie }", cookie)
        page.reload()
        ready(page)
        expect(page.get_by_role("region", name="Cookies")).to_be_visible()
        assert page.evaluate("portalConsent.get().allowed") == [], cookie


def test_what_the_portal_writes_the_script_reads(
    visit: Callable[..., Page], joan: BrowserContext, shop: ForeignSite
) -> None:
    credentials = portals_own.Credentials.drawn()
    chosen = portals_own.Remembered(999, frozenset({"analytics", "sharing"}), credentials)
    joan.add_cookies([{"name": "choices", "value": portals_own.written(chosen), "url": shop.url}])
    page = visit()
    assert page.evaluate("portalConsent.get()") == {
        "decided": True,
        "allowed": ["analytics", "sharing"],
        "withdrawn": [],
        "reference": credentials.reference,
    }


def test_a_choice_in_one_tab_holds_in_the_other(visit: Callable[..., Page]) -> None:
    first, second = visit(), visit(path="/second")
    press(second, "Yes, all")
    settled(second)
    # As from a tab that comes to the front, a page out of the back/forward cache, or one that was rendered in advance.
    first.evaluate("document.dispatchEvent(new Event('visibilitychange', {bubbles: true}))")
    expect(first.get_by_role("region", name="Cookies")).to_have_count(0)
    assert len(first.evaluate("portalConsent.get().allowed")) == 3
    second.evaluate("portalConsent.withdraw()")
    # A window beside it, which was never hidden; the browser may take a moment to hand the cookie over.
    until(first, "dispatchEvent(new Event('focus')) && portalConsent.get().withdrawn.length === 3")


def test_who_chose_in_another_window_meanwhile_is_the_same_browser(visit: Callable[..., Page], saves: Saves) -> None:
    first, second = visit(), visit(path="/second")
    press(second, "Yes, all")
    settled(second)
    press(first, "No thanks")  # two windows side by side: neither was hidden
    assert settled(first).startswith("refused.")
    assert [row.method for row in saves.rows] == ["accept_all", "withdrawn"]


def test_the_same_choice_in_two_windows_is_one_and_holds_in_both(visit: Callable[..., Page], saves: Saves) -> None:
    first, second = visit(), visit(path="/second")
    press(second, "Yes, all")
    settled(second)
    press(first, "Yes, all")
    assert len(first.evaluate("portalConsent.get().allowed")) == 3
    assert len(saves.sent) == 1


def test_a_refusal_outweighs_a_cookie_that_lies_on_another_domain(
    shop: ForeignSite, snippet: str, joan: BrowserContext, change_register: Callable[..., None], saves: Saves
) -> None:
    saves.answer_with(200)
    change_register(cookie={"name": "choices", "domain": "shop.localhost", "days": 182})
    path = shop.page("/buy/shoes", snippet).removeprefix(shop.url)
    where = shop.at("www.shop.localhost")
    before = portals_own.Remembered(999, frozenset({"analytics"}), portals_own.Credentials.drawn())
    joan.add_cookies([{"name": "choices", "value": portals_own.written(before), "url": where}])  # as the file had it
    page = joan.new_page()
    page.goto(where + path)
    ready(page)
    assert page.evaluate("portalConsent.get().allowed") == ["analytics"]
    page.evaluate("portalConsent.withdraw()")
    settled(page)
    assert page.evaluate("portalConsent.get().allowed") == []
    page.reload()
    ready(page)
    assert page.evaluate("portalConsent.get()")["decided"]
    assert page.evaluate("portalConsent.get().allowed") == []


def test_a_withdrawal_holds_for_the_page_though_the_cookie_cannot_be_written(
    visit: Callable[..., Page], joan: BrowserContext, saves: Saves
) -> None:
    saves.answer_with(200)
    old = portals_own.written(portals_own.Remembered(999, frozenset({"analytics"}), portals_own.Credentials.drawn()))
    joan.add_init_script(
        f"Object.defineProperty(Document.prototype, 'cookie', {{get: () => 'choices={old}', set: () => {{}}}})"
    )
    page = visit()
    assert page.evaluate("portalConsent.get().allowed") == ["analytics"]
    page.evaluate("portalConsent.withdraw()")
    assert page.evaluate("portalConsent.get().allowed") == []
    assert saves.sent[0]["reference"] == old[:16]


def test_without_cookies_a_choice_holds_for_the_page(visit: Callable[..., Page], joan: BrowserContext) -> None:
    joan.add_init_script("Object.defineProperty(Document.prototype, 'cookie', {get: () => '', set: () => {}})")
    page = visit()
    press(page, "Yes, all")
    assert len(page.evaluate("portalConsent.get().allowed")) == 3


def test_sites_under_one_domain_share_the_choice(
    shop: ForeignSite, snippet: str, joan: BrowserContext, change_register: Callable[..., None], saves: Saves
) -> None:
    saves.answer_with(200)
    change_register(cookie={"name": "choices", "domain": "shop.localhost", "days": 182})
    path = shop.page("/", snippet).removeprefix(shop.url)
    page = joan.new_page()
    page.goto(shop.at("www.shop.localhost") + path)
    press(page, "No thanks")
    until(page, "document.cookie.includes('refused')")
    settled(page)
    cookie = next(one for one in joan.cookies() if one["name"] == "choices")
    assert (cookie["domain"], cookie["path"], cookie["sameSite"]) == (".shop.localhost", "/", "Lax")
    page.goto(shop.at("forum.shop.localhost") + path)
    ready(page)
    assert page.evaluate("portalConsent.get().decided") is True
