"""``/requests/<id>/``: a code for who comes from a mail; then everything about one request, and what can be done."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views import View
from django.views.decorators.http import require_http_methods

from dsar import access
from dsar.flows import asking, identity, talking
from dsar.flows.steps import Refused
from dsar.forms import AnswerForm, CodeForm, MessageForm, ProofForm
from dsar.models import IdentityCheck, Request
from dsar.transitions import NotPossible
from dsar.views import refusals
from dsar.views.page import Page
from portal import errors, pace


class RequestPage(View):
    """Shows the request, or asks for a code, and does what a button says. A POST is answered by a redirect, unless
    something has to be put right."""

    http_method_names: Final = ["get", "head", "post"]  # type: ignore[misc]  # Django's is a list that nothing changes
    FOR_ALL: Final = ("send_code", "enter_code")
    FOR_WHO_SEES: Final = ("write", "proof")
    asked: Request

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.asked = access.find(request, kwargs["pk"])
        return super().dispatch(request, *args, **kwargs)

    def get(self, _request: HttpRequest, pk: UUID) -> HttpResponse:  # noqa: ARG002 - Django gives it
        return self.page()

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        do = request.POST.get("do", "")
        if do not in (*self.FOR_ALL, *self.FOR_WHO_SEES):
            return self.page(refused=_("We did not understand this button. Nothing was sent."), status=400)
        if do in self.FOR_WHO_SEES and not access.may_see(request, self.asked):
            return self.page(refused=lapsed(), status=403)
        answer: HttpResponse | None = getattr(self, do)()
        return answer or redirect("request", pk=pk)

    def page(self, status: int = 200, refused: str = "", **forms: Any) -> HttpResponse:
        """The request for who may see it, the question for a code for everybody else."""
        page = Page(self.request, self.asked)
        seen = access.may_see(self.request, self.asked)
        context = {"page": page, "refused": refused, "nav_current": "requests", **page.forms(), **forms}
        template = "requests/request.html" if seen else "requests/gate.html"
        return render(self.request, template, context, status=status)

    def send_code(self) -> HttpResponse | None:
        """A new code to the address we hold."""
        point = self.asked.contact_point
        if point is None or not access.takes_code(self.asked):
            raise Http404
        if wait := pace.seconds_to_wait(self.request, "requests-code", point.identity):
            return errors.too_many_requests(self.request, wait)
        asking.send_code(self.asked)
        access.code_was_sent(self.request, self.asked)
        return None

    def enter_code(self) -> HttpResponse | None:
        """The right code opens the request for an hour, and lets files go out for ten minutes."""
        form = CodeForm(self.request.POST)
        if not form.is_valid():
            return self.page(form=form, code_form=form)
        if wait := pace.seconds_to_wait(self.request, "requests-enter"):
            return errors.too_many_requests(self.request, wait)
        if not asking.enter_code(self.asked, form.cleaned_data["code"]):
            form.add_error("code", wrong_code())
            return self.page(form=form, code_form=form)
        access.opens(self.request, self.asked)
        return None

    def write(self) -> HttpResponse | None:
        """A message, with files."""
        form = MessageForm(self.request.POST, self.request.FILES, request=self.asked)
        if not form.is_valid():
            return self.page(form=form, message_form=form)
        if wait := pace.seconds_to_wait(self.request, "requests-write"):
            return errors.too_many_requests(self.request, wait)
        given = form.cleaned_data
        if not refusals.done(form, lambda: talking.write(self.asked, given["words"], given["attached"])):
            return self.page(form=form, message_form=form, status=409)
        messages.success(self.request, _("Sent. We mail you when we answer."))
        return None

    def proof(self) -> HttpResponse | None:
        """What shows who asks: documents, or the answer to a question."""
        check = identity.open_check(self.asked)
        if check is not None and check.method == IdentityCheck.Method.QUESTION:
            answer = AnswerForm(self.request.POST)
            return self._handed_in(answer, lambda: identity.answer(self.asked, answer.cleaned_data["answer"]))
        form = ProofForm(self.request.POST, self.request.FILES)
        return self._handed_in(form, lambda: identity.hand_in(self.asked, form.cleaned_data["attached"]))

    def _handed_in(self, form: AnswerForm | ProofForm, act: Any) -> HttpResponse | None:
        if not form.is_valid():
            return self.page(form=form, proof_form=form)
        if wait := pace.seconds_to_wait(self.request, "requests-write"):
            return errors.too_many_requests(self.request, wait)
        if not refusals.done(form, act):
            return self.page(form=form, proof_form=form, status=409)
        messages.success(self.request, _("Thank you. It reached us, and our time to answer counts from today."))
        return None


@require_http_methods(["GET", "HEAD", "POST"])
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """One question, one button."""
    asked = access.find(request, pk)
    if not access.may_see(request, asked):
        return redirect("request", pk=pk)
    page = Page(request, asked)
    if request.method != "POST" and page.can_withdraw:
        return render(request, "requests/withdraw.html", {"page": page, "nav_current": "requests"})
    if request.method == "POST":
        try:
            asking.take_back(asked)
        except (NotPossible, Refused):
            messages.info(request, _("Nothing was changed: this request has ended already."))
    return redirect("request", pk=pk)


def wrong_code() -> str:
    """One sentence for every way in which a code is wrong."""
    return _(
        "That is not the code of our newest mail, or it is over: after ten minutes, or five tries. Ask for a new one."
    )


def lapsed() -> str:
    """The hour of a code is over."""
    return _(
        "Nothing was sent: the hour for which your code opened this page is over. "
        "Enter a new code. To keep what you wrote, go back in your browser and copy it first."
    )
