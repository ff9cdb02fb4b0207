"""What the preference page does alike for somebody signed in and for the holder of a link."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View

from consent.preferences import overview, switches
from consent.preferences.flows import acts, choosing, stopping
from consent.preferences.forms import ChoicesForm, PauseForm
from consent.preferences.views import told
from consent.preferences.views.told import Said
from portal.organisation import versions
from portal.subjects.models import Subject


class ChoicesPage(View):
    """Shows the choices of ``self.person`` and does what a button says. Every answer to a POST is a redirect,
    unless something has to be put right."""

    http_method_names = ["get", "head", "post"]
    template: str
    person: Subject
    ACTIONS: Final = ("save", "stop", "pause", "resume", "undo")

    def doing(self) -> acts.Doing:
        """How acts on this page reach the ledger: signed in or by a link, each page says its own."""
        raise NotImplementedError

    def here(self) -> str:
        """This page's own address."""
        return self.request.path

    @cached_property
    def family(self) -> list[UUID]:
        """The ids of the person's records: their own, and those merged into it."""
        return self.person.family()

    def last_event(self) -> int:
        """The id of the latest event about the person: what is decided after this page was made is younger."""
        return switches.last_event(self.family)

    def get(self, _request: HttpRequest, **_link: Any) -> HttpResponseBase:
        return self.page()

    def post(self, request: HttpRequest, **_link: Any) -> HttpResponseBase:
        do = request.POST.get("do", "")
        if do not in self.ACTIONS:
            return self.page(refused=_("We did not understand this button. Nothing was saved."), status=400)
        answer: HttpResponse | None = getattr(self, do)()
        return answer or redirect(self.here())

    def page(self, status: int = 200, refused: str = "", **context: Any) -> HttpResponse:
        """The page as things stand."""
        page = overview.of(
            self.person,
            versions.current(),
            last_event=self.last_event(),
            only_takes=not self.doing().proved,
        )
        said = told.heard(self.request) if self.request.method == "GET" else None
        context = {"page": page, "said": said, "nav_current": "preferences", "refused": refused, **context}
        return render(self.request, self.template, {**context, **self.more()}, status=status)

    def more(self) -> dict[str, Any]:
        """What else the template wants."""
        return {}

    def save(self) -> HttpResponse | None:
        """The switches, as far as the person moved them."""
        current = versions.current()
        form = ChoicesForm(self.request.POST, names=switches.names(current.organisation))
        if not form.is_valid():
            return self.page(refused=" ".join(form.in_words()), status=400)
        page = choosing.Page(form.cleaned_data["was"], form.cleaned_data["version"], form.cleaned_data["shown"])
        saved = choosing.save_choices(self.person, form.cleaned_data["on"], page, self.doing())
        told.tell_saved(self.request, self.person.pk, saved, current.organisation)
        return None

    def stop(self) -> HttpResponse | None:
        """All marketing."""
        told.tell_stopped(self.request, stopping.stop_everything(self.person, self.doing()))
        return None

    def pause(self) -> HttpResponse | None:
        """Until a day."""
        form = PauseForm(self.request.POST, today=overview.today(versions.current().organisation))
        if not form.is_valid():
            return self.page(pause_form=form, form=form, status=400)
        until: date = form.cleaned_data["until"]
        doing = self.doing()
        paused = choosing.pause(self.person, until, doing)
        told.tell_paused(self.request, paused, versions.current().organisation, by_link=not doing.proved)
        return None

    def resume(self) -> HttpResponse | None:
        """The pause ends; a link, which can only take away, cannot do that."""
        if not self.doing().proved:
            return self.page(refused=_("Sign in to end the pause."), status=403)
        choosing.resume(self.person, self.doing())
        told.say(self.request, Said(_("The pause is over."), (_("Your choices apply again."),)))
        return None

    def undo(self) -> HttpResponse | None:
        """What this browser did in the last quarter of an hour."""
        back = told.way_back(self.request, self.person.pk)
        if back is None:
            told.say(self.request, Said(_("There was nothing to undo."), (), ""))
            return None
        if (paused := told.pause_of(back)) is not None:
            undone = choosing.undo_pause(self.person, paused, self.doing())
            told.tell_pause_undone(self.request, undone=undone)
            return None
        saved = choosing.undo(self.person, back.restore, back.take, back.position, self.doing())
        told.tell_undone(self.request, saved, versions.current().organisation)
        return None
