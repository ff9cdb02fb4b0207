"""The forms of the account pages: allauth's, in our words, with addresses compared by identity and guesses counted."""

from __future__ import annotations

from typing import Any, ClassVar

from allauth.account import forms as allauth
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from django import forms
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from accounts import flows, signup
from accounts.fields import AddressField, CodeField, plain_password
from accounts.models import User
from portal.organisation import versions
from portal.retention import rules, unproved, until

NEW_PASSWORD_HINT = _("At least 10 characters. Three or four words that nobody would guess are good and easy to keep.")
NEW_PASSWORD_EMPTY = _("Choose a password.")
NO_PASSWORD_HINT = _("None, or forgotten? Leave it empty and press “Send me a code”.")


class ProfileForm(forms.ModelForm[User]):
    """What an account says about its person and they can correct at once."""

    class Meta:
        model = User
        fields: ClassVar = ["name"]
        labels: ClassVar = {"name": _("Your name")}
        help_texts: ClassVar = {"name": _("We use it to address you. Leave it empty if you like.")}
        widgets: ClassVar = {"name": forms.TextInput(attrs={"autocomplete": "name", "class": "full"})}


class SignInForm(allauth.LoginForm):
    """Address and password; or the address alone, and a code goes there by mail."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = AddressField()
        self.fields["password"].required = False
        plain_password(self.fields["password"], label=_("Password"), help_text=NO_PASSWORD_HINT)
        self.fields["remember"].label = _("Keep me signed in on this device")
        self.order_fields(["login", "password", "remember"])

    def user_credentials(self) -> dict[str, Any]:
        credentials: dict[str, Any] = super().user_credentials()
        if "by_code" in self.data:
            credentials.pop("password", None)
        return credentials


class AskForCodeForm(allauth.RequestLoginCodeForm):
    """The address a code is to be sent to."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField()


class SignupForm(allauth.SignupForm):
    """Opens an account. The same answer for everybody, in about the same time, whether or not there is one."""

    account_already_exists: bool

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField(help_text=_("We send a code there, so that nobody else can use it."))
        plain_password(
            self.fields["password1"],
            label=_("Password"),
            help_text=_("At least 10 characters. Leave it empty to sign in with a code by mail each time."),
        )
        for step in signup.steps():
            self.fields.update(signup.fields_of(step))

    def kept(self) -> str:
        """How long the account's data are kept, as the organisation file has it; "" before one is loaded."""
        try:
            rule = rules.rule("accounts")
        except (versions.NoOrganisation, rules.NoRule):
            return ""
        return f"{until.in_words(rule)} {rule.entry.reason}"

    def forgotten(self) -> str:
        """How long an account that nobody proves stays; "" before a file is loaded."""
        try:
            return str(rules.rule(unproved.RULE).entry.period)
        except (versions.NoOrganisation, rules.NoRule):
            return ""

    def groups(self) -> list[tuple[signup.Step, list[forms.BoundField]]]:
        """The fields of each step, for the page."""
        return [(step, [self[name] for name in signup.fields_of(step)]) for step in signup.steps()]

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        if self.account_already_exists:
            make_password(self.cleaned_data.get("password1") or None)
            return self._try_save(request)
        try:
            with transaction.atomic():
                return self._try_save(request)
        except IntegrityError:
            # Somebody opened it between our look and our write.
            self.account_already_exists = True
            return self._try_save(request)

    def _try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        return saved

    def custom_signup(self, request: HttpRequest, user: User) -> None:
        flows.reach(self["email"].data)
        signup.save(request, user, self.cleaned_data)


class ChangeAddressForm(allauth.AddEmailForm):
    """A new address for the account, which counts once its code was typed in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField(label=_("New e-mail address"))

    def save(self, request: HttpRequest) -> Any:
        flows.reach(self["email"].data)
        return super().save(request)


class ForgottenPasswordForm(allauth.ResetPasswordForm):
    """The address whose password is forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = AddressField()


class _NewPassword:
    """A new password is asked for once: who mistypes it gets a code, and the second field gets nothing right."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        del self.fields["password2"]
        plain_password(
            self.fields["password1"],
            label=_("New password"),
            help_text=NEW_PASSWORD_HINT,
            required=NEW_PASSWORD_EMPTY,
        )


class ChangePasswordForm(_NewPassword, allauth.ChangePasswordForm):
    """The present password and a new one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_password(
            self.fields["oldpassword"], label=_("Present password"), required=_("Enter your present password.")
        )


class SetPasswordForm(_NewPassword, allauth.SetPasswordForm):
    """A first password, for somebody who signed in by code."""


class ReplacePasswordForm(_NewPassword, allauth.ResetPasswordKeyForm):
    """A new password in place of a forgotten one, after the code."""


class ReauthenticateForm(allauth.ReauthenticateForm):
    """The password once more, before something that matters."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        plain_password(self.fields["password"], label=_("Password"), required=_("Enter your password."))


class CodeForm(allauth.BaseConfirmCodeForm):
    """A code from a mail. allauth counts wrong ones in the session, which many requests at once can get past; the
    shared cache counts them all, right or wrong, whether or not there is an account behind the page."""

    code = CodeField()

    def clean_code(self) -> str:
        session = context.request.session.session_key or ""
        if not ratelimit.consume(context.request, action="guess_code", key=session):
            raise get_adapter().validation_error("too_many_login_attempts")
        code: str = super().clean_code()
        return code


class ConfirmAddressForm(CodeForm):
    """The code that proves an address. Only then may it be said that another account has it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.user: User | None = kwargs.pop("user", None)
        self.email: str = kwargs.pop("email", "")
        super().__init__(*args, **kwargs)

    def clean_code(self) -> str:
        code = super().clean_code()
        if self.user is not None:
            flows.release_claims(self.email, keep=self.user)
            if flows.holder(self.email) not in {None, self.user}:
                raise get_adapter().validation_error("email_taken")
        return code
