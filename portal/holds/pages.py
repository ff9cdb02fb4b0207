"""The pages on which staff place a hold, look at one, let it stay, and lift it."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import looks
from portal.desk import DeskPage
from portal.holds import described, flows, forms
from portal.holds.flows import Refused
from portal.holds.models import Hold
from portal.subjects.models import Subject

TITLES: Final = {
    "person": gettext_lazy("Hold a person’s data"),
    "record": gettext_lazy("Hold one record"),
    "kind": gettext_lazy("Hold a whole kind of records"),
}
_PAGE: Final = "admin:portal_holds_hold_change"


class Place(DeskPage):
    """A new hold. What it is on can be named in the address of the page, by number; an address is typed and posted."""

    needs = "portal_holds.add_hold"

    def get(self, request: HttpRequest, on: str) -> HttpResponse:
        """The form."""
        named = {name: request.GET[name] for name in ("person", "holding", "row") if name in request.GET}
        return self._shown(on, self._form(on)(initial={**named, "owner": str(request.user.pk)}))

    def post(self, request: HttpRequest, on: str) -> HttpResponse:
        """Places it; what the flow refuses is said, with what was typed kept."""
        form = self._form(on)(request.POST)
        valid = form.is_valid()
        if isinstance(person := form.cleaned_data.get("person"), Subject):
            self.looked_at(person, looks.What.SOUGHT)
        if not valid:
            return self._shown(on, form)
        try:
            hold = flows.place(form.on(), form.terms(), by=str(request.user.pk))
        except Refused as refused:
            form.add_error(None, refused.message)
            return self._shown(on, form)
        self.desk.log_addition(request, hold, _("Placed"))
        messages.success(request, _("%(hold)s is placed. Nothing it keeps is deleted.") % {"hold": hold})
        return redirect(_PAGE, hold.pk)

    def _form(self, on: str) -> type[forms.Place]:
        if on not in forms.PLACES:
            raise Http404
        return forms.PLACES[on]

    def _shown(self, on: str, form: forms.Place) -> HttpResponse:
        context = self.frame(str(TITLES[on]), form=form, failed=form.is_bound, button=TITLES[on])
        return render(self.request, "admin/portal_holds/hold/place.html", context)


class Show(DeskPage):
    """A hold, what was done with it, and what can be done now."""

    needs = "portal_holds.view_hold"

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        return shown(self, find(self, pk))


class Extend(DeskPage):
    """Somebody looked again, and it stays."""

    needs = "portal_holds.change_hold"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Writes it down."""
        hold, form = find(self, pk), forms.Extend(request.POST, auto_id="extend_%s")
        return done(self, hold, form, "extend", lambda by: flows.extend(hold, by=by, **form.cleaned_data))


class Lift(DeskPage):
    """It ends."""

    needs = "portal_holds.change_hold"

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Lifts it."""
        hold, form = find(self, pk), forms.Lift(request.POST, auto_id="lift_%s")
        return done(self, hold, form, "lift", lambda by: flows.lift(hold, by=by, **form.cleaned_data))


SAID: Final = {
    "extend": gettext_lazy("It stays. We remind you before the next look."),
    "lift": gettext_lazy("Lifted. What it kept may go when its time is up."),
}


def done(view: DeskPage, hold: Hold, form: forms.Plain, code: str, do: Any) -> HttpResponse:
    """Do it, say so, and lead back; if it was not done, the page with what was typed, and why."""
    try:
        if form.is_valid():
            do(str(view.request.user.pk))
    except Refused as refused:
        form.add_error(None, refused.message)
    if form.errors:
        return shown(view, hold, **{code: form})
    view.desk.log_change(view.request, hold, str(SAID[code]))
    messages.success(view.request, SAID[code])
    return redirect(_PAGE, hold.pk)


def find(view: DeskPage, pk: int) -> Hold:
    """The hold with this number, and that somebody looks at it; raises Http404."""
    found = Hold.objects.filter(pk=pk).select_related("subject").first()
    if found is None:
        raise Http404
    view.looked_at(found)
    return found


def shown(view: DeskPage, hold: Hold, **bound: forms.Plain) -> HttpResponse:
    """The page of a hold; ``bound`` are forms that failed, by code."""
    words, tone = described.left(described.next_day(hold), flows.today())
    may = hold.lifted_at is None and view.request.user.has_perm("portal_holds.change_hold")
    context = view.frame(
        str(hold),
        hold=hold,
        target=described.target(hold),
        left={"words": words, "tone": tone},
        changes=hold.changes.all(),
        may=may,
        extend=bound.get("extend", forms.Extend(auto_id="extend_%s", initial={"ends_on": hold.ends_on})),
        lift=bound.get("lift", forms.Lift(auto_id="lift_%s")),
    )
    return render(view.request, "admin/portal_holds/hold/change_form.html", context)
