"""What the preference pages take in. A form checks; what a choice means is decided in ``flows``."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.preferences import catalogue
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current
from portal.subjects.identity import InvalidAddress, normalise
from portal.subjects.models import Channel

LONGEST_PAUSE = timedelta(days=365)


class AddressField(forms.CharField):
    """One e-mail address. The cleaned value is the address as typed; what makes it one is ``identity.normalise``."""

    widget = forms.EmailInput(attrs={"autocomplete": "email", "class": "full"})

    def __init__(self, **options: Any) -> None:
        options.setdefault("label", _("Your e-mail address"))
        options.setdefault("error_messages", {"required": _("Type your e-mail address, as in name@example.org.")})
        super().__init__(**options)

    def clean(self, value: Any) -> str:
        """The address; raises ``ValidationError`` with what is wrong in words, never with the address in it."""
        address: str = super().clean(value)
        try:
            normalise(Channel.EMAIL, address)
        except InvalidAddress as error:
            raise ValidationError(str(error.message), code="address") from None
        return address


class TopicsField(forms.MultipleChoiceField):
    """Codes of topics on offer. One that is unknown, or was retired while the page was open, saves nothing."""

    default_error_messages = {
        "required": _("Choose at least one topic."),
        "invalid_choice": _("One of the topics is no longer offered. Nothing was saved. Please look again."),
    }


class SubscribeForm(forms.Form):
    """An address, topics, and the age where the organisation has a least one. Nothing is ticked beforehand."""

    topics = TopicsField(widget=forms.CheckboxSelectMultiple)
    address = AddressField(help_text=_("The link to confirm goes there."))
    shown = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: QueryDict | None, *, current: Current) -> None:
        super().__init__(data)
        self.current = current
        organisation = current.organisation
        offered = [topic for section in catalogue.offered(organisation) for topic in section.topics]
        choices = [(topic.code, topic.wording) for topic in offered]
        self.fields["topics"].choices = choices  # type: ignore[attr-defined]  # a choice field, as declared above
        if organisation.marketing.minimum_age is not None:
            self.fields["old_enough"] = age_field(organisation)

    def clean(self) -> dict[str, Any]:
        """Nobody agrees to words they did not see: if the file changed under the open page, they read again."""
        cleaned = super().clean() or {}
        topics, shown = cleaned.get("topics"), cleaned.get("shown")
        if topics and not (shown and catalogue.same_words(shown, self.current, topics)):
            raise ValidationError(_("Our words changed while this page was open. Please read them again, then send."))
        return cleaned


def age_field(organisation: Organisation, *, required: bool = True) -> forms.BooleanField:
    """“I am 16 or over”, in the words of the file: a yes is all that is asked, and a birth date is never stored."""
    age = {"age": organisation.marketing.minimum_age}
    declaration = organisation.children.declaration
    return forms.BooleanField(
        required=required,
        label=str(declaration) if declaration else gettext("I am %(age)d or over") % age,
        help_text=_("We send marketing to nobody younger."),
        error_messages={
            "required": gettext("We may write to you only if you are %(age)d or over. Tick the box if you are.") % age
        },
    )


class ChoicesForm(forms.Form):
    """The switches of the preference page, by name (``newsletter.email``).

    ``was`` are those that stood on when the page was made, ``version`` the last event known then: together they
    tell what the person switched from what merely lay there, and a page grown old from a fresh one.
    """

    on = TopicsField(required=False)
    was = forms.Field(required=False, widget=forms.MultipleHiddenInput)
    version = forms.IntegerField(min_value=0)
    shown = forms.IntegerField(min_value=0)

    def __init__(self, *args: Any, names: Iterable[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.names = frozenset(names)
        choices = [(name, name) for name in self.names]
        self.fields["on"].choices = choices  # type: ignore[attr-defined]  # a choice field, as declared above

    def in_words(self) -> list[str]:
        """What is wrong, once each. The hidden fields are ours: if they are, the page was not made by us."""
        words = [error for name in ("on", "version", "shown") for error in self.errors.get(name, [])]
        return list(dict.fromkeys(str(word) for word in words))

    def clean_was(self) -> frozenset[str]:
        """The switches that stood on. Those of a topic retired since are of no concern any more."""
        return frozenset(self.cleaned_data["was"] or ()) & self.names

    def clean_on(self) -> frozenset[str]:
        return frozenset(self.cleaned_data["on"])


class PauseForm(forms.Form):
    """The day on which marketing may start again."""

    until = forms.DateField(
        label=_("No marketing until"),
        error_messages={"required": _("Choose a day."), "invalid": _("This is no date. Write it like 2026-12-24.")},
    )

    def __init__(self, data: QueryDict, *, today: date) -> None:
        super().__init__(data, auto_id="%s")
        self.today = today

    def clean_until(self) -> date:
        """A day after today, at most a year away; for longer there is stop."""
        until: date = self.cleaned_data["until"]
        if until <= self.today:
            raise ValidationError(_("Choose a day after today."), code="past")
        if until > self.today + LONGEST_PAUSE:
            raise ValidationError(
                _("Choose a day within a year. To stop for good, use “Stop all marketing”."), code="far"
            )
        return until


class StopAddressForm(forms.Form):
    """The address to which all marketing shall stop."""

    address = AddressField(label=_("The e-mail address our mails go to"))
