"""The forms that end a request: the answer, the refusal; and the one that takes more time."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsar import reasons
from dsar.admin.forms import Plain, words
from dsar.files.fields import FilesField
from dsar.flows import deadlines
from dsar.flows.answering import ANSWERS, Answer
from dsar.letters.letter import day
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


class GiveAnswer(_Reasoned):
    outcome = forms.ChoiceField(
        label=_("How is it answered?"),
        choices=[(one.value, one.label) for one in ANSWERS],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how the request is answered.")},
    )
    words = words(_("The answer"), _("It is mailed to the person."))
    attached = FilesField(label=_("Files"), required=False)

    field_order = ["outcome", "words", "attached", "reasons", "searched"]

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
