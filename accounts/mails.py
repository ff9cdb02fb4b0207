"""The mails about accounts. All are security or confirmation mails: nobody can switch them off, none advertises."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts import codes
from accounts.codes import Purpose
from accounts.models import User
from portal.database import database_now
from portal.organisation import versions
from portal.outbox.kinds import Category, MailKind, NoLongerNeeded
from portal.outbox.models import Message
from portal.retention import unproved

Context = Callable[[Message], dict[str, Any]]


def page(url_name: str) -> str:
    """The absolute address of a page, from the configured base URL and never from a Host header."""
    return f"{settings.BASE_URL}{reverse(url_name)}"


def _code(purpose: Purpose) -> Context:
    def context(message: Message) -> dict[str, Any]:
        ends = codes.ends(purpose, message.created_at)
        if ends <= database_now():
            raise NoLongerNeeded("The code ran out before the mail could be sent.")
        code = codes.derive(purpose, message.params["nonce"])
        until = date_format(local(ends), "H:i T")
        said = {"code": code, "until": until, "password_url": page("account_reset_password")}
        return {**said, **(_footer(message) if purpose is Purpose.ADDRESS else {})}

    return context


def _footer(message: Message) -> dict[str, Any]:
    return {"footer": unproved.footer(message.contact_point, versions.current().organisation)}


def _news(message: Message) -> dict[str, Any]:
    return {
        "at": date_format(local(message.created_at), "l j F Y, H:i T"),
        "sign_in_url": page("account_login"),
        "code_url": page("account_request_login_code"),
        "password_url": page("account_reset_password"),
        "sign_up_url": page("account_signup"),
        "your_data_url": page("your_data"),
    }


def _exists(message: Message) -> dict[str, Any]:
    """Who signs up where there is an account reads how to get in, or that it is closed, and by whom it opens again."""
    closed = User.objects.filter(email=message.contact_point.identity, is_active=False).exists()
    return {**_news(message), "closed": closed}


def local(moment: datetime) -> datetime:
    """A moment on the clock on the organisation's wall; UTC where no organisation is loaded."""
    try:
        zone = ZoneInfo(versions.current().organisation.law.time_zone)
    except versions.NoOrganisation:
        return moment.astimezone(UTC)
    return moment.astimezone(zone)


SIGN_IN_CODE: Final = MailKind(
    "account-sign-in-code", Category.SECURITY, "account/sign_in_code", _code(Purpose.SIGN_IN), _("Code to sign in")
)
SIGN_UP_CODE: Final = MailKind(
    "account-sign-up-code",
    Category.CONFIRMATION,
    "account/sign_up_code",
    _code(Purpose.ADDRESS),
    _("Code to open an account"),
)
ADDRESS_CODE: Final = MailKind(
    "account-address-code",
    Category.CONFIRMATION,
    "account/address_code",
    _code(Purpose.ADDRESS),
    _("Code to confirm a new address"),
)
PASSWORD_CODE: Final = MailKind(
    "account-password-code",
    Category.SECURITY,
    "account/password_code",
    _code(Purpose.PASSWORD),
    _("Code to set a new password"),
)
YOUR_DATA_CODE: Final = MailKind(
    "your-data-code",
    Category.SECURITY,
    "account/your_data_code",
    _code(Purpose.YOUR_DATA),
    _("Code to see what is held"),
)
CLOSING_CODE: Final = MailKind(
    "account-closing-code",
    Category.SECURITY,
    "account/closing_code",
    _code(Purpose.CLOSING),
    _("Code to close the account"),
)
ACCOUNT_CLOSED: Final = MailKind(
    "account-closed", Category.SECURITY, "account/account_closed", _news, _("The account was closed")
)
ACCOUNT_EXISTS: Final = MailKind(
    "account-exists", Category.SECURITY, "account/account_exists", _exists, _("There is an account already")
)
PASSWORD_CHANGED: Final = MailKind(
    "account-password-changed", Category.SECURITY, "account/password_changed", _news, _("The password was changed")
)
ADDRESS_CHANGED: Final = MailKind(
    "account-address-changed", Category.SECURITY, "account/address_changed", _news, _("The address was changed")
)

KINDS: Final = (
    SIGN_IN_CODE,
    SIGN_UP_CODE,
    ADDRESS_CODE,
    PASSWORD_CODE,
    YOUR_DATA_CODE,
    CLOSING_CODE,
    ACCOUNT_CLOSED,
    ACCOUNT_EXISTS,
    PASSWORD_CHANGED,
    ADDRESS_CHANGED,
)

# The mails of allauth that can come up with these settings, by its name for them. There is no mail to an address
# without an account: it would be sent to people who never asked for anything.
BY_TEMPLATE: Final[dict[str, MailKind]] = {
    "account/email/login_code": SIGN_IN_CODE,
    "account/email/email_confirmation_signup": SIGN_UP_CODE,
    "account/email/email_confirmation": ADDRESS_CODE,
    "account/email/password_reset_code": PASSWORD_CODE,
    "account/email/account_already_exists": ACCOUNT_EXISTS,
    "account/email/password_changed": PASSWORD_CHANGED,
    "account/email/password_reset": PASSWORD_CHANGED,
    "account/email/password_set": PASSWORD_CHANGED,
}
# Written by accounts.flows already, before the old address is given up.
WRITTEN_BEFORE: Final = frozenset({"account/email/email_changed"})
