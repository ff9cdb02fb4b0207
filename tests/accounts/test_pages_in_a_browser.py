"""Every account page in a real browser: nothing for axe to find, no policy broken, by keyboard alone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from accounts import codes, flows, mails
from portal.organisation.versions import Current
from portal.outbox.models import Message
from tests.accounts.conftest import JOAN, MAREK, PASSWORD, last_code
from tests.browser import PHONE
from tests.processes import LivePortal

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.django_db(transaction=True)]


class Walk:
    """A way through the pages that looks at each, wide and narrow, and walks on as on a phone."""

    def __init__(self, page: Page, base: str, look: Callable[..., None]) -> None:
        self.page, self.base, self._look = page, base, look

    def to(self, url_name: str) -> None:
        self.page.goto(self.base + reverse(url_name))

    def look(self, name: str) -> None:
        self._look(self.page, f"account-{name}")

    def press(self, name: str) -> None:
        self.page.get_by_role("main").get_by_role("button", name=name, exact=True).click()

    def sign_in(self) -> None:
        """With the password, as Joan."""
        self.to("account_login")
        self.page.get_by_label("E-mail address").fill(JOAN)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.press("Sign in")
        self.page.wait_for_url(lambda url: "login" not in url)


@pytest.fixture
def walk(live_portal: LivePortal, organisation: Current, page: Page, look: Callable[..., None]) -> Walk:
    return Walk(page, live_portal.url, look)


def test_sign_up_to_signed_out(walk: Walk) -> None:
    page = walk.page
    walk.to("account_signup")
    walk.look("sign-up")
    page.get_by_label("E-mail address").fill("joan.archer")
    page.get_by_label("Password").fill("short")
    walk.press("Open my account")
    expect(page.get_by_role("alert").first).to_be_focused()
    walk.look("sign-up-errors")
    page.get_by_label("E-mail address").fill(JOAN)
    page.get_by_label("Password").fill(PASSWORD)
    walk.press("Open my account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your address")
    walk.look("confirm-address")
    page.get_by_label("Code from the mail").fill("BBBB-BBBB")
    walk.press("Confirm my address")
    walk.look("confirm-address-wrong-code")
    page.get_by_label("Code from the mail").fill(last_code(JOAN))
    walk.press("Confirm my address")
    page.wait_for_url(lambda url: "confirm-email" not in url)
    walk.to("account_profile")
    walk.look("profile")
    page.get_by_label("Your name").fill("Joan Archer")
    walk.press("Save my name")
    expect(page.get_by_text("Saved.")).to_be_visible()
    walk.look("profile-saved")
    walk.to("account_change_password")
    walk.look("change-password")
    walk.to("account_logout")
    walk.look("sign-out")
    walk.press("Sign out")


def test_sign_in_with_a_code(walk: Walk) -> None:
    flows.open_account(JOAN, None)
    page = walk.page
    walk.to("account_login")
    walk.look("sign-in")
    walk.press("Sign in")
    walk.look("sign-in-errors")
    page.get_by_label("E-mail address").fill(JOAN)
    walk.press("Send me a code")
    expect(page.get_by_role("heading", level=1)).to_have_text("Enter your code")
    walk.look("enter-code")
    page.get_by_label("Code from the mail").fill(last_code(JOAN))
    walk.press("Sign in")
    page.wait_for_url(lambda url: "/code/" not in url)
    walk.to("account_set_password")
    walk.look("set-password")
    walk.to("account_email")
    walk.look("change-address")
    page.get_by_label("New e-mail address").fill(MAREK)
    walk.press("Send a code to the new address")
    walk.look("confirm-new-address")


def test_a_forgotten_password(walk: Walk) -> None:
    flows.open_account(JOAN, PASSWORD)
    page = walk.page
    walk.to("account_reset_password")
    walk.look("forgotten-password")
    page.get_by_label("E-mail address").fill(JOAN)
    walk.press("Send me a code")
    walk.look("forgotten-password-code")
    page.get_by_label("Code from the mail").fill(last_code(JOAN))
    walk.press("Choose a new password")
    walk.look("new-password")
    page.get_by_label("New password").fill("purple stairs in March")
    walk.press("Save the new password")
    walk.to("account_password_reset_completed")
    walk.look("new-password-done")


@pytest.mark.parametrize("url_name", ["account_request_login_code", "account_inactive"])
def test_the_small_pages(walk: Walk, url_name: str) -> None:
    walk.to(url_name)
    walk.look(url_name)


def test_something_that_matters_asks_again(walk: Walk) -> None:
    flows.open_account(JOAN, PASSWORD)
    page = walk.page
    walk.sign_in()
    walk.to("account_email")
    page.get_by_label("New e-mail address").fill(MAREK)
    walk.press("Send a code to the new address")
    expect(page.get_by_role("heading", level=1)).to_have_text("Is it still you?")
    walk.look("reauthenticate")
    page.get_by_label("Password").fill(PASSWORD)
    walk.press("Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Confirm your address")


def test_signing_in_by_keyboard_alone(walk: Walk) -> None:
    flows.open_account(JOAN, PASSWORD)
    page = walk.page
    walk.to("account_login")
    page.get_by_label("E-mail address").focus()
    page.keyboard.type(JOAN)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "login" not in url)
    walk.to("account_profile")
    expect(page.get_by_role("main").get_by_text(JOAN)).to_be_visible()


def test_an_account_is_closed(walk: Walk) -> None:
    flows.open_account(JOAN, PASSWORD)
    page = walk.page
    walk.sign_in()
    walk.to("account_profile")
    page.get_by_role("link", name="Close my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Close your account")
    walk.look("close")
    page.get_by_label("Your password").fill("a wrong one")
    walk.press("Close my account")
    expect(page).to_have_title(re.compile("^Error: Close your account"))
    walk.look("close-wrong-password")
    walk.press("Mail me a code instead")
    expect(page.get_by_text("A code is on its way to")).to_be_visible()
    walk.look("close-code")
    nonce = Message.objects.get(kind=mails.CLOSING_CODE.code).params["nonce"]
    page.get_by_label("Code from the mail").fill(codes.derive(codes.Purpose.CLOSING, nonce))
    walk.press("Close my account")
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is closed")
    walk.look("closed")
    walk.to("account_profile")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_an_account_is_closed_without_scripts(
    live_portal: LivePortal, organisation: Current, new_context: Callable[..., BrowserContext]
) -> None:
    flows.open_account(JOAN, PASSWORD)
    page = new_context(viewport=PHONE, java_script_enabled=False).new_page()
    page.goto(f"{live_portal.url}{reverse('account_login')}?next={reverse('account_close')}")
    page.get_by_label("E-mail address").fill(JOAN)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("main").get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_label("Your password").fill(PASSWORD)
    page.get_by_role("button", name="Close my account").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your account is closed")
