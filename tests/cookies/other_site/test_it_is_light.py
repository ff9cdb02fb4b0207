"""What ``consent.js`` costs another site: bytes, waiting, looks at its page; and how it is served. Its script time is
measured by the bench."""

from __future__ import annotations

import gzip
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from portal.static_files import COMPILE_AHEAD
from tests.cookies.other_site.foreign import ForeignSite

pytestmark = pytest.mark.once
LARGEST = 4_550  # bytes, script and style together, gzip -9
SLOW_LINE = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 1.6e6 / 8}
WATCH = """
    window.shift = 0;
    new PerformanceObserver(list => { for (const one of list.getEntries()) shift += one.value })
        .observe({type: 'layout-shift', buffered: true});
"""


def get(url: str, **headers: str) -> Any:
    # Both addresses are the test's own.
    return urllib.request.urlopen(urllib.request.Request(url, headers=headers))


def test_script_and_style_together_are_small(portal_url: str) -> None:
    with get(f"{portal_url}/static/consent.js", **{"Accept-Encoding": "gzip"}) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        body = answer.read()
    script = gzip.decompress(body)
    assert len(body) <= LARGEST
    assert len(gzip.compress(script, 9)) <= LARGEST
    assert script.startswith(COMPILE_AHEAD.encode() + b"/*! Apache-2.0 */")  # a hint counts only at the top
    assert b"adoptedStyleSheets" in script, "the style is in it"


def test_any_site_may_load_it_and_no_other_file_of_the_portal(portal_url: str) -> None:
    with get(f"{portal_url}/static/consent.js") as answer:
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cache-Control"] == "public, max-age=3600, stale-while-revalidate=86400"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Set-Cookie"] is None
    with get(f"{portal_url}/static/portal.css") as answer:
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert answer.headers["Access-Control-Allow-Origin"] is None


@pytest.mark.browser
def test_on_a_slow_line_it_moves_nothing_and_fetches_both_at_once(
    joan: BrowserContext, shop: ForeignSite, snippet: str
) -> None:
    page = joan.new_page()
    page.add_init_script(WATCH)
    line = joan.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, **SLOW_LINE})
    page.goto(shop.page("/", snippet, "<h1>A shop</h1><p>Come in.</p>"))
    page.get_by_role("region", name="Cookies").wait_for()
    asked = page.evaluate("""performance.getEntriesByType('resource')
        .filter(one => /consent.js|config/.test(one.name)).map(one => [one.startTime, one.responseEnd])""")
    assert len(asked) == 2, "the preloaded register is the one that is used"
    (one_from, one_until), (other_from, other_until) = asked
    assert max(one_from, other_from) < min(one_until, other_until), "they travel together, not in turn"
    assert page.evaluate("shift") == 0


@pytest.mark.browser
def test_a_page_busy_with_itself_is_looked_at_once_a_frame(visit: Callable[..., Page]) -> None:
    page = visit()
    looks = page.evaluate("""async () => {
        let looks = 0;
        const all = document.querySelectorAll.bind(document);
        document.querySelectorAll = what => { looks++; return all(what) };
        for (let frame = 0; frame < 10; frame++) {
            for (let one = 0; one < 200; one++) document.querySelector('main').append(document.createElement('i'));
            await new Promise(requestAnimationFrame);
        }
        await new Promise(requestAnimationFrame);
        return looks;
    }""")
    assert looks <= 2 * 11, "2,000 changes in 10 frames: one look a frame, for scripts and for frames"
