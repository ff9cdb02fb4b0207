"""A real Chromium for tests. A page that logs an error or breaks the content security policy fails its test."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, ViewportSize, sync_playwright

# The shell first: the same engine without windows of its own, which take most of the time a page takes to open.
NAMES: Final = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Without these a browser on a machine without a network asks for its maker's hosts at every start.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
WIDE: Final[ViewportSize] = {"width": 1280, "height": 900}
PHONE: Final[ViewportSize] = {"width": 360, "height": 740}
NARROWEST: Final[ViewportSize] = {"width": 320, "height": 740}
Scheme = Literal["light", "dark"]
SCHEMES: Final[tuple[Scheme, ...]] = ("light", "dark")
LOOKS: Final[tuple[tuple[str, ViewportSize, Scheme], ...]] = (
    ("wide", WIDE, "light"),
    ("phone-dark", PHONE, "dark"),
)
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
    return next(filter(None, map(shutil.which, NAMES)), None)


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


def in_scheme(page: Page, scheme: Scheme) -> None:
    """Show the page in the light or in the dark, as it is once every colour has changed."""
    page.emulate_media(color_scheme=scheme)
    page.evaluate("document.getAnimations().forEach(one => one instanceof CSSTransition && one.finish())")


def found_by_axe(page: Page, name: str) -> list[str]:
    """What axe finds on the page as it stands, in the light and then in the dark, each as a readable report."""
    reports = []
    for scheme in SCHEMES:
        in_scheme(page, scheme)
        results = Axe().run(page)
        if results.violations_count:
            reports.append(f"{name}, {scheme}: {results.generate_report()}")
    return reports


def sideways(page: Page) -> int:
    """Pixels by which the page is wider than its window; 0 where it fits."""
    wider: int = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return max(0, wider)


@pytest.fixture
def look(shot: Callable[..., None]) -> Callable[..., None]:
    """``look(page, name)`` looks at a page as it stands: wide in the light, then on a phone in the dark.

    In both axe finds nothing, and nothing has to be scrolled sideways, at 320 pixels neither. The page is left as on
    the phone, so that what is done next is done there.
    """

    def look_(page: Page, name: str) -> None:
        for label, size, scheme in LOOKS:
            page.set_viewport_size(size)
            in_scheme(page, scheme)
            axe(page)
            shot(page, f"{name}-{label}")
            assert not sideways(page), f"{name} is wider than the window: {label}"
        page.set_viewport_size(NARROWEST)
        assert not sideways(page), f"{name} is wider than the narrowest window"
        page.set_viewport_size(PHONE)

    return look_
