"""A guest on a phone, with nothing replaced but the clock on the wall: form, mails, code, answer, file, complaint.

No script runs, and the second walk uses nothing but the keyboard.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from accounts import flows as accounts
from dsar.models import Request
from portal.organisation.versions import Current
from portal.outbox import drainer
from tests.browser import axe
from tests.dsar.pages.conftest import MAREK, PRIYA, answered
from tests.processes import LivePortal
from tests.smtp import SmtpSink

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "java_script_enabled": False}


@pytest.fixture
def phone(organisation: Current, live_portal: LivePortal, new_context: Callable[..., BrowserContext]) -> Page:
    return new_context(**PHONE).new_page()


def newest(sink: SmtpSink, subject: str) -> EmailMessage:
    """The newest mail to Marek with this in its subject; what is due is sent first."""
    drainer.drain()
    return [mail for mail in sink.to(MAREK) if subject in str(mail["Subject"])][-1]


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def code_in(mail: EmailMessage) -> str:
    found = re.search(r"\b[B-Z]{4}-[B-Z]{4}\b", text_of(mail))
    assert found is not None
    return found[0]


def link_in(mail: EmailMessage, portal: LivePortal) -> str:
    found = re.search(r"http://localhost:8000(/requests/[\w-]+/)", text_of(mail))
    assert found is not None
    return portal.url + found[1]


def test_from_the_wish_to_the_file_and_the_complaint(
    live_portal: LivePortal, phone: Page, smtp_sink: SmtpSink, new_context: Callable[..., BrowserContext]
) -> None:
    priya = accounts.open_account(PRIYA, "green kettle on Tuesdays", name="Priya", staff=True, superuser=True)

    # He asks.
    phone.goto(live_portal.url)
    phone.get_by_role("link", name="Make a request").click()
    phone.get_by_role("link", name="Get a copy of my data").click()
    expect(phone.get_by_text("we promise an answer by")).to_be_visible()
    phone.get_by_label("Your e-mail address").fill(MAREK)
    phone.get_by_role("button", name="Send it and mail me a code").click()

    # The code comes, a wrong one first.
    expect(phone.get_by_role("heading", level=1)).to_have_text("Enter the code we mailed you")
    phone.get_by_label("The code from our mail").fill("BCDF-GHJK")
    phone.get_by_role("button", name="Open my request").click()
    expect(phone.get_by_role("alert")).to_contain_text("Ask for a new one")
    code = newest(smtp_sink, "code")
    phone.get_by_label("The code from our mail").fill(code_in(code))
    phone.get_by_role("button", name="Open my request").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("We have your request")
    receipt = newest(smtp_sink, "We have your request")
    assert "How we counted" in text_of(receipt)
    request = Request.objects.get()
    assert request.reference in text_of(receipt)

    # He writes, and Priya answers with a file.
    phone.get_by_label("Write to us").fill("My calls of January, please.")
    phone.get_by_role("button", name="Send message").click()
    expect(phone.get_by_text("My calls of January, please.")).to_be_visible()
    answered(request, priya)

    # Days later, on another device, the link from the mail asks for a code first.
    other = new_context(java_script_enabled=False).new_page()
    other.goto(link_in(newest(smtp_sink, "Our answer"), live_portal))
    assert "Here is what we hold." not in other.inner_text("main")
    other.get_by_role("button", name="Send me a code").click()
    other.get_by_label("The code from our mail").fill(code_in(newest(smtp_sink, "code")))
    other.get_by_role("button", name="Open my request").click()
    expect(other.get_by_text("Here is what we hold.")).to_be_visible()
    with other.expect_download() as download:
        other.get_by_role("button", name="Download answer.txt").click()
    assert download.value.suggested_filename == "answer.txt"
    assert "was downloaded" in text_of(newest(smtp_sink, "downloaded"))

    # Not content, he complains about it, and both pages know of each other.
    other.reload()
    other.get_by_role("link", name="Complain about the answer").click()
    assert other.get_by_label("Your e-mail address").input_value() == MAREK
    other.get_by_label("What went wrong?").fill("My calls are missing.")
    other.get_by_role("button", name="Send it and mail me a code").click()
    other.get_by_label("The code from our mail").fill(code_in(newest(smtp_sink, "code")))
    other.get_by_role("button", name="Open my request").click()
    expect(other.get_by_role("heading", level=1)).to_have_text("We are looking into your complaint")
    other.goto(live_portal.url + f"/requests/{request.pk}/")
    expect(other.get_by_role("heading", level=1)).to_have_text("You complained about this")


def press_to(page: Page, name: str) -> None:
    """Tab until what has the focus bears this name; every stop on the way is visible."""
    for _stop in range(60):
        page.keyboard.press("Tab")
        focused = page.locator(":focus")
        if focused.count() and name in (focused.evaluate("e => e.labels?.[0]?.innerText || e.innerText || ''")):
            return
    pytest.fail(f"Tab never came to {name!r}")


def test_by_keyboard_alone(live_portal: LivePortal, organisation: Current, smtp_sink: SmtpSink, page: Page) -> None:
    page.goto(f"{live_portal.url}/requests/new/complaint/")
    press_to(page, "What went wrong?")
    page.keyboard.type("You wrote to me after I said stop.")
    press_to(page, "Your e-mail address")
    page.keyboard.type(MAREK)
    press_to(page, "I ask for somebody else")
    page.keyboard.press("Enter")
    press_to(page, "For myself")
    page.keyboard.press("ArrowDown")
    press_to(page, "Their name")
    press_to(page, "Send it and mail me a code")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    axe(page)
    assert page.locator("details").get_attribute("open") is not None
    press_to(page, "Write the name of the person you ask for.")
    page.keyboard.press("Enter")
    page.keyboard.type("Sam Green")
    press_to(page, "Send it and mail me a code")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter the code we mailed you")
    press_to(page, "The code from our mail")
    page.keyboard.type(code_in(newest(smtp_sink, "code")))
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("We need to see that you may ask")
