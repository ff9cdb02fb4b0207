"""``/your-data/`` in a real browser: by a code, without a script, on a phone, in the dark; axe finds nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts import codes, flows
from accounts.codes import Purpose
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects.models import Ending
from tests.accounts.conftest import JOAN
from tests.browser import NARROWEST
from tests.processes import LivePortal

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("organisation", ["opencontact"], indirect=True)
@pytest.mark.parametrize("script", [True, False])
def test_joan_types_her_code_and_reads_what_is_held(
    live_portal: LivePortal,
    organisation: Current,
    new_context: Callable[..., BrowserContext],
    look: Callable[..., None],
    shot: Callable[..., None],
    script: bool,
) -> None:
    joan = flows.open_account(JOAN, name="Joan Archer")
    assert joan.subject is not None
    Ending.objects.create(subject=joan.subject, what="contract", contract="standard", day="2026-06-30")
    joan.is_active = False
    joan.save()
    page = new_context(viewport=NARROWEST, java_script_enabled=script).new_page()

    def seen(name: str) -> None:
        if script:  # axe and the width are asked of the page by a script
            look(page, f"your-data-{name}")
        else:
            shot(page, f"your-data-{name}-without-script")

    page.goto(f"{live_portal.url}/your-data/")
    seen("gate")
    page.get_by_label("E-mail address").fill(JOAN)
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code we mailed you")
    page.get_by_label("Code from the mail").fill("BBBB-BBBB")
    page.get_by_role("button", name="Show my data").click()
    expect(page).to_have_title("Error: Your data – OpenContact")
    seen("wrong-code")
    mail = Message.objects.get(kind="your-data-code")
    page.get_by_label("Code from the mail").fill(codes.derive(Purpose.YOUR_DATA, mail.params["nonce"]))
    page.get_by_role("button", name="Show my data").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What we hold about you")
    expect(page.get_by_text("Until 30 June 2027.").first).to_be_visible()
    seen("page")
    page.get_by_role("button", name="Close this page").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it you? A code shows it")


def test_the_page_fits_every_window_and_scheme(
    live_portal: LivePortal, organisation: Current, page: Page, look: Callable[..., None]
) -> None:
    flows.open_account(JOAN, "correct horse battery", name="Joan Archer")
    page.goto(f"{live_portal.url}/account/login/?next=/your-data/")
    page.get_by_label("E-mail address").fill(JOAN)
    page.get_by_label("Password").fill("correct horse battery")
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What we hold about you")
    look(page, "your-data-signed-in")
