"""``/your-data/``: what is held about somebody, for them alone: signed in, or after a code sent to their address."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.cache import never_cache

from accounts.timing import even
from accounts.your_data import code, page
from accounts.your_data.forms import AskForm, CodeForm
from portal import errors, pace
from portal.organisation import versions
from portal.subjects.models import Subject


@method_decorator([never_cache, even], name="dispatch")
class YourData(View):
    """The page for who may see it, the question for a code for everybody else; a POST is answered by a redirect."""

    http_method_names: Final = ["get", "head", "post"]  # type: ignore[misc]  # Django's is a list that nothing changes
    ACTIONS: Final = ("send_code", "enter_code", "close")

    def get(self, request: HttpRequest) -> HttpResponse:
        subject = _whose(request)
        if subject is None and not request.user.is_authenticated:
            return self.gate()
        current = versions.current()
        context: dict[str, Any] = {
            "page": page.of(subject, current) if subject is not None else page.Page([], []),
            "subject": subject,
            "by_code": not request.user.is_authenticated,
            "nav_current": "your-data",
        }
        return render(request, "your_data/your_data.html", context)

    def post(self, request: HttpRequest) -> HttpResponse:
        do = request.POST.get("do", "")
        if do not in self.ACTIONS:
            return self.gate(refused=_("We did not understand this button. Nothing was sent."), status=400)
        answer: HttpResponse | None = getattr(self, do)()
        return answer or redirect("your_data")

    def gate(self, status: int = 200, **context: Any) -> HttpResponse:
        """The question who it is."""
        forms = {"ask_form": AskForm(), "code_form": CodeForm(), "asked": code.asked(self.request)}
        shown = {**forms, "nav_current": "your-data", **context}
        return render(self.request, "your_data/gate.html", shown, status=status)

    def send_code(self) -> HttpResponse | None:
        """A code, to whoever is known at the address; the answer is the same for all."""
        form = AskForm(self.request.POST)
        if not form.is_valid():
            return self.gate(form=form, ask_form=form)
        if wait := pace.seconds_to_wait(self.request, "your-data-code", form.cleaned_data["address"]):
            return errors.too_many_requests(self.request, wait)
        code.send(self.request, form.cleaned_data["address"])
        return None

    def enter_code(self) -> HttpResponse | None:
        """The right code opens the page for an hour, in this browser."""
        form = CodeForm(self.request.POST)
        if not form.is_valid():
            return self.gate(form=form, code_form=form)
        if wait := pace.seconds_to_wait(self.request, "your-data-enter"):
            return errors.too_many_requests(self.request, wait)
        if not code.spend(self.request, form.cleaned_data["code"]):
            form.add_error("code", _("That is not the code, or it is over: after ten minutes, or five tries."))
            return self.gate(form=form, code_form=form)
        return None

    def close(self) -> HttpResponse | None:
        """Who looked by a code is done."""
        code.close(self.request)
        return None


def _whose(request: HttpRequest) -> Subject | None:
    """Whose data this visitor may see: their own account's, else what a code opened."""
    if request.user.is_authenticated:
        return request.user.subject
    return code.opened_for(request)
