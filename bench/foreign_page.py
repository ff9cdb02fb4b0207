"""``consent.js`` on a bare page of another site, on a slow phone: 1.6 Mbit/s, 150 ms, a processor four times slower.

Each visit is that of a newcomer: a browser profile of its own, with nothing in its cache. A long task may be
the browser's own: opening a page is one on a slow phone, whatever is in it. So the same page without the script is
visited in turn with it, and a task counts as ours if it began after the script had come.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from math import inf
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from bench.cookie_api import asking
from bench.scene import Scene
from bench.table import Figure
from consent.cookies.scanning import chromium
from tests.browser import FLAGS
from tests.cookies.other_site.foreign import ForeignSite
from tests.processes import LivePortal

VISITS: Final = 15
SLOWER: Final = 4
SPEED: Final = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 1.6e6 / 8}
WATCH: Final = """
    window.seen = {shift: 0, long: []};
    const watch = (type, take) =>
        new PerformanceObserver(list => list.getEntries().forEach(take)).observe({type, buffered: true});
    watch('layout-shift', one => seen.shift += one.value);
    watch('longtask', one => seen.long.push([one.startTime, one.duration]));
    watch('paint', one => seen[one.name] = one.startTime);
    new MutationObserver(() => {
        if (!seen.banner && document.querySelector('portal-consent')) seen.banner = performance.now();
    }).observe(document, {childList: true, subtree: true});
"""
ARRIVAL: Final = "performance.getEntriesByType('resource').find(one => one.name.includes('consent.js'))?.responseEnd"


@dataclass(frozen=True)
class Visit:
    """One look at the page: milliseconds since it was asked for, and what moved."""

    first_paint: float
    banner: float
    ours: list[float]
    """How long each long task took that began when consent.js had come."""
    others: list[float]
    """How long each other one took."""
    shift: float

    @classmethod
    def of(cls, seen: dict[str, Any], arrival: float | None) -> Visit:
        began = inf if arrival is None else arrival
        ours = [length for start, length in seen["long"] if start >= began]
        others = [length for start, length in seen["long"] if start < began]
        return cls(seen["first-paint"], seen.get("banner", 0.0), ours, others, seen["shift"])


def measure(scene: Scene) -> Iterator[Figure]:
    """When the banner was in the page, counted from the first paint; long tasks with the script and without it."""
    site, _origin = asking()  # before the browser, whose loop in our thread Django takes for asynchronous code
    with LivePortal(dict(os.environ), scene.folder) as portal, ForeignSite() as shop, sync_playwright() as playwright:
        root = ["--no-sandbox"] if os.geteuid() == 0 else []
        browser = playwright.chromium.launch(executable_path=chromium(), args=[*FLAGS, *root])
        body = "<h1>A shop</h1><p>Come in.</p>"
        with_it = shop.page("/with", snippet(portal.url, site), body)
        without = shop.page("/without", "", body)
        look(browser, with_it)  # the portal's own first answer is slower than all others
        in_turn = [(look(browser, with_it), look(browser, without)) for _ in range(VISITS)]
        scripts = [script_time(browser, with_it) for _ in range(VISITS)]
        browser.close()
    ours, bare = zip(*in_turn, strict=True)
    if not all(one.banner for one in ours):
        raise RuntimeError("A visitor was not asked.")
    late = sorted(one.banner - one.first_paint for one in ours)
    yield Figure("foreign page: banner after the first paint, median", late[VISITS // 2], "ms", aim="150 at most")
    yield Figure("… at the worst", late[-1], "ms", aim="150 at most")
    taken = SLOWER * middle(scripts)
    yield Figure(f"… script time, {SLOWER} times what it took, median", taken, "ms", aim="20 at most")
    yield Figure("… first paint, median", middle([one.first_paint for one in ours]), "ms")
    yield Figure("… first paint without consent.js, median", middle([one.first_paint for one in bare]), "ms")
    yield Figure("… layout shift at the worst", max(one.shift for one in ours), aim="0")
    since = f"… long tasks since consent.js had come, {VISITS} visits"
    yield from long_tasks(since, [one.ours for one in ours], aim="0")
    yield from long_tasks("… long tasks before, while the page opened", [one.others for one in ours])
    yield from long_tasks("… long tasks of the page without consent.js", [one.others for one in bare])


def long_tasks(what: str, visits: list[list[float]], aim: str = "") -> Iterator[Figure]:
    """How many there were in all, and the longest."""
    yield Figure(what, sum(map(len, visits)), aim=aim)
    yield Figure(f"{what}: the longest", max(chain(*visits), default=0), "ms")


def snippet(portal: str, site: str) -> str:
    """What docs/consent-js.md has a site put first into its head."""
    return (
        f'<link rel="preload" as="fetch" crossorigin href="{portal}/api/v1/cookies/config?site={site}&language=en-gb">'
        f'<script src="{portal}/static/consent.js" data-site="{site}"></script>'
    )


def look(browser: Browser, address: str) -> Visit:
    """One visit in a new profile. Nothing of ours runs in the page but :data:`WATCH`, until it is over: what Playwright
    looks for it looks for in the page's own thread."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    page.add_init_script(WATCH)
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    line.send("Network.emulateNetworkConditions", {"offline": False, **SPEED})
    line.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(address)
    page.wait_for_timeout(1500)  # for what comes late
    visit = Visit.of(page.evaluate("seen"), page.evaluate(ARRIVAL))
    context.close()
    return visit


def script_time(browser: Browser, address: str) -> float:
    """Milliseconds of processor time that the page's scripts took in one visit. Chromium's own throttling spins, which
    is counted too: so without it."""
    context = browser.new_context(locale="en-GB")
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.goto(address)
    page.wait_for_timeout(500)
    metrics = {one["name"]: one["value"] for one in line.send("Performance.getMetrics")["metrics"]}
    context.close()
    return 1000 * float(metrics["ScriptDuration"])


def middle(values: list[float]) -> float:
    return sorted(values)[len(values) // 2]
