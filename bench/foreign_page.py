"""``consent.js`` on a bare page of another site, on a slow phone: 1.6 Mbit/s, 150 ms, a processor four times slower.

Each visit is that of a newcomer: a browser profile of its own, with nothing in its cache. The same page without the
script is measured beside it, since a long task may be the browser's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from playwright.sync_api import Browser, sync_playwright

from bench.cookie_api import asking
from bench.scene import Scene
from bench.table import Figure
from tests.browser import FLAGS, chromium
from tests.cookies.other_site.foreign import ForeignSite
from tests.processes import LivePortal

VISITS: Final = 9
SLOWER: Final = 4
SPEED: Final = {"latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 1.6e6 / 8}
WATCH: Final = """
    window.seen = {shift: 0, long: []};
    const watch = (type, take) =>
        new PerformanceObserver(list => list.getEntries().forEach(take)).observe({type, buffered: true});
    watch('layout-shift', one => seen.shift += one.value);
    watch('longtask', one => seen.long.push(one.duration));
    watch('paint', one => seen[one.name] = one.startTime);
    new MutationObserver(() => {
        if (!seen.banner && document.querySelector('portal-consent')) seen.banner = performance.now();
    }).observe(document, {childList: true, subtree: true});
"""


@dataclass(frozen=True)
class Visit:
    """One look at the page: milliseconds since it was asked for, and what moved."""

    first_paint: float
    banner: float
    long_tasks: list[float]
    shift: float

    @classmethod
    def of(cls, seen: dict[str, Any]) -> Visit:
        return cls(seen["first-paint"], seen.get("banner", 0.0), seen["long"], seen["shift"])


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
        ours = [look(browser, with_it) for _ in range(VISITS)]
        bare = [look(browser, without) for _ in range(VISITS)]
        scripts = [script_time(browser, with_it) for _ in range(VISITS)]
        browser.close()
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
    yield Figure(f"… long tasks in {VISITS} visits", sum(len(one.long_tasks) for one in ours), aim="0")
    yield Figure("… the longest", longest(ours), "ms")
    yield Figure(f"… long tasks in {VISITS} visits without consent.js", sum(len(one.long_tasks) for one in bare))
    yield Figure("… the longest without consent.js", longest(bare), "ms")


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
    seen = page.evaluate("seen")
    context.close()
    return Visit.of(seen)


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


def longest(visits: list[Visit]) -> float:
    return max((task for one in visits for task in one.long_tasks), default=0)
