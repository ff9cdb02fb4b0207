"""Form controls of the portal's look that Django does not have: a switch, and choices that carry a hint."""

from __future__ import annotations

from django import forms
from django.utils.functional import Promise


class SwitchInput(forms.CheckboxInput):
    """One choice, on or off; sent with the form like any checkbox, and says On or Off in words."""

    def __init__(self, attrs: dict[str, str] | None = None) -> None:
        super().__init__({"role": "switch", **(attrs or {})})


class Hinted(str):
    """The label of a choice, with a second line in smaller type: ``Hinted("Newsletter", "Twice a month.")``."""

    hint: str | Promise

    def __new__(cls, label: object, hint: str | Promise = "") -> Hinted:
        made = super().__new__(cls, label)
        made.hint = hint
        return made
