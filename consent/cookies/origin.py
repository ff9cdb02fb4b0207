"""Where a form was sent from, as the browser says it: what stands in for a token, and so for a cookie.

The cookie forms need no token of the session: it would take a cookie, and who only looks or refuses gets none.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt

from portal import errors

View = Callable[..., HttpResponse]


def sent_from_here(view: View) -> View:
    """A POST counts only if the browser says that a page of ours sent it."""

    @csrf_exempt  # Sec-Fetch-Site or Origin stands in for the token; every browser since 2020 sends one with a POST
    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not _is_own(request):
            return errors.csrf_failure(request)
        return view(request, *args, **kwargs)

    return checked


def came_from(request: HttpRequest) -> str:
    """The path of the page of ours on which a button was pressed; empty where the browser does not say.

    It stands in no form and no address: it may hold a token.
    """
    path = request.headers.get("Referer", "").removeprefix(_origin(request))
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, allowed_hosts=None) else ""


def _is_own(request: HttpRequest) -> bool:
    said = request.headers.get("Sec-Fetch-Site")
    return said == "same-origin" if said is not None else request.headers.get("Origin") == _origin(request)


def _origin(request: HttpRequest) -> str:
    return f"{request.scheme}://{request.get_host()}"
