"""The two questions before ``/your-data/`` for who is not signed in: which address, and the code that went there."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.fields import AddressField, CodeField


class AskForm(forms.Form):
    """The address under which somebody thinks they are known."""

    address = AddressField(help_text=_("The address you gave us, or one that our mails come to."))


class CodeForm(forms.Form):
    """The code from the mail."""

    code = CodeField()
