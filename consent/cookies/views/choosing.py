"""``/cookies/``: the register and the choice in force in this browser; posted, by it or the banner, a new choice."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from consent.cookies import browsers, flows, in_force, page
from consent.cookies.forms import ChoiceForm
from consent.cookies.origin import came_from, sent_from_here
from portal import errors, limits

_MINUTE = 60
_SAVES_FROM_ONE_NETWORK = 120  # as by the API: behind the one address of a mobile network are thousands of people


@sent_from_here
@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    """The page; posted, the choice is kept, the cookie written, and from the banner one is back where one was."""
    if request.method != "POST":
        return render(request, "cookies/cookies.html", page.shown(request))
    if not limits.allow("cookies-choice", limits.client_network(request), _SAVES_FROM_ONE_NETWORK, _MINUTE):
        return errors.too_many_requests(request, limits.retry_after(_MINUTE))
    form = ChoiceForm(request.POST, in_force=in_force.of(request))
    if not form.is_valid():
        return render(request, "cookies/cookies.html", page.shown(request, problem=form.problem), status=400)
    back = came_from(request)
    remembered = flows.save(browsers.press(request, form.cleaned_data, path=back))
    answer = redirect("cookies_saved" if back.startswith("/cookies/") else back or "cookies_saved")
    browsers.remember(request, answer, remembered)
    return answer


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """The page after a save: it says what the cookie says now, so that nobody is told of a choice they did not make."""
    return render(request, "cookies/cookies.html", page.shown(request, saved=True))
