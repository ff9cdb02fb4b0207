"""The way in to the API. What stands behind it is imported with the first call, so that neither the start of the
portal nor a worker, which needs the addresses of pages for its mails, pays for it."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404
from django.views.decorators.csrf import csrf_exempt

from portal.api.problems import Problem


@csrf_exempt  # the API knows no cookies, so there is nobody's session to ride on
def door(request: HttpRequest, rest: str) -> HttpResponse:
    """Answer ``/api/v1/<rest>``, errors included, as JSON. HEAD asks what GET asks."""
    from portal.api import v1

    method = request.method
    if method == "HEAD":
        request.method = "GET"
    try:
        response = _answered(request, rest)
    except Exception as error:  # noqa: BLE001  # whatever it is, a machine is told in JSON
        response = v1.api.on_exception(request, error)
    request.method = method
    return response


def _answered(request: HttpRequest, rest: str) -> HttpResponse:
    from portal.api import v1

    try:
        found = v1.resolver.resolve(rest)
    except Resolver404:
        raise Problem(HTTPStatus.NOT_FOUND, "There is nothing at this address.") from None
    response: HttpResponse = found.func(request, *found.args, **found.kwargs)
    if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        allow = ", ".join(sorted(response["Allow"].split(", ")))
        raise Problem(HTTPStatus.METHOD_NOT_ALLOWED, f"Here you may use {allow}.", headers={"Allow": allow})
    return response
