"""Opens pages in a real Chromium with each choice a visitor can make, and compares what they leave with the register.

The choice is put into the browser as a cookie that says it was saved: a scan presses nothing and leaves no proof of
choices nobody made. Playwright is imported here alone, and only when a scan begins.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from consent.cookies import choice_cookie, place, register
from consent.cookies.choice_cookie import Credentials, Remembered
from portal.organisation.schema import Cookie
from portal.organisation.schema.vocabulary import CookieKind
from portal.organisation.versions import Current

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page

Wrong = Literal["unlisted", "too early"]

UNASKED: Final = "nobody chose"
NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chromium-headless-shell")
_STORED: Final = "() => [...Object.keys(localStorage), ...Object.keys(sessionStorage)]"
# consent.js removes what came without leave, so a cookie that a script takes away is told before it is forgotten.
_TELL_REMOVED: Final = """(() => {
  const own = Object.getOwnPropertyDescriptor(Document.prototype, "cookie"), tell = window.tellRemovedCookie;
  const names = (page) => own.get.call(page).split("; ").map((pair) => pair.split("=")[0]);
  Object.defineProperty(Document.prototype, "cookie", { ...own, set(said) {
    const before = names(this);
    own.set.call(this, said);
    const after = names(this);
    for (const name of before) if (!after.includes(name)) tell(name, location.hostname);
  } });
})()"""


class CannotScan(Exception):
    """No scan: Playwright or its browser is missing, or a page did not open. The message says what to do."""


@dataclass(frozen=True, slots=True)
class Visit:
    """One choice to come with. ``allowed`` is None for somebody who has not chosen yet."""

    name: str
    allowed: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class Left:
    """What a page left in the browser: a cookie, or an entry of its storage; ``removed`` where a script took it."""

    name: str
    kind: str
    host: str
    removed: bool = False


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that should not be there. ``category`` is the one whose leave it lacks; empty where it is unlisted."""

    url: str
    choice: str
    kind: str
    name: str
    host: str
    wrong: Wrong
    category: str = ""
    removed: bool = False

    def __str__(self) -> str:
        said = f"belongs to “{self.category}”, which was not allowed" if self.category else "is not in the register"
        if self.removed:
            said += "; it was set, and then removed"
        return f"{self.url} ({self.choice}): {self.kind} {self.name} of {self.host} {said}."


def visits(current: Current, site: str) -> list[Visit]:
    """Nobody chose; and where something is optional: everything refused, each category alone, everything allowed."""
    optional = list(register.optional(current.organisation, site))
    if not optional:
        return [Visit(UNASKED, None)]
    alone = [Visit(f"only {code}", frozenset({code})) for code in optional]
    return [Visit(UNASKED, None), Visit("refused", frozenset()), *alone, Visit("all allowed", frozenset(optional))]


def scan(urls: Sequence[str], current: Current, site: str, wait: float) -> Iterator[Finding]:
    """What is wrong on these pages, which are of ``site``. ``wait`` is how many seconds a page has after it loaded.

    Raises :class:`CannotScan`.
    """
    try:
        from playwright.sync_api import Error, sync_playwright
    except ImportError:
        said = "A scan needs Playwright: pip install playwright, and a Chromium (or its path in CHROMIUM)."
        raise CannotScan(said) from None
    try:
        with sync_playwright() as playwright:
            root = ["--no-sandbox"] if os.geteuid() == 0 else []
            browser = playwright.chromium.launch(executable_path=chromium(), args=root)
            for visit in visits(current, site):
                for url in urls:
                    for left in _left(browser, url, current, site, visit, wait):
                        yield from judged(left, url, visit, current, site)
    except Error as error:
        raise CannotScan(str(error).strip().splitlines()[0]) from None


def judged(left: Left, url: str, visit: Visit, current: Current, site: str) -> Iterator[Finding]:
    """What is wrong with one thing that a page left, if anything is.

    What no longer is there and nobody listed is no finding: pages try so whether there are cookies at all.
    """
    cookies = current.organisation.cookies.cookies.values()
    entries = [one for one in cookies if _names(one, left)]
    if not entries:
        if not left.removed:
            yield Finding(url, visit.name, left.kind, left.name, left.host, "unlisted")
    elif not any(_may_run(one.category, visit, current, site) for one in entries):
        code = entries[0].category
        yield Finding(url, visit.name, left.kind, left.name, left.host, "too early", code, left.removed)


def chromium() -> str | None:
    """The Chromium to use: CHROMIUM, or the first one found on the machine; None for Playwright's own."""
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, NAMES)), None)


def _names(entry: Cookie, left: Left) -> bool:
    return entry.kind == left.kind and register.belongs(left.name, entry.name)


def _may_run(code: str, visit: Visit, current: Current, site: str) -> bool:
    category = register.categories(current.organisation, site).get(code)
    if category is None:
        return False
    if not category.optional:
        return True
    return register.default(category) if visit.allowed is None else code in visit.allowed


def _left(browser: Browser, url: str, current: Current, site: str, visit: Visit, wait: float) -> list[Left]:
    """What a page leaves in a browser that comes with this choice for the first time, and what its scripts removed."""
    context = browser.new_context()
    removed: list[Left] = []
    try:
        context.expose_function(
            "tellRemovedCookie", lambda name, host: removed.append(Left(name, CookieKind.COOKIE, host, removed=True))
        )
        context.add_init_script(_TELL_REMOVED)
        if visit.allowed is not None:
            _remember(context, url, current, site, visit.allowed)
        page = context.new_page()
        answer = page.goto(url)
        if answer is None or not answer.ok:
            raise CannotScan(f"{url} answered {answer.status if answer else 'nothing'}.")
        page.wait_for_timeout(wait * 1_000)
        cookies = [Left(one.get("name", ""), CookieKind.COOKIE, one.get("domain", "")) for one in context.cookies()]
        there = {one.name for one in cookies}
        return [*cookies, *_stored(page), *(one for one in removed if one.name not in there)]
    finally:
        context.close()


def _stored(page: Page) -> Iterator[Left]:
    """Entries of the storage of the page and its frames; a frame without storage has none."""
    from playwright.sync_api import Error

    for frame in page.frames:
        try:
            names = frame.evaluate(_STORED)
        except Error:
            continue
        host = urlsplit(frame.url).hostname or ""
        yield from (Left(name, CookieKind.STORAGE, host) for name in names)


def _remember(context: BrowserContext, url: str, current: Current, site: str, allowed: frozenset[str]) -> None:
    """Put the choice into the browser as the portal or ``consent.js`` would have."""
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    kept = place.on_site(origin, current.organisation, site)
    said = Remembered(current.number, allowed, Credentials.drawn() if allowed else None)
    cookie: Any = {"name": kept.name, "value": choice_cookie.written(said)}
    cookie |= {"url": f"{origin}/"} if kept.domain is None else {"domain": f".{kept.domain}", "path": "/"}
    cookie |= {"secure": kept.secure, "sameSite": "Lax"}
    context.add_cookies([cookie])
