"""A shop on a host and port of its own that asks through ``consent.js``, and Joan, who visits it.

One organisation file and one database serve the tests of a file: each looks for rows by what its own page sent, and
spares the suite an emptying of all tables, which takes longer than most of these tests.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import pytest
from django.db import connections
from django.test import TransactionTestCase
from playwright.sync_api import BrowserContext, Page, Route
from pytest_django import DjangoDbBlocker

from consent.cookies import choice_cookie as portals_own
from consent.cookies.models import Choice
from portal.organisation import loader
from tests.conftest import DEFAULT_ORGANISATION
from tests.cookies.other_site.foreign import ForeignSite
from tests.processes import LivePortal


@pytest.fixture(scope="module")
def transactional_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """In place of pytest-django's: the tables are emptied after the last test of a file."""
    with django_db_blocker.unblock():
        yield
        TransactionTestCase("__init__")._fixture_teardown()  # type: ignore[attr-defined]  # private in the stubs
        # While the browser runs, Django takes our thread for an event loop and gives it connections of its own.
        connections.close_all()


@pytest.fixture(scope="module")
def portal_url(transactional_db: None, _gunicorn: LivePortal) -> str:
    """Where the portal of Open-E is, without a slash at the end."""
    loader.apply(loader.read(DEFAULT_ORGANISATION))
    return _gunicorn.url


@pytest.fixture
def shop() -> Iterator[ForeignSite]:
    """Another site of the organisation, whose code is ``www``."""
    with ForeignSite() as site:
        yield site


@pytest.fixture
def snippet(portal_url: str) -> str:
    """What docs/consent-js.md has a site put first into its head."""
    return (
        f'<link rel="preload" as="fetch" crossorigin href="{portal_url}/api/v1/cookies/config?site=www&language=en-gb">'
        f'<script src="{portal_url}/static/consent.js" data-site="www"></script>'
    )


@pytest.fixture
def joan(new_context: Callable[..., BrowserContext]) -> BrowserContext:
    """Joan's browser."""
    return new_context()


@pytest.fixture
def visit(shop: ForeignSite, snippet: str, joan: BrowserContext) -> Callable[..., Page]:
    """A function that serves a page of the shop, behind the snippet, and opens it in Joan's browser."""

    def open_(head: str = "", body: str = "<h1>A shop</h1>", *, path: str = "/", **headers: str) -> Page:
        page = joan.new_page()
        page.goto(shop.page(path, snippet + head, body, **headers))
        ready(page)
        return page

    return open_


class Saves:
    """What a browser sent to the portal; ``answer_with`` answers the next ones in the portal's stead."""

    def __init__(self, context: BrowserContext) -> None:
        self.sent: list[dict[str, Any]] = []
        self.answers: list[int] = []
        context.route("**/api/v1/cookies/choices", self._pass_on)

    def answer_with(self, *statuses: int) -> None:
        """Answer the next saves with these and do not ask the portal; 0 is a connection that breaks."""
        self.answers += statuses

    @property
    def rows(self) -> list[Choice]:
        """The choices that the portal has of this browser, oldest first."""
        named = {one["reference"] for one in self.sent if "reference" in one}
        return list(Choice.objects.filter(browser_id__in=named).order_by("id"))

    def _pass_on(self, route: Route) -> None:
        self.sent.append(json.loads(route.request.post_data or "{}"))
        if not self.answers:
            route.continue_()
        elif status := self.answers.pop(0):
            route.fulfill(status=status, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.abort()


@pytest.fixture
def saves(joan: BrowserContext) -> Saves:
    """What Joan's browser sends to the portal."""
    return Saves(joan)


@pytest.fixture
def change_register(joan: BrowserContext) -> Callable[..., None]:
    """A function that gives Joan's browser the portal's config with changes: of categories by code, or of itself."""

    def change(by_code: Mapping[str, Mapping[str, Any]] | None = None, **changes: Any) -> None:
        def patched(route: Route) -> None:
            # As from an origin that the file names; the answer may be read by all.
            config = route.fetch(headers={**route.request.headers, "origin": "http://localhost"}).json()
            for category in config["categories"]:
                category.update((by_code or {}).get(category["code"], {}))
            route.fulfill(status=200, json=config | changes, headers={"Access-Control-Allow-Origin": "*"})

        joan.unroute("**/api/v1/cookies/config?**")
        joan.route("**/api/v1/cookies/config?**", patched)

    return change


@pytest.fixture
def gpc(joan: BrowserContext) -> None:
    """Joan's browser sends Global Privacy Control."""
    joan.add_init_script("Object.defineProperty(Navigator.prototype, 'globalPrivacyControl', {value: true})")


def ready(page: Page) -> None:
    """Wait until the page knows its choices, and asks for them if it has to: in the frames after."""
    page.evaluate("""(async () => {
        await portalConsent.ready;
        const frame = () => new Promise(done => requestAnimationFrame(() => setTimeout(done)));
        await frame();
        await frame();
        const banner = document.querySelector("portal-consent")?.shadowRoot.firstElementChild;
        while (banner?.style.visibility) await frame(); // on a busy machine it takes its steps in later frames
    })()""")


def until(page: Page, condition: str, seconds: float = 10) -> None:
    """Wait until this expression is true in the page.

    Playwright's own ``wait_for_function`` evaluates it from within the page, where a strict policy forbids that.
    """
    end = time.monotonic() + seconds
    while not page.evaluate(condition):
        assert time.monotonic() < end, f"not within {seconds:g} s: {condition}"
        page.wait_for_timeout(20)


def choice_cookie(page: Page) -> str:
    """What the choice cookie of the page's site says; empty without one."""
    return next((cookie["value"] for cookie in page.context.cookies(page.url) if cookie["name"] == "choices"), "")


def settled(page: Page) -> str:
    """The choice cookie, as soon as the portal has the choice and its key is gone."""
    for _ in range(500):
        remembered = portals_own.read(choice_cookie(page))
        if remembered and not remembered.unsaved_key:
            return choice_cookie(page)
        page.wait_for_timeout(10)
    raise AssertionError(f"never saved: {choice_cookie(page)}")


def press(page: Page, name: str) -> None:
    """Press a button of the banner or of a placeholder."""
    page.get_by_role("button", name=name, exact=True).click()
