"""The two ways to show that it is still you, before an account is closed."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.closing import code
from accounts.fields import CodeField
from accounts.models import User


class PasswordForm(forms.Form):
    """The password of the account, once more."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "class": "full"}),
        error_messages={"required": _("Enter your password.")},
    )

    def __init__(self, user: User, *args: Any) -> None:
        super().__init__(*args)
        self.user = user

    def clean_password(self) -> str:
        """Only the right one."""
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password."), code="wrong")
        return password


class CodeForm(forms.Form):
    """The code from the mail."""

    code = CodeField()

    def __init__(self, request: HttpRequest, *args: Any) -> None:
        super().__init__(*args)
        self.request = request

    def clean_code(self) -> str:
        """Only the newest, in time."""
        given: str = self.cleaned_data["code"]
        if not code.is_right(self.request, given):
            raise forms.ValidationError(
                _("That is not the code, or it is over: it works for ten minutes."), code="wrong"
            )
        return given
