"""What somebody does with the record of this browser's choices: note it with their account, or have it taken out."""

from __future__ import annotations

from typing import Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from consent.cookies import accounts, browsers, flows, in_force
from consent.cookies.choice_cookie import Credentials, Remembered
from consent.cookies.flows import Held, NotYours
from consent.cookies.origin import came_from, sent_from_here
from portal.organisation import versions

_SAID: Final = {
    "linked": gettext_lazy("Noted with your account."),
    "already": gettext_lazy("Noted with your account."),
    "somebody_else": gettext_lazy("That choice is somebody else’s. Save again, and a record of your own begins."),
    "apart": gettext_lazy("It stays apart from your account. We do not ask again in this browser."),
    "unlinked": gettext_lazy("Taken off your account. Your choice itself stays as it is."),
    "unknown": gettext_lazy("We have no record of choices in this browser."),
}


@sent_from_here
@require_POST
def account(request: HttpRequest) -> HttpResponse:
    """Answers the question after sign-in, and the buttons on the cookie page."""
    subject, credentials = browsers.person(request), _credentials(request)
    if subject is None:
        return redirect("account_login")
    accounts.answered(request)
    try:
        said = accounts.decide(request.POST.get("do", ""), credentials, subject) if credentials else "unknown"
    except NotYours:
        said = "unknown"
    messages.success(request, str(_SAID[said]))
    return redirect(came_from(request) or "cookies")


@sent_from_here
@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Takes out the browser's record. What its cookie says afterwards is a plain no: nobody is asked again for it."""
    credentials, gone, held = _credentials(request), 0, False
    try:
        gone = flows.remove(credentials) if credentials else 0
    except NotYours:
        pass
    except Held:
        held = True
    accounts.answered(request)
    said = {"gone": gone, "held": held, "asks_itself": True, "nav_current": "cookies"}
    answer = render(request, "cookies/removed.html", said)
    browsers.remember(request, answer, Remembered(versions.current().number, under_gpc=in_force.of(request).signal))
    return answer


def _credentials(request: HttpRequest) -> Credentials | None:
    remembered = in_force.of(request).remembered
    return remembered.credentials if remembered else None
