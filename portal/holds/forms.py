"""The small forms of holds. A form checks what was typed; the flows decide."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal import staff
from portal.holds import described, flows
from portal.holds.flows import Terms
from portal.personal_data.registry import Holding
from portal.subjects.models import Subject
from portal.subjects.posted_search import person_at

_MISSING_DAY: Final = {
    "required": _("Choose the day."),
    "invalid": _("Write the day as year, month and day: 2026-03-02."),
}


def _day(label: Any, hint: Any = "", *, required: bool = True) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget, error_messages=_MISSING_DAY)


def _why(label: Any) -> forms.CharField:
    missing = {"required": _("Write why.")}
    return forms.CharField(label=label, max_length=2000, widget=forms.Textarea({"rows": 3}), error_messages=missing)


class Plain(forms.Form):
    """Works without the browser's own bubbles; ``auto_id`` keeps the ids of one page apart."""

    use_required_attribute = False


class Place(Plain):
    """Terms of a hold. Below are what it can be on."""

    reason = _why(_("Why?"))
    owner = forms.ChoiceField(label=_("Who answers for it?"), error_messages={"required": _("Choose somebody.")})
    review_on = _day(_("Looked at again on"), _("We remind them and the privacy officers."))
    ends_on = _day(_("Last day"), _("If one is known."), required=False)
    lifts_itself = forms.BooleanField(
        label=_("It ends by itself after its last day"), required=False, help_text=_("If not, somebody has to lift it.")
    )

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["owner"].choices = [("", "—"), *staff.everybody()]  # type: ignore[attr-defined]  # a ChoiceField

    def on(self) -> Subject | Holding | Model:
        """What it is on, of a valid form; raises :class:`portal.holds.flows.Refused`."""
        raise NotImplementedError

    def terms(self) -> Terms:
        """Of a valid form."""
        names = ("reason", "owner", "review_on", "ends_on", "lifts_itself")
        return Terms(**{name: self.cleaned_data[name] for name in names})


class PlaceOnPerson(Place):
    """Everything about somebody."""

    person = forms.CharField(
        label=_("Whose data?"),
        help_text=_("An e-mail address, a phone number with its country code, or the number of a record."),
        max_length=500,
        error_messages={"required": _("Write whose data.")},
    )
    field_order = ("person",)

    def clean_person(self) -> Subject:
        """Whoever it is; raises ValidationError where nobody is known there."""
        found = person_at(self.cleaned_data["person"])
        if found is None:
            raise ValidationError(gettext("Nobody is known at this address or number."))
        return Subject.objects.get(pk=found)

    def on(self) -> Subject:
        person: Subject = self.cleaned_data["person"]
        return person


class PlaceOnKind(Place):
    """All rows of one holding."""

    holding = forms.ChoiceField(label=_("Which records?"), error_messages={"required": _("Choose which records.")})
    field_order: tuple[str, ...] = ("holding",)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["holding"].choices = [("", "—"), *described.kinds()]  # type: ignore[attr-defined]  # a ChoiceField

    def on(self) -> Holding | Model:
        found = described.holding_named(self.cleaned_data["holding"])
        if found is None:
            raise LookupError(self.cleaned_data["holding"])
        return found


class PlaceOnRecord(PlaceOnKind):
    """One row."""

    row = forms.CharField(
        label=_("Which one?"),
        help_text=_("Its number: the last part of the address of its page at the desk."),
        max_length=64,
        error_messages={"required": _("Write its number.")},
    )
    field_order = ("holding", "row")

    def on(self) -> Model:
        holding = super().on()
        if not isinstance(holding, Holding):
            raise TypeError(holding)
        return flows.find_row(holding, self.cleaned_data["row"])


class Extend(Plain):
    """Somebody looked again, and it stays."""

    reason = _why(_("Why must it stay?"))
    review_on = _day(_("Looked at again on"))
    ends_on = _day(_("Last day"), _("If one is known."), required=False)


class Lift(Plain):
    """It ends."""

    reason = _why(_("Why does it end?"))


PLACES: Final[dict[str, type[Place]]] = {"person": PlaceOnPerson, "record": PlaceOnRecord, "kind": PlaceOnKind}
