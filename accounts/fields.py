"""Form fields of the account pages. allauth's carry placeholders, which vanish when they are needed most."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from portal.subjects import identity
from portal.subjects.models import Channel


class AddressField(forms.CharField):
    """An e-mail address; its value is the identity, so that every spelling finds the same account.

    Non-ASCII before the @ is refused: few mail servers take it (RFC 6531), and an account that cannot be
    written to cannot be proved.
    """

    widget = forms.EmailInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("E-mail address"))
        kwargs.setdefault("error_messages", {"required": _("Enter your e-mail address.")})
        super().__init__(strip=True, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "autocomplete": "email",
            "autocapitalize": "none",
            "spellcheck": "false",
            "class": "full",
        }

    def clean(self, value: Any) -> str:
        try:
            known = identity.normalise(Channel.EMAIL, super().clean(value))
        except identity.InvalidAddress as error:
            raise ValidationError(error.message, code=error.reason) from None
        try:
            validate_email(known)
        except ValidationError:
            raise ValidationError(str(identity.MESSAGES[identity.Fault.LOCAL_PART]), code="local_part") from None
        return known


class CodeField(forms.CharField):
    """A code from a mail. Small letters, blanks and a missing dash do not matter."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Code from the mail"))
        kwargs.setdefault("help_text", _("Eight letters, like BCDF-GHJK. Capital or small, with or without the dash."))
        kwargs.setdefault("error_messages", {"required": _("Enter the code from the mail.")})
        super().__init__(max_length=40, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "autocomplete": "one-time-code",
            "autocapitalize": "characters",
            "spellcheck": "false",
        }


def plain_password(field: forms.Field, *, label: Any, help_text: Any = "", required: Any = None) -> None:
    """Words for one of allauth's password fields, and no placeholder; ``required`` is the message for an empty one."""
    field.label, field.help_text = label, help_text
    field.widget.attrs.pop("placeholder", None)
    field.widget.attrs["class"] = "full"
    if required:
        field.error_messages["required"] = required
