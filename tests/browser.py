"""A real Chromium for tests. A page that logs an error or breaks the content security policy fails its test."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

# Without these a browser on a machine without a network asks for its maker's hosts at every start.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# What the console says of an answer the test asked for: a 404 page is a page.
EXPECTED = re.compile(r"Failed to load resource: the server responded with a status of (4\d\d|503)")

# Chromium reports a violation to the page; this hands it on, before any script of the page runs.
WATCH_POLICY = """
document.addEventListener('securitypolicyviolation', e =>
  console.error(`policy broken: ${e.violatedDirective} by ${e.blockedURI} at ${e.sourceFile}:${e.lineNumber}`));
"""


def chromium() -> str | None:
    """The Chromium to use: CHROMIUM, or the first one found on the machine."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next(filter(None, map(shutil.which, names)), None)


@dataclass
class Complaints:
    """What the pages of one test complained of; a test may take out what it expects."""

    lines: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not EXPECTED.match(message.text):
            self.lines.append(f"{message.text} ({message.location.get('url', '')})")

    def watch(self, context: BrowserContext) -> None:
        """Listen to every page of ``context``, present and to come."""
        context.add_init_script(WATCH_POLICY)
        context.on("console", self.hear)
        context.on("weberror", lambda error: self.lines.append(f"script error: {error.error}"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for the whole run."""
    path = chromium()
    if path is None:
        pytest.skip("no Chromium on this machine: install it or set CHROMIUM")
    # Playwright's own event loop lives in our thread, and Django takes that for asynchronous code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=[*FLAGS, *root])
        yield running
        running.close()


@pytest.fixture
def complaints() -> Complaints:
    """What the pages complained of so far; checked when the test ends."""
    return Complaints()


@pytest.fixture
def new_context(browser: Browser, complaints: Complaints) -> Iterator[Callable[..., BrowserContext]]:
    """A function that opens another browser profile (a second person, a phone), watched like the first."""
    opened: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**{"locale": "en-GB", "timezone_id": "Europe/London", **options})  # type: ignore[arg-type]  # passed on as they are
        context.set_default_timeout(10_000)
        complaints.watch(context)
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    if complaints.lines:
        pytest.fail("The browser complained:\n" + "\n".join(complaints.lines))


@pytest.fixture
def page(new_context: Callable[..., BrowserContext]) -> Page:
    """A page of a profile of its own."""
    return new_context().new_page()


def axe(page: Page) -> None:
    """Fail with a readable report if axe finds anything on the page as it stands now."""
    results = Axe().run(page)
    if results.violations_count:
        pytest.fail(f"{page.url}\n{results.generate_report()}")


@pytest.fixture
def shot(request: pytest.FixtureRequest) -> Callable[..., None]:
    """A function that keeps a picture of a page in the folder SCREENSHOTS names, and does nothing without it."""

    def take(page: Page, name: str = "") -> None:
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            stem = re.sub(r"[^\w.-]+", "-", name or request.node.name)
            page.screenshot(path=Path(folder) / f"{stem}.png", full_page=True)

    return take
