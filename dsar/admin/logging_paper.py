"""Writing down what came by letter, mail, phone or in person: first the matter, then its form; no script needed."""

from __future__ import annotations

from datetime import date
from typing import Any, cast

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from dsar import matters
from dsar.admin.base import DeskView
from dsar.admin.forms import DayField
from dsar.clock.happenings import FIRST_YEAR
from dsar.flows import asking, deadlines
from dsar.flows.asking import Logged, Wish
from dsar.flows.steps import Refused
from dsar.forms import AskForm, LineField
from dsar.models import Request
from dsar.vocabulary import Arrival, Behalf, Matter
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.subjects.identity import InvalidAddress, normalise
from portal.subjects.models import Channel
from portal.widgets import Hinted

ON_PAPER = [arrival for arrival in Arrival if arrival is not Arrival.PORTAL]


class LogForm(AskForm):
    """The questions of the matter, and how it came: nothing else is known of a letter."""

    arrival = forms.ChoiceField(
        label=_("How did it reach us?"),
        choices=[(one.value, one.label) for one in ON_PAPER],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose how it reached us.")},
    )
    received = DayField(
        label=_("When did it reach us?"),
        help_text=_("The day it arrived, even if nobody opened it then. The time for the answer is counted from it."),
    )
    name = LineField(label=_("Name of the person"), max_length=200, required=False)
    address = LineField(
        label=_("E-mail address"),
        help_text=_("The receipt goes there, and the answer."),
        required=False,
        max_length=254,
    )
    postal_address = forms.CharField(
        label=_("Postal address"), required=False, max_length=500, widget=forms.Textarea({"rows": 4})
    )

    use_required_attribute = False

    def __init__(self, data: Any = None, *, matter: Matter, organisation: Organisation) -> None:
        about = Request.objects.none()
        super().__init__(data, matter=matter, organisation=organisation, guest=False, about=about)
        if matter is Matter.COMPLAINT:
            label = _("Reference of the request they complain about")
            self.fields["complains_about"] = LineField(label=label, required=False, max_length=20)
        self._in_our_voice()
        last = ["name", "address", "postal_address", "behalf", "on_behalf_of"]
        middle = [name for name in self.fields if name not in {"arrival", "received", *last}]
        self.order_fields(["arrival", "received", *middle, *last])

    def _in_our_voice(self) -> None:
        """The person's form speaks to the person; here staff write down what somebody else wants."""
        if "behalf" not in self.fields:
            return
        choices = [
            (Behalf.SELF.value, _("The person themselves")),
            (Behalf.AGENT.value, Hinted(_("Somebody they authorised"), _("Proof of it is asked for at once."))),
            (Behalf.PARENT.value, Hinted(_("A parent, for a child"), _("Proof of it is asked for at once."))),
        ]
        self.fields["behalf"].label, self.fields["behalf"].choices = _("Who asks?"), choices  # type: ignore[attr-defined]
        self.fields["on_behalf_of"].label = _("Name of the person it is about")
        self.fields["on_behalf_of"].help_text = _("Only if somebody else asks for them.")

    def clean_received(self) -> date:
        """The day; raises ValidationError for one before any such law."""
        day: date = self.cleaned_data["received"]
        if day.year < FIRST_YEAR:
            raise ValidationError(gettext("This day is too long ago. Check the year."))
        return day

    def clean_address(self) -> str:
        """The address; raises ValidationError with what is wrong, never with the address in it."""
        typed = str(self.cleaned_data["address"])
        if typed:
            try:
                normalise(Channel.EMAIL, typed)
            except InvalidAddress as error:
                raise ValidationError(str(error.message)) from None
        return typed

    def clean_complains_about(self) -> Request | None:
        """The request complained about; raises ValidationError where there is none."""
        typed = self.cleaned_data["complains_about"]
        found = Request.objects.referred_to(typed).first() if typed else None
        if typed and found is None:
            raise ValidationError(gettext("No request has this reference."))
        return found

    def clean(self) -> dict[str, Any]:
        """Somebody can be answered only where an address is known."""
        cleaned = super().clean()
        if not self.errors and not cleaned["address"] and not cleaned["postal_address"].strip():
            self.add_error("address", gettext("Write an e-mail address or a postal address: the answer goes there."))
        return cleaned

    def wish(self, name: str = "") -> Wish:
        """What was asked for, of a valid form."""
        given = self.cleaned_data
        found = super().wish(name)
        return Wish(**{**vars(found), "complains_about": given.get("complains_about")})

    def how(self) -> Logged:
        """How it came, of a valid form."""
        given = self.cleaned_data
        return Logged(Arrival(given["arrival"]), given["received"], given["address"], given["postal_address"])


class Log(DeskView):
    """Without a matter the choice of one; with it the form."""

    needs = "dsar.add_request"

    def get(self, request: HttpRequest) -> HttpResponse:
        """Either step."""
        organisation = versions.current().organisation
        if "matter" in request.GET:
            return self._shown(LogForm(matter=self._matter(), organisation=organisation))
        offered = [(one, matters.title(one, organisation)) for one in matters.offered(organisation)]
        context = self.frame(gettext("Log a request: what is asked for?"), offered=offered)
        return render(request, "admin/dsar/request/log_matter.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Logs it, counted from the day it came."""
        form = LogForm(request.POST, matter=self._matter(), organisation=versions.current().organisation)
        made = self._made(form) if form.is_valid() else None
        if made is None:
            return self._shown(form)
        messages.success(request, gettext("Logged as %(reference)s.") % {"reference": made.reference})
        return redirect("admin:dsar_request_change", made.pk)

    def _made(self, form: LogForm) -> Request | None:
        try:
            return asking.log(cast("User", self.request.user), form.wish(), form.how())
        except Refused as refused:
            form.add_error(None, refused.message)
        except IntegrityError:  # the form was sent twice
            return Request.objects.filter(pk=form.cleaned_data["once"]).first()
        return None

    def _matter(self) -> Matter:
        """The chosen one; raises Http404 for one that is not offered here."""
        chosen = self.request.GET.get("matter", "")
        if chosen not in set(matters.offered(versions.current().organisation)):
            raise Http404
        return Matter(chosen)

    def _shown(self, form: LogForm) -> HttpResponse:
        what = matters.title(form.matter, form.organisation)
        context = self.frame(gettext("Log a request: %(what)s") % {"what": what}, form=form, today=deadlines.today())
        return render(self.request, "admin/dsar/request/log.html", context)
