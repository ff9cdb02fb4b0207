"""What the pages of requests take in. A form checks; what it means is decided in ``dsar.flows``."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.preferences.forms import AddressField
from dsar import matters
from dsar.files.fields import FilesField
from dsar.flows import talking
from dsar.flows.asking import Wish
from dsar.managers import RequestQuerySet
from dsar.matters import Kind, Question
from dsar.models import Request
from dsar.vocabulary import Behalf, Matter, State
from portal.organisation.schema import Organisation, RequestsOf
from portal.widgets import Hinted

LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = talking.LONGEST
_ANSWER: Final = "answer_"


class LineField(forms.CharField):
    """One line of text: breaks and runs of blanks in it become one blank."""

    def __init__(self, *, max_length: int = LONGEST_LINE, **options: Any) -> None:
        super().__init__(max_length=max_length, **options)
        self.widget.attrs.setdefault("class", "full")

    def to_python(self, value: Any) -> str:
        """The line, without breaks."""
        return " ".join((super().to_python(value) or "").split())


class TextField(forms.CharField):
    """Some paragraphs."""

    def __init__(self, *, max_length: int = LONGEST_TEXT, **options: Any) -> None:
        # No maxlength in the page: a browser would cut off what somebody pastes, and say nothing.
        super().__init__(widget=forms.Textarea({"rows": 5}), **options)
        self.longest = max_length

    def clean(self, value: Any) -> str:
        """The text, with line breaks as ``\\n``; raises ValidationError for one that is too long."""
        text: str = super().clean(value).replace("\r\n", "\n")
        if len(text) > self.longest:
            words = gettext("Write at most %(most)s characters. You can send the rest as a file afterwards.")
            raise ValidationError(words % {"most": f"{self.longest:,}"}, code="max_length")
        return text


class AskForm(forms.Form):
    """A request: the questions of its matter, and no more about who asks than is needed to answer.

    ``guest`` are asked where to write to. ``about`` are the requests a complaint may name. ``once`` is drawn with the
    form, so that one sent twice is taken once.
    """

    once = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None,
        *,
        matter: Matter,
        organisation: Organisation,
        guest: bool,
        about: RequestQuerySet,
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial={"once": uuid.uuid4(), "behalf": Behalf.SELF, **(initial or {})})
        self.matter, self.organisation = matter, organisation
        if passes_on(organisation):
            self.fields["role"] = _role_field(organisation)
        for question in matters.questions(matter, organisation):
            self.fields[_ANSWER + question.code] = _field_of(question, organisation)
        if matter is Matter.COMPLAINT and about.exists():
            self.fields["about"] = _about_field(about, organisation)
        if guest:
            hint = _("We mail a code there, to see that it is you who asks. The answer goes there too.")
            self.fields["address"] = AddressField(help_text=hint)
            self.fields["name"] = _name_field()
        if matter is not Matter.COMPROMISE:
            self.fields["behalf"], self.fields["on_behalf_of"] = _behalf_field(), _whom_field()

    def questions(self) -> Iterator[forms.BoundField]:
        """What is asked about the matter itself."""
        for name in self.fields:
            if name in {"role", "about"} or name.startswith(_ANSWER):
                yield self[name]

    def who(self) -> Iterator[forms.BoundField]:
        """What is asked about who asks."""
        for name in ("address", "name"):
            if name in self.fields:
                yield self[name]

    def for_another(self) -> list[forms.BoundField]:
        """What is asked of somebody who asks for somebody else."""
        return [self[name] for name in ("behalf", "on_behalf_of") if name in self.fields]

    def asks_for_another(self) -> bool:
        """Whether that part is filled in, or has something to be put right: it is then shown open."""
        fields = self.for_another()
        return any(field.errors for field in fields) or bool(fields and fields[0].value() != Behalf.SELF)

    def clean(self) -> dict[str, Any]:
        """Whom somebody asks for is named, and only where they ask for somebody else."""
        cleaned = super().clean() or {}
        behalf, whom = cleaned.get("behalf"), cleaned.get("on_behalf_of")
        if behalf in {Behalf.AGENT, Behalf.PARENT} and whom == "":
            self.add_error("on_behalf_of", gettext("Write the name of the person you ask for."))
        if behalf == Behalf.SELF and whom:
            self.add_error("behalf", gettext("You wrote a name below. Choose how you may ask for that person."))
        return cleaned

    def wish(self, name: str = "") -> Wish:
        """What was asked for, of a valid form; ``name`` is who asks, where that is known."""
        given = self.cleaned_data
        details = {code.removeprefix(_ANSWER): str(value) for code, value in given.items() if code.startswith(_ANSWER)}
        return Wish(
            self.matter,
            details,
            name=given.get("name") or name,
            behalf=Behalf(given.get("behalf") or Behalf.SELF),
            on_behalf_of=given.get("on_behalf_of") or "",
            role=given.get("role") or "",
            complains_about=given.get("about"),
            key=given["once"],
        )


class CodeForm(forms.Form):
    """The code from the mail, in any case, with or without its hyphen."""

    code = forms.CharField(
        label=_("The code from our mail"),
        help_text=_("Eight letters, such as BCDF-GHJK. It works for ten minutes."),
        max_length=40,
        widget=forms.TextInput(
            {"autocomplete": "one-time-code", "autocapitalize": "characters", "spellcheck": "false"}
        ),
        error_messages={"required": _("Type the code from our mail.")},
    )


class _EitherField(TextField):
    """Asked for like any other; whether files will do in its place, the form decides."""

    def validate(self, value: Any) -> None:
        """Empty is for the form to judge."""


class _WhomInput(forms.TextInput):
    """Not announced as required to who asks for themselves."""

    def use_required_attribute(self, initial: Any) -> bool:  # noqa: ARG002  # the signature is Django's
        """Never."""
        return False


class _WhomField(LineField):
    """No optional one: who asks for somebody else has to name them. Whether they do, the form decides."""

    def validate(self, value: Any) -> None:
        """Empty is for the form to judge."""


class MessageForm(forms.Form):
    """A message about a request, with files; either alone will do."""

    words = _EitherField(label=_("Write to us"))
    attached = FilesField(label=_("Add files, if they help"), required=False)

    use_required_attribute = False

    def __init__(self, data: Any = None, files: MultiValueDict[str, Any] | None = None, *, request: Request) -> None:
        super().__init__(data, files, auto_id="message_%s")
        if request.state == State.CLARIFICATION_PAUSED:
            self.fields["words"].label = _("Your answer")
        self.fields["attached"].already = request.files_kept  # type: ignore[attr-defined]  # as declared above

    def clean(self) -> dict[str, Any]:
        """There is something to send."""
        cleaned = super().clean() or {}
        if not self.errors and not cleaned["words"] and not cleaned["attached"]:
            self.add_error("words", gettext("Write something, or add a file."))
        return cleaned


class ProofForm(forms.Form):
    """Documents that show who asks, or that they may."""

    attached = FilesField(label=_("Your proof"), error_messages={"required": _("Choose a file.")})

    def __init__(self, data: Any = None, files: MultiValueDict[str, Any] | None = None) -> None:
        super().__init__(data, files, auto_id="proof_%s")


class AnswerForm(forms.Form):
    """The answer to a question that only the person can answer."""

    answer = TextField(label=_("Your answer"), max_length=2000, error_messages={"required": _("Write your answer.")})

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="proof_%s")


def passes_on(organisation: Organisation) -> bool:
    """Whether some people's requests belong to another controller, so that everybody is asked who they are."""
    return any(role.requests is RequestsOf.PASS_ON for role in organisation.roles.values())


