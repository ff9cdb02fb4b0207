"""What the banner and the cookie page send. A form checks; what a choice means is decided in ``flows``."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from consent.cookies import register
from consent.cookies.in_force import InForce
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion

_LOST = _("Part of the form was lost on its way. Nothing was saved. Please choose again.")
_CHANGED = _("Our cookies changed while this page was open. Nothing was saved. Please look again, then choose.")

_SIGNAL = _(
    "Whether your browser sends Global Privacy Control changed while this page was open, and with it what we asked. "
    "Nothing was saved. Please look again, then choose."
)


class ChoiceForm(forms.Form):
    """One press: no to everything, yes to what was asked, or the switches as they stand.

    ``version`` is the number of the register that was on the screen, ``key`` names the press, ``gpc`` says whether the
    banner told of Global Privacy Control. The cleaned data holds ``choices``: yes or no by category.
    """

    do = forms.ChoiceField(choices=[(one, one) for one in ("none", "all", "save")])
    allow = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    gpc = forms.BooleanField(required=False)
    version = forms.IntegerField(min_value=1, max_value=2**31 - 1)
    key = forms.RegexField(r"\A[A-Za-z0-9_-]{22}\Z")

    def __init__(self, data: QueryDict, *, in_force: InForce) -> None:
        super().__init__(data)
        self.in_force = in_force

    @property
    def problem(self) -> str:
        """What is wrong, in words for the person. The fields are ours: a wrong one says that the page is not whole."""
        own = self.non_field_errors()
        return str(own[0] if own else _LOST) if self.errors else ""

    def clean(self) -> dict[str, Any]:
        """Nobody agrees to cookies they did not see: a register with something new in it has to be read first."""
        cleaned = super().clean() or {}
        current = self.in_force.current
        if self.errors or current is None:
            return cleaned
        if not register.valid_since(current) <= cleaned["version"] <= current.number:
            raise ValidationError(_CHANGED)
        cleaned["choices"] = self._choices(cleaned)
        return cleaned

    def _choices(self, cleaned: dict[str, Any]) -> dict[str, bool]:
        try:
            seen = versions.numbered(cleaned["version"]).organisation
        except OrganisationVersion.DoesNotExist:
            raise ValidationError(_CHANGED) from None
        offered = register.optional(seen)
        # What the browser's signal has refused is not part of the banner's question, and so not of the answer to it.
        asked = [code for code, one in offered.items() if not (self.in_force.signal and register.ends_by_gpc(one))]
        # “All” means what the banner said. Where the signal left nothing to allow it would be a no in place of a yes.
        if cleaned["do"] == "all" and offered and (not asked or cleaned["gpc"] != (len(asked) < len(offered))):
            raise ValidationError(_SIGNAL)
        wanted = {"none": [], "all": asked, "save": cleaned["allow"] or []}[cleaned["do"]]
        if set(wanted) - set(offered):
            raise ValidationError(_CHANGED)
        return {code: code in wanted for code in offered}
