"""The small forms of what staff do with a request. A form checks what was typed; the flows decide."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dsar.files.fields import FilesField
from dsar.flows import deadlines, identity
from dsar.flows.answering import WORKS_ON_REQUESTS
from dsar.forms import LineField, TextField
from dsar.models import IdentityCheck, Request
from portal.subjects.models import Subject
from portal.subjects.posted_search import person_at

_LONGEST_NOTE: Final = 2000


def words(label: Any, hint: Any = "", *, required: bool = True, most: int = 10_000) -> TextField:
    """Some paragraphs to write."""
    missing = {"required": _("Write something here.")}
    return TextField(label=label, help_text=hint, required=required, max_length=most, error_messages=missing)


class DayField(forms.DateField):
    """A day that has come."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def __init__(self, **options: Any) -> None:
        missing = {"required": _("Choose the day."), "invalid": _("Write the day as year, month and day: 2026-03-02.")}
        super().__init__(error_messages=missing, **options)

    def clean(self, value: Any) -> date | None:
        """The day; raises ValidationError for one still to come."""
        day: date | None = super().clean(value)
        if day is not None and day > deadlines.today():
            raise ValidationError(gettext("This day is still to come. Choose today or an earlier day."))
        return day


class Plain(forms.Form):
    """A button alone. ``about`` is the request, ``user`` who acts; the code keeps ids of one page apart."""

    use_required_attribute = False

    def __init__(self, data: Any = None, files: Any = None, *, about: Request, user: User, code: str) -> None:
        super().__init__(data, files, auto_id=f"{code}_%s")
        self.about, self.user = about, user
        self.prepare()

    def prepare(self) -> None:
        """Fits the fields to the request."""
        for field in self.fields.values():
            if isinstance(field, FilesField):
                field.already = self.about.files_kept
            if isinstance(field, DayField):
                field.initial = deadlines.today()

    def facts(self) -> list[tuple[str, str]]:
        """What staff read before they press the button."""
        return []

    def done(self) -> str:
        """What is said once it is done, where that depends on what was typed."""
        return ""

    def clean(self) -> dict[str, Any]:
        """No day before the request itself came."""
        cleaned = super().clean() or {}
        day = cleaned.get("day")
        if day is not None and day < deadlines.local_day(self.about):
            self.add_error("day", gettext("This day is before the request came."))
        return cleaned


class SendBack(Plain):
    words = words(_("What is missing?"), required=False)


class AskClarification(Plain):
    words = words(_("What do you need to know, and why?"), _("Ask what is wanted, not in which form. It is mailed."))


class Explained(Plain):
    words = words(_("What did they say?"))
    day = DayField(label=_("When did it reach us?"))


class GiveUp(Plain):
    words = words(_("A word to the person"), required=False)


class Arrived(Plain):
    words = words(_("What arrived?"), _("Never copy a number of a document."), most=_LONGEST_NOTE)
    day = DayField(label=_("When did it reach us?"), help_text=_("The time to answer starts with this day."))


