"""Retention and holds at the desk in a real Chromium: the whole way without a script, axe in both schemes, 320 px."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page

from accounts import flows as accounts
from accounts.directory import key_of
from accounts.groups import PRIVACY_OFFICER
from portal.database import database_now
from portal.holds import flows as holds
from portal.organisation import loader
from portal.outbox.models import Message
from portal.retention.flows import approving, daily, running
from portal.retention.models import Deletion, Part, Run
from tests.browser import NARROWEST, WIDE, found_by_axe, sideways
from tests.processes import LivePortal
from tests.retention import scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]
MARKED = "Mails we sent"


@pytest.fixture
def desk(live_portal: LivePortal) -> tuple[str, str]:
    """The portal's address and a session of the privacy officer; Joan's mails were sent long ago."""
    loader.apply(loader.read("open-e"))
    point = scene.person(met=database_now() - timedelta(days=30))
    scene.mails(point, database_now() - timedelta(days=366 * 8), 4)
    client = Client()
    client.force_login(
        accounts.open_account("priya@staff.example", name="Priya", staff=True, groups=(PRIVACY_OFFICER,)),
        "allauth.account.auth_backends.AuthenticationBackend",
    )
    return live_portal.url, client.cookies["session"].value


def signed_in(desk: tuple[str, str], context: BrowserContext) -> Page:
    context.add_cookies([{"name": "session", "value": desk[1], "url": desk[0]}])
    return context.new_page()


def press(page: Page, button: str, said: str) -> None:
    page.get_by_role("button", name=button, exact=True).press("Enter")
    page.get_by_text(said).first.wait_for()


def test_preview_approve_run_pause_hold_go_on_and_abort_without_a_script(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext]
) -> None:
    page = signed_in(desk, new_context(java_script_enabled=False))
    page.goto(desk[0] + reverse("admin:portal_retention_rules"))
    page.get_by_role("link", name=f"Look what would go: {MARKED}").press("Enter")
    page.get_by_text("Would go now").first.wait_for()
    press(page, "Approve this rule", "It works from the next run on.")
    page.goto(desk[0] + reverse("admin:portal_retention_run_changelist"))
    press(page, "Begin a run now", "Begun.")
    press(page, "Pause the run", "Paused.")
    hold_one(page, desk[0], Message.objects.latest("created_at"))
    page.goto(desk[0] + reverse("admin:portal_retention_run_change", args=[Run.objects.get().pk]))
    press(page, "Go on with the run", "It goes on.")
    daily.look(20)
    page.reload()
    page.get_by_text("3 rows are gone").wait_for()
    assert Message.objects.exclude(kind="hold-changed").count() == 1
    page.goto(desk[0] + reverse("admin:portal_retention_run_changelist"))
    press(page, "Begin a run now", "Begun.")
    press(page, "End the run here", "What is gone is gone")
    assert Message.objects.exclude(kind="hold-changed").count() == 1


def test_a_run_under_way_shows_how_far_it_is_and_leaves_the_focus_where_it_is(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext]
) -> None:
    scene.approve("mails")
    run = running.begin()
    page = signed_in(desk, new_context())
    page.goto(desk[0] + reverse("admin:portal_retention_run_change", args=[run.pk]))
    page.get_by_role("button", name="Pause the run").focus()
    Part.objects.filter(run=run, holding="outbox.Message").update(removed=2, due=4)
    page.get_by_text("2 rows are gone, of 4 found").wait_for()
    assert page.evaluate("document.activeElement.textContent") == "Pause the run"
    Part.objects.filter(run=run, holding="outbox.Message").update(removed=0, due=0)
    daily.look(20)
    page.locator("#standing .left", has_text="done").wait_for()
    assert page.get_by_role("button", name="Pause the run").count() == 0, "what is over cannot be paused"
    assert page.evaluate("document.activeElement.id") == "standing", "the focus is where it is said"


def test_without_a_script_a_link_shows_how_far_it_is(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext]
) -> None:
    run = running.begin()
    page = signed_in(desk, new_context(java_script_enabled=False))
    page.goto(desk[0] + reverse("admin:portal_retention_run_change", args=[run.pk]))
    Part.objects.filter(run=run, holding="outbox.Message").update(removed=2, due=4)
    page.get_by_role("link", name="See how far it is now").press("Enter")
    page.get_by_text("2 rows are gone, of 4 found").wait_for()


def hold_one(page: Page, portal: str, held: Message) -> None:
    """Priya holds one mail."""
    page.goto(f"{portal}{reverse('admin:portal_holds_hold_place', args=['record'])}")
    page.get_by_label("Which records?").select_option("outbox.Message")
    page.get_by_label("Which one?").fill(str(held.pk))
    page.get_by_label("Why?").fill("It is part of a case.")
    page.get_by_label("Looked at again on").fill((holds.today() + timedelta(days=30)).isoformat())
    press(page, "Hold one record", "Nothing it keeps is deleted.")


def populate() -> dict[str, str]:
    """Something on every page; their addresses."""
    ada = accounts.open_account("ada@staff.example", name="Ada", staff=True)
    for rule in approving.waiting()[:3]:
        approving.approve(rule.code, rule.digest, key_of(ada))
    settings.RETENTION_ASK_FROM_ROWS, before = 1, settings.RETENTION_ASK_FROM_ROWS
    mails = next(rule for rule in approving.waiting() if rule.code == "mails")
    approving.approve("mails", mails.digest, key_of(ada))
    run = running.expire()
    settings.RETENTION_ASK_FROM_ROWS = before
    assert ada.subject is not None
    looked_at = holds.today() + timedelta(days=3)
    terms = holds.Terms(reason="A case before the court.", owner=key_of(ada), review_on=looked_at)
    hold = holds.place(ada.subject, terms, by=key_of(ada))
    for month, count in ((1, 7), (5, 21)):
        at = database_now().replace(month=month, day=3)
        Deletion.objects.create(rule="mails", holding="outbox.Message", action="delete", count=count, at=at)
    year = database_now().year
    named = {"rules": (), "coming": (), "months": (), "report": (year,), "run_changelist": (), "run_change": (run.pk,)}
    return {
        "index": reverse("admin:index"),
        **{name: reverse(f"admin:portal_retention_{name}", args=args) for name, args in named.items()},
        "preview": reverse("admin:portal_retention_preview", args=["mails"]),
        "holds": reverse("admin:portal_holds_hold_changelist"),
        "hold": reverse("admin:portal_holds_hold_change", args=[hold.pk]),
        "looks": reverse("admin:accounts_look_changelist"),
        "person": reverse("admin:subjects_subject_change", args=[ada.subject.pk]),
        "place": reverse("admin:portal_holds_hold_place", args=["record"]),
    }


def test_axe_finds_nothing_and_a_small_screen_shows_it_all(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext], shot: Callable[..., None]
) -> None:
    page = signed_in(desk, new_context(bypass_csp=True))
    reports = []
    for name, address in populate().items():
        page.set_viewport_size(WIDE)
        page.goto(desk[0] + address)
        shot(page, name)
        reports += found_by_axe(page, name)
        page.set_viewport_size(NARROWEST)
        shot(page, f"320-{name}")
        if sideways(page) and name not in {"run_changelist", "holds", "looks", "person"}:  # lists of Django's own
            reports.append(f"{name}: {sideways(page)} too wide")
    assert not reports, "\n".join(reports)


def test_charts_progress_and_forms_keep_the_content_security_policy(
    desk: tuple[str, str], new_context: Callable[..., BrowserContext]
) -> None:
    page, addresses = signed_in(desk, new_context()), populate()
    for name in ("months", "run_change", "hold"):
        answer = page.goto(desk[0] + addresses[name])
        assert answer is not None
        assert answer.status == 200, name
