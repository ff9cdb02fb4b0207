"""Gives each request ``request.cookie_choice``, and tells caches what an answer depended on."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

from consent.cookies import in_force

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def cookie_choice(get_response: GetResponse) -> GetResponse:
    """``request.cookie_choice`` is what is in force in the browser (:class:`~consent.cookies.in_force.InForce`)."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        found = in_force.of(request)
        response = get_response(request)
        if found.consulted:
            patch_vary_headers(response, ("Cookie", "Sec-GPC"))
        return response

    return middleware