class Settle(Plain):
    result = forms.ChoiceField(
        label=_("What came of the check?"),
        choices=[("shown", _("It is them, or they may ask")), ("not_shown", _("Not shown: close the request"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    words = words(_("A word to the person"), _("Mailed only if it was not shown."), required=False)


class AskIdentity(Plain):
    """The doubt comes first: without one nothing may be asked for (Article 12(6))."""

    doubt = words(
        _("Why do you doubt who asks?"), _("The person reads this in the mail that asks them."), most=_LONGEST_NOTE
    )
    method = forms.ChoiceField(
        label=_("How can they show it?"), widget=forms.RadioSelect, error_messages={"required": _("Choose how.")}
    )
    documents = forms.MultipleChoiceField(
        label=_("Which documents?"),
        help_text=_("Only those the policy permits, and no more than you need."),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    certified = forms.BooleanField(label=_("They must be certified copies"), required=False)

    def prepare(self) -> None:
        """Offers what the organisation's policy permits, and nothing else."""
        super().prepare()
        policy, method = identity.permitted(self.about), IdentityCheck.Method
        ways = [method.QUESTION, method.IN_PERSON]
        if policy.documents:
            ways = [*ways, method.DOCUMENT, *([method.POST] if policy.by_post else [])]
            self.fields["documents"].choices = [(one, one) for one in policy.documents]  # type: ignore[attr-defined]
        else:
            del self.fields["documents"]
        if not (policy.documents and policy.certified):
            del self.fields["certified"]
        self.fields["method"].choices = [(one.value, one.label) for one in ways]  # type: ignore[attr-defined]


class Message(Plain):
    words = words(_("Your message"), _("It is mailed to the person."), required=False)
    attached = FilesField(label=_("Files"), required=False)


class Note(Plain):
    words = words(
        _("Your note"), _("The page does not show it to the person. A copy of their data does."), required=False
    )
    attached = FilesField(label=_("Files"), required=False)


class Progress(Plain):
    words = words(_("How does it stand?"), _("It is mailed to the person."))


class PassOn(Plain):
    to = LineField(
        label=_("Whose data are they?"),
        help_text=_("The name of the business, as the person knows it."),
        max_length=200,
        error_messages={"required": _("Write to whom it is passed on.")},
    )
    words = words(_("A word to the person"), required=False)


class Withdrawn(Plain):
    words = words(_("How did they say so?"), _("For example: by phone, on Monday."))


class Corrected(Plain):
    before = LineField(label=_("What stood there?"), required=False)
    after = LineField(label=_("What stands there now?"), error_messages={"required": _("Write what stands there now.")})


class Rectify(Plain):
    """Nothing to fill in: what is written and what was, to be read before it is done."""

    def facts(self) -> list[tuple[str, str]]:
        """The name before and after."""
        account = User.objects.filter(subject=self.about.subject).first()
        before = account.name if account is not None else ""
        after = str(self.about.details.get("right", ""))
        return [(gettext("Now"), before or "–"), (gettext("Then"), after)]


class HumanReview(Plain):
    changed = forms.ChoiceField(
        label=_("What came of it?"),
        choices=[("no", _("The decision stands")), ("yes", _("The decision is changed"))],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what came of it.")},
    )
    words = words(_("What did you find?"))


class Lift(Plain):
    words = words(_("Why does the restriction end?"), _("The person is told before it ends."))


class Join(Plain):
    reference = LineField(
        label=_("Reference of the first request"),
        max_length=20,
        error_messages={"required": _("Write its reference, as in R-7KMX-9QWD.")},
    )

    def clean_reference(self) -> Request:
        """The request; raises ValidationError where there is none."""
        found = Request.objects.referred_to(self.cleaned_data["reference"]).first()
        if found is None:
            raise ValidationError(gettext("No request has this reference."))
        return found


class Person(Plain):
    person = LineField(
        label=_("An address of theirs"),
        help_text=_("An e-mail address, or a phone number with its country code."),
        error_messages={"required": _("Write an address of theirs.")},
    )

    def clean_person(self) -> Subject:
        """The person; raises ValidationError where nobody is known."""
        known = person_at(self.cleaned_data["person"])
        if known is None:
            raise ValidationError(gettext("Nobody is known at this address."))
        return Subject.objects.get(pk=known)


class StaffField(forms.ModelChoiceField[User]):
    def label_from_instance(self, obj: User) -> str:
        return obj.get_full_name()


class Assign(Plain):
    assignee = StaffField(User.objects.none(), label=_("Who works on it?"), required=False, empty_label=_("Nobody"))

    def prepare(self) -> None:
        """Offers staff who may work on requests."""
        field = self.fields["assignee"]
        field.queryset = User.objects.who_may(WORKS_ON_REQUESTS).order_by("name", "email")  # type: ignore[attr-defined]
        field.initial = self.about.assignee_id

    def done(self) -> str:
        """Who has it now."""
        given: User | None = self.cleaned_data["assignee"]
        if given is None:
            return gettext("Assigned to nobody.")
        return gettext("Assigned to %(name)s.") % {"name": given.get_full_name()}
