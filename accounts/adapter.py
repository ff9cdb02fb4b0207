"""Where allauth is told how things are done here: mail through the outbox, codes derived, one plain HTML site."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.models import EmailAddress
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import codes, flows, mails, signup
from accounts.codes import Code, Purpose


class Adapter(DefaultAccountAdapter):
    """allauth's hooks. Nothing here decides what a person may receive: account mails always go."""

    error_messages: ClassVar[dict[str, str | Promise]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("Address and password do not belong together. Try again, or get a code by mail."),
        "incorrect_code": _("This is not the code. Look at the newest mail: each new code replaces the last."),
        "incorrect_password": _("This is not your password."),
        "enter_current_password": _("This is not your present password."),
        "duplicate_email": _("This is your address already."),
        "email_taken": _("This address belongs to another account. Sign in there, or write to us if both are yours."),
        "too_many_login_attempts": _("Too many attempts. Wait a few minutes, then try again."),
        "rate_limited": _("Too many attempts. Wait a few minutes, then try again."),
    }

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Puts the mail into the outbox; of a code it keeps the nonce. Raises KeyError for a mail nobody wrote."""
        if template_prefix in mails.WRITTEN_BEFORE:
            return
        code = context.get("code")
        if code is not None and not isinstance(code, Code):
            raise TypeError("A code that was not drawn here would have to be stored to be mailed.")
        flows.write(mails.BY_TEMPLATE[template_prefix], email, params={"nonce": code.nonce} if code else {})

    def send_account_already_exists_mail(self, email: str) -> None:
        """allauth would build links from the Host header for it; the mail makes its own."""
        self.send_mail("account/email/account_already_exists", email, {})

    def generate_login_code(self) -> str:
        return codes.draw(Purpose.SIGN_IN)

    def generate_email_verification_code(self) -> str:
        return codes.draw(Purpose.ADDRESS)

    def generate_password_reset_code(self) -> str:
        return codes.draw(Purpose.PASSWORD)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """The address is proved by who also knows the password, or holds the session that chose this address.

        Signing in by code proves an address too, but not that its reader opened the account; allauth does not
        come by here then (``accounts.receivers``).
        """
        flows.chosen_by_reader(email_address)
        confirmed: bool = super().confirm_email(request, email_address)
        if confirmed:
            signup.confirmed(request, email_address.user)
        return confirmed

    def get_password_change_redirect_url(self, _request: HttpRequest) -> str:
        return reverse("account_profile")

    def get_email_verification_redirect_url(self, _email_address: EmailAddress) -> str:
        return reverse("account_profile")

    def can_delete_email(self, _email_address: EmailAddress) -> bool:
        """An account has one address: it can be changed, not taken away."""
        return False

    def is_ajax(self, _request: HttpRequest) -> bool:
        """allauth's JSON twin of every form is not offered; there is an API for other systems."""
        return False