def _role_field(organisation: Organisation) -> forms.ChoiceField:
    roles = [(code, Hinted(role.title, str(role.sentence))) for code, role in organisation.roles.items()]
    missing = {"required": _("Choose who you are to us: it decides who answers you.")}
    return forms.ChoiceField(
        label=_("Whose data are they?"), choices=roles, widget=forms.RadioSelect, error_messages=missing
    )


def _field_of(question: Question, organisation: Organisation) -> forms.Field:
    options: dict[str, Any] = {
        "label": question.label,
        "help_text": question.hint,
        "required": question.required,
        "error_messages": {"required": question.missing} if question.missing else {},
    }
    if question.choices is not None:
        options["error_messages"]["invalid_choice"] = _("Choose one of these.")
        return forms.ChoiceField(choices=question.choices(organisation), widget=forms.RadioSelect, **options)
    return LineField(**options) if question.kind is Kind.LINE else TextField(**options)


class _AboutField(forms.ModelChoiceField[Request]):
    def __init__(self, queryset: RequestQuerySet, *, organisation: Organisation, **options: Any) -> None:
        super().__init__(queryset, **options)
        self.organisation = organisation

    def label_from_instance(self, obj: Request) -> str:
        return f"{matters.title(Matter(obj.matter), self.organisation)} ({obj.reference})"


def _about_field(about: RequestQuerySet, organisation: Organisation) -> forms.ModelChoiceField[Request]:
    return _AboutField(
        about,
        organisation=organisation,
        label=_("Is it about an earlier request?"),
        required=False,
        empty_label=gettext("No, about something else"),
        error_messages={"invalid_choice": _("Choose one of these.")},
    )


def _name_field() -> forms.Field:
    hint = _("So that we know how to address you.")
    return LineField(
        label=_("Your name"), help_text=hint, required=False, max_length=200,
        widget=forms.TextInput({"autocomplete": "name"}),
    )  # fmt: skip


def _behalf_field() -> forms.Field:
    agent = Hinted(_("For somebody who asked me to"), _("We then need to see that they let you: a letter they signed."))
    parent = Hinted(
        _("For my child"), _("Or a child in your care. We then need to see that you are a parent or guardian.")
    )
    choices = [(Behalf.SELF.value, _("For myself")), (Behalf.AGENT.value, agent), (Behalf.PARENT.value, parent)]
    invalid = {"required": _("Choose for whom you ask."), "invalid_choice": _("Choose one of these.")}
    return forms.ChoiceField(
        label=_("For whom do you ask?"), choices=choices, widget=forms.RadioSelect, error_messages=invalid
    )


def _whom_field() -> forms.Field:
    hint = _("Only if you ask for somebody else.")
    return _WhomField(label=_("Their name"), help_text=hint, max_length=200, widget=_WhomInput)
