"""The forms of an answer: its draft, the draft as it is read before it goes; the refusal; and more time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsar import reasons
from dsar.admin.forms import Plain, words
from dsar.files.fields import FilesField
from dsar.flows import answering, deadlines
from dsar.flows.answering import ANSWERS, Answer
from dsar.letters.letter import day
from dsar.letters.to_person import reasons_of
from dsar.timeline import moment
from dsar.vocabulary import Matter, Outcome
from portal.organisation import versions
from portal.widgets import Hinted


class Extend(Plain):
    words = words(_("Why does it take longer?"), _("Only the request's complexity, or the number of requests, counts."))

    def facts(self) -> list[tuple[str, str]]:
        """Until when the person can be told."""
        counted = deadlines.deadline(self.about)
        return [(gettext("To be told by"), day(counted.tell_by))] if counted else []


class _Reasoned(Plain):
    reasons = forms.MultipleChoiceField(
        label=_("Reasons"), required=False, widget=forms.CheckboxSelectMultiple, help_text=_("For what you withhold.")
    )
    searched = words(_("Which searches were made?"), required=False)

    def prepare(self) -> None:
        """Offers the reasons that this matter and this law know, each with its source."""
        super().prepare()
        law = versions.get(self.about.organisation_version_id).organisation.law.statute
        usable = reasons.usable(Matter(self.about.matter), law)
        offered = [(one.code, Hinted(one.sentence, one.source_in(law))) for one in usable]
        self.fields["reasons"].choices = offered  # type: ignore[attr-defined]  # a choice field, as declared above


class WriteAnswer(_Reasoned):
    outcome = forms.ChoiceField(
        label=_("How is it answered?"),
        choices=[(one.value, one.label) for one in ANSWERS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the request is answered.")},
    )
    words = words(_("The answer"), _("It is mailed to the person as it stands here, once it is approved."))
    keep = forms.MultipleChoiceField(
        label=_("Files of the last draft"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("Those not ticked are not sent."),
    )  # fmt: skip
    attached = FilesField(label=_("Files"), required=False)

    field_order = ["outcome", "words", "keep", "attached", "reasons", "searched"]

    def prepare(self) -> None:
        """Begins with what was written last."""
        super().prepare()
        last = answering.latest_draft(self.about)
        files = [(str(file.pk), file.name) for file in last.attachments.all()] if last is not None else []
        if not files:
            del self.fields["keep"]
        else:
            self.fields["keep"].choices = files  # type: ignore[attr-defined]  # a choice field, as declared above
        if last is not None:
            self.initial = {**last.facts, "words": last.words, "keep": [pk for pk, _name in files]}

    @property
    def kept(self) -> list[UUID]:
        """The files of the last draft that go with this one, of a valid form."""
        return [UUID(pk) for pk in self.cleaned_data.get("keep", ())]

    def answer(self) -> Answer:
        """The answer, of a valid form. Reasons and searches belong to one that withholds a part."""
        given = self.cleaned_data
        outcome = Outcome(given["outcome"])
        partly = (given["reasons"], given["searched"]) if outcome is Outcome.PARTLY else ((), given["searched"])
        return Answer(outcome, given["words"], partly[0], partly[1], given["attached"])


class Refuse(_Reasoned):
    words = words(_("Explain it in your own words"), _("It is mailed to the person, with how to complain."))

    field_order = ["reasons", "words", "searched"]

    def prepare(self) -> None:
        """Here a reason and the searches are a must."""
        super().prepare()
        for name, missing in (("reasons", _("Choose at least one reason.")), ("searched", _("Write which."))):
            self.fields[name].required = True
            self.fields[name].error_messages["required"] = missing

    def answer(self) -> Answer:
        """The refusal, of a valid form."""
        given: dict[str, Any] = self.cleaned_data
        return Answer(Outcome.REFUSED, given["words"], given["reasons"], given["searched"])


class ReadAnswer(Plain):
    """The draft, to be read. It names the draft that was shown, so that no other is approved or sent."""

    draft = forms.IntegerField(widget=forms.HiddenInput)

    def prepare(self) -> None:
        """Looks the draft up."""
        super().prepare()
        self.read = answering.draft_of(self.about)
        self.fields["draft"].initial = self.read.pk if self.read is not None else None

    def facts(self) -> list[tuple[str, str]]:
        """All that goes to the person, and who wrote it."""
        if self.read is None:
            return []
        organisation = versions.get(self.about.organisation_version_id).organisation
        partly = self.read.facts["outcome"] == Outcome.PARTLY
        reasons_given = reasons_of(self.read, organisation) if partly else ()
        files = [file.name for file in self.read.attachments.all()]
        names = {"name": self.read.staff.get_full_name() if self.read.staff else "", "when": moment(self.read.at)}
        return [
            (gettext("Written by"), gettext("%(name)s, %(when)s") % names),
            (gettext("How it is answered"), str(Outcome(self.read.facts["outcome"]).label)),
            (gettext("The answer"), self.read.words),
            *((gettext("Why not all of it"), reason) for reason in reasons_given),
            (gettext("Files"), ", ".join(files) or gettext("none")),
        ]
