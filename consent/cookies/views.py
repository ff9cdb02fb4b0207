"""``/cookies/``: the register, the choice in force in this browser, and everything that can be done about it.

The forms need no token of the session: it would take a cookie, and nobody who only looks or refuses gets one. That a
form was sent from here the browser says itself (``Sec-Fetch-Site``, ``Origin``).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from consent.cookies import browsers, flows, in_force, page
from consent.cookies.forms import ChoiceForm
from portal import errors, limits

View = Callable[..., HttpResponse]

_HOUR = 3600
_SAVES_FROM_ONE_NETWORK = 240


def sent_from_here(view: View) -> View:
    """A POST counts only if the browser says that a page of ours sent it; no token, and so no cookie, is needed."""

    @csrf_exempt  # Sec-Fetch-Site or Origin stands in for the token; every browser since 2020 sends one with a POST
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not _is_own(request):
            return errors.csrf_failure(request)
        return view(request, *args, **kwargs)

    return checked


def _is_own(request: HttpRequest) -> bool:
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said == "same-origin"
    return request.headers.get("Origin") == f"{request.scheme}://{request.get_host()}"


@sent_from_here
@require_http_methods(["GET", "HEAD", "POST"])
def cookies(request: HttpRequest) -> HttpResponse:
    """The page; posted, by it or by the banner, the choice is kept and the cookie written."""
    found = in_force.of(request)
    if request.method != "POST":
        return render(request, "cookies/cookies.html", page.shown(request))
    if not limits.allow("cookies-choice", limits.client_network(request), _SAVES_FROM_ONE_NETWORK, _HOUR):
        return errors.too_many_requests(request, limits.retry_after(_HOUR))
    form = ChoiceForm(request.POST, in_force=found)
    if not form.is_valid():
        return render(request, "cookies/cookies.html", page.shown(request, problem=form.problem), status=400)
    pressed_on = _referring(request)
    remembered = flows.save(browsers.press(request, form.cleaned_data, path=pressed_on))
    answer = redirect("cookies_saved" if pressed_on.startswith("/cookies/") else pressed_on or "cookies_saved")
    browsers.remember(request, answer, remembered)
    return answer


@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """The page after a save: it says what the cookie says now, so that nobody is told of a choice they did not make."""
    return render(request, "cookies/cookies.html", page.shown(request, saved=True))


def _referring(request: HttpRequest) -> str:
    """The path of the page on which a button was pressed, as the browser says it; empty where it does not say.

    It stands in no form and no address: it may hold a token.
    """
    origin = f"{request.scheme}://{request.get_host()}"
    path = request.headers.get("Referer", "").removeprefix(origin)
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""
