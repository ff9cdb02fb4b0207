"""The demo inbox as a visitor sees it: a mail in its frame, and its links opening in the whole window."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from playwright.sync_api import Page, expect

from portal.demo import inbox, mailbox
from portal.organisation.versions import Current
from tests.browser import axe
from tests.processes import LivePortal

pytestmark = [
    pytest.mark.once,
    pytest.mark.browser,
    pytest.mark.xdist_group("browser"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def letter(live_portal: LivePortal) -> Iterator[str]:
    """One mail in the inbox, with inline styles, a link to the portal, and a script that must not run."""
    message = EmailMessage()
    message["From"] = "Open-E <privacy@open-e.com>"
    message["To"] = "joan.archer@example.org"
    message["Subject"] = "Did you ask for this?"
    message.set_content(f"Confirm at {live_portal.url}/subscribe/ please.")
    message.add_alternative(
        "<html lang='en'><head><title>A mail</title></head><body style='color: #123456'>"
        f"<p>Hello Joan. <a href='{live_portal.url}/subscribe/'>Confirm on our page</a></p></body></html>",
        subtype="html",
    )
    inbox.folder().mkdir(parents=True, exist_ok=True)
    yield mailbox.save(inbox.folder(), message.as_bytes())
    inbox.delete_all()


def test_a_mail_is_found_read_and_its_link_opens_the_portal(
    organisation: Current, live_portal: LivePortal, letter: str, page: Page, shot: Callable[..., None]
) -> None:
    page.goto(f"{live_portal.url}/demo/mail/")
    axe(page)
    shot(page, "demo-inbox")
    page.get_by_role("link", name="Did you ask for this?").click()
    frame = page.frame_locator("iframe")
    expect(frame.get_by_text("Hello Joan.")).to_have_css("color", "rgb(18, 52, 86)")
    axe(page)
    shot(page, "demo-mail")
    frame.get_by_role("link", name="Confirm on our page").click()
    expect(page).to_have_url(f"{live_portal.url}/subscribe/")


def test_the_inbox_is_emptied_by_its_button(
    organisation: Current, live_portal: LivePortal, letter: str, page: Page
) -> None:
    page.goto(f"{live_portal.url}/demo/mail/")
    page.get_by_role("button", name="Delete all mails").click()
    expect(page.get_by_text("1 mail deleted.")).to_be_visible()
    axe(page)
    assert inbox.names() == []
