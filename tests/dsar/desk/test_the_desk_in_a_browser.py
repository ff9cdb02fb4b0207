"""Requests at the desk in a real browser: axe finds nothing, light and dark; nothing scrolls sideways on a phone; a
request is worked on with the keyboard and without a script."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from dsar.files.inspection import Inspected
from dsar.flows import answering, asking, deadlines, identity, talking
from dsar.flows.asking import Logged, Wish
from dsar.flows.identity import Doubt
from dsar.models import IdentityCheck, Request
from dsar.vocabulary import Arrival, Matter
from portal.demo import people
from portal.organisation import loader
from portal.outbox.models import Message, State
from tests.browser import WIDE, found_by_axe
from tests.dsar.desk.conftest import ANSWERS, BACKEND, JOAN, PRIYA, ask, page_of, to_approved
from tests.processes import LivePortal

pytestmark = [pytest.mark.once, pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def desk(live_portal: LivePortal) -> tuple[str, str]:
    """The portal's address and Priya's session, with requests in many states."""
    loader.apply(loader.read("open-ecx"))
    people.create()
    joan = User.objects.at(JOAN).get()
    priya = User.objects.filter(email=PRIYA).first()
    if priya is None:
        priya = accounts.open_account(PRIYA, name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    fill(joan, priya)
    client = Client()
    client.force_login(priya, BACKEND)
    return live_portal.url, client.cookies["session"].value


def fill(joan: User, priya: User) -> None:
    late = ask(joan, Matter.ERASURE)
    Request.objects.filter(pk=late.pk).update(promised_due=deadlines.today() - timedelta(days=2))
    talked = ask(joan)
    talking.write(talked, "Please begin with the calls.", [Inspected("calls.txt", "text/plain", b"January\n")])
    answering.assign(talked, priya, priya)
    method = IdentityCheck.Method.QUESTION
    identity.ask(talked, priya, Doubt("The name on the account is another one.", method))
    identity.answer(talked, "The green kettle")
    to_approved(ask(joan, Matter.INFORMED), priya)
    ask(joan, Matter.COMPROMISE)
    paper = Logged(Arrival.LETTER, deadlines.today() - timedelta(days=6), "", "1 Mill Lane\nLeeds")
    asking.log(priya, Wish(Matter.RESTRICTION, ANSWERS[Matter.RESTRICTION], name="Marek Nowak"), paper)
    Message.objects.filter(kind="request-receipt").update(state=State.FAILED)


def addresses() -> dict[str, str]:
    def of(matter: Matter) -> Request:
        return Request.objects.get(matter=matter)

    return {
        "index": reverse("admin:index"),
        "list": reverse("admin:dsar_request_changelist"),
        "checked": page_of(of(Matter.ACCESS)),
        "overdue": page_of(of(Matter.ERASURE)),
        "approved": page_of(of(Matter.INFORMED)),
        "compromise": page_of(of(Matter.COMPROMISE)),
        "letter": page_of(of(Matter.RESTRICTION)),
        "ask-identity": reverse("admin:dsar_request_do", args=[of(Matter.ERASURE).pk, "ask-identity"]),
        "refuse": reverse("admin:dsar_request_do", args=[of(Matter.ERASURE).pk, "refuse"]),
        "log": reverse("admin:dsar_request_add"),
        "log-form": reverse("admin:dsar_request_add") + "?matter=rectification",
        "times": reverse("admin:dsar_request_times"),
    }


def signed_in(desk: tuple[str, str], context: BrowserContext) -> Page:
    context.add_cookies([{"name": "session", "value": desk[1], "url": desk[0]}])
    return context.new_page()


def open_all(page: Page) -> None:
    """Every part that can be unfolded is."""
    page.evaluate("document.querySelectorAll('#content details').forEach(one => { one.open = true; })")


def test_axe_finds_nothing(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = signed_in(desk, new_context(bypass_csp=True, viewport=WIDE))
    reports = []
    for name, address in addresses().items():
        page.goto(desk[0] + address)
        shot(page, name)
        open_all(page)
        reports += found_by_axe(page, name)
    assert not reports, "\n".join(reports)


def test_a_phone_shows_it_all_without_scrolling_sideways(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = signed_in(desk, new_context(viewport={"width": 360, "height": 740}))
    for name, address in addresses().items():
        answer = page.goto(desk[0] + address)
        assert answer is not None
        assert answer.status == 200, name
        open_all(page)
        shot(page, f"phone-{name}")
        if name != "list":  # a table of Django's own, which scrolls in itself
            wide = page.evaluate("document.documentElement.scrollWidth")
            assert wide <= 360, f"{name}: {wide}"


def test_staff_begin_a_search_and_write_without_a_script(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext]
) -> None:
    page = signed_in(desk, new_context(java_script_enabled=False))
    page.goto(desk[0] + addresses()["overdue"])
    page.get_by_role("button", name="Begin the search").press("Enter")
    page.get_by_text("The search has begun.").wait_for()
    page.locator("summary", has_text="Write to the person").press("Enter")
    page.get_by_role("textbox", name="Your message").fill("We are at it.")
    page.get_by_role("button", name="Write to the person").press("Enter")
    page.get_by_text("Sent.").wait_for()
    assert page.locator(".timeline blockquote", has_text="We are at it.").count() == 1
