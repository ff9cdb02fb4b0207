"""The desk in a real browser: axe finds nothing, in the light and in the dark, and the ledger fits a small screen."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from consent.cookies.models import Choice
from consent.ledger.models import Event
from dsar.models import Request
from portal.demo import people, requests
from portal.jobs.models import JobRun
from portal.organisation import loader
from portal.outbox.models import Message
from tests.browser import WIDE, axe, found_by_axe
from tests.processes import LivePortal

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def desk(live_portal: LivePortal, client_cookie: Callable[[User], str]) -> tuple[str, str]:
    """The portal's address and a session of the privacy officer, with people in the ledger."""
    loader.apply(loader.read("open-e"))
    people.create()
    requests.create()
    JobRun.objects.create(name="test.sweep", outcome="succeeded")
    priya = accounts.open_account("desk@staff.example", None, staff=True, groups=(PRIVACY_OFFICER,))
    return live_portal.url, client_cookie(priya)


def pages() -> list[str]:
    joan = User.objects.at("joan.archer@example.org").get()
    choice = Choice.objects.latest("pk")
    event, message = Event.objects.latest("pk"), Message.objects.latest("created_at")
    return [
        "/",
        "/subjects/subject/",
        f"/subjects/subject/{joan.subject_id}/change/",
        "/accounts/user/",
        f"/accounts/user/{joan.pk}/change/",
        "/consent_ledger/event/",
        f"/consent_ledger/event/{event.pk}/change/",
        "/consent_preferences/mailing/add/",
        "/outbox/message/",
        f"/outbox/message/{message.pk}/change/",
        "/jobs/jobrun/",
        "/consent_cookies/browser/",
        f"/consent_cookies/browser/{choice.browser_id}/change/",
        "/consent_cookies/choice/",
        f"/consent_cookies/choice/{choice.pk}/change/",
        "/consent_cookies/choice/figures/",
        "/dsar/request/",
        "/dsar/request/times/",
        "/dsar/request/add/",
        *(f"/dsar/request/{asked.pk}/change/" for asked in Request.objects.open().order_by("received_at")[:2]),
    ]


def test_axe_finds_nothing(desk: tuple[str, str], new_context: Callable[..., BrowserContext]) -> None:
    # axe itself writes a style into the page where a style sheet imports another; the policy is tested below.
    page = signed_in(desk, new_context(bypass_csp=True, viewport=WIDE))
    reports = []
    for address in pages():
        page.goto(f"{desk[0]}/admin{address}")
        reports += found_by_axe(page, address)
    assert not reports, "\n".join(reports)


def test_no_page_breaks_the_content_security_policy(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext]
) -> None:
    page = signed_in(desk, new_context())
    for address in pages():
        answer = page.goto(f"{desk[0]}/admin{address}")
        assert answer is not None
        assert answer.status == 200, address


def test_axe_finds_nothing_in_a_proof(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = signed_in(desk, new_context(bypass_csp=True))
    page.goto(f"{desk[0]}/admin/consent_cookies/browser/{Choice.objects.latest('pk').browser_id}/change/")
    # Drawn in this process: the web server of the whole run remembers content types of tests before this one.
    page.route("**/proof/", lambda route: route.fulfill(body=drawn(desk[1]), content_type="text/html"))
    page.get_by_role("button", name="Draw the proof").click()
    page.get_by_role("heading", name="The words on the screen").wait_for()
    axe(page)
    shot(page, "proof")


def drawn(session: str) -> bytes:
    client = Client()
    client.cookies["session"] = session
    answer = client.post(reverse("admin:consent_cookies_proof", args=[Choice.objects.latest("pk").browser_id]))
    assert answer.status_code == 200
    return answer.content


def test_the_ledger_fits_without_scrolling_sideways(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext]
) -> None:
    page = signed_in(desk, new_context(viewport={"width": 1280, "height": 800}))
    page.goto(f"{desk[0]}/admin/consent_ledger/event/")
    head = page.locator("#result_list th.column-actor")
    box, panel = head.bounding_box(), page.locator("#changelist-filter").bounding_box()
    assert box is not None
    assert panel is not None
    assert box["x"] + box["width"] <= panel["x"]


def test_the_index_leaves_no_room_empty(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = signed_in(desk, new_context(viewport={"width": 1280, "height": 800}))
    page.goto(f"{desk[0]}/admin/")
    shot(page, "index-light")
    content, last = page.locator("#content").bounding_box(), page.locator("#content-related").bounding_box()
    assert content is not None
    assert last is not None
    assert min(content["x"] + content["width"], last["x"] + last["width"]) > 1200
    starts = {box["x"] for panel in page.locator(".todays .panel").all() if (box := panel.bounding_box())}
    assert len(starts) > 1
    page.emulate_media(color_scheme="dark")
    shot(page, "index-dark")
    page.set_viewport_size({"width": 360, "height": 740})
    shot(page, "index-phone")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_the_bars_of_the_cookie_figures_stand_over_their_week(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = signed_in(desk, new_context(viewport={"width": 1280, "height": 800}))
    page.goto(f"{desk[0]}/admin/consent_cookies/choice/figures/")
    shot(page, "figures")
    table = page.locator(".series table").first
    week, bars = table.locator("thead th").last.bounding_box(), table.locator("rect")
    assert week is not None
    assert bars.count() == 20  # two of the twelve weeks have too few
    for last in bars.all()[-2:]:
        bar = last.bounding_box()
        assert bar is not None
        assert week["x"] <= bar["x"]
        assert bar["x"] + bar["width"] <= week["x"] + week["width"]
    page.set_viewport_size({"width": 360, "height": 740})
    firsts = [row.locator("> :first-child").bounding_box() for row in table.locator("tr").all()]
    assert len({first["x"] for first in firsts if first}) == 1  # what a row counts stays beside it, its heading too


def signed_in(desk: tuple[str, str], context: BrowserContext) -> Page:
    address, session = desk
    context.add_cookies([{"name": "session", "value": session, "url": address}])
    return context.new_page()
