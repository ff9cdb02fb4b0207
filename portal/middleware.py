"""Middleware of the portal: no body for HEAD, the language of pages, an answer when the database has none, isolation
from other origins, no stored copies, one version of the organisation file for each request."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.middleware.locale import LocaleMiddleware
from django.utils import translation

from portal import errors
from portal.organisation import versions
from portal.organisation.local_time import wall_clock

GetResponse = Callable[[HttpRequest], HttpResponseBase]


def head_without_body(get_response: GetResponse) -> GetResponse:
    """The answer to HEAD is that to GET without its body (RFC 9110, section 9.3.2), its length included.

    Django leaves that to the server, and gunicorn drops the body with a warning for each request.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if request.method == "HEAD":
            if isinstance(response, HttpResponse):
                response.headers.setdefault("Content-Length", str(len(response.content)))
                response.content = b""
            elif isinstance(response, StreamingHttpResponse):
                response.streaming_content = ()
        return response

    return middleware


class LanguageOfPages(LocaleMiddleware):
    """A page speaks its reader's language. The API speaks the portal's own unless asked for another by name, so that
    its answers do not vary with ``Accept-Language`` and caches can share them."""

    def process_request(self, request: HttpRequest) -> None:
        if request.path_info.startswith("/api/"):
            translation.activate(settings.LANGUAGE_CODE)
        else:
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.path_info.startswith("/api/"):
            return response
        return super().process_response(request, response)


class UnavailableDatabase:
    """Turns a database that does not answer, in a view or a template, into the 503 page.

    What goes wrong in other middleware (a session that cannot be saved) reaches ``handler500``, which decides
    by the same rule, ``errors.trouble_page``.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        return errors.trouble_page(request, exception)


def designed_errors(get_response: GetResponse) -> GetResponse:
    """Gives an empty 405 the portal's page: ``require_POST`` and its kin answer with no words at all."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if response.status_code == 405 and isinstance(response, HttpResponse) and not response.content:
            return errors.method_not_allowed(request, response["Allow"])
        return response

    return middleware


def cross_origin_isolation(get_response: GetResponse) -> GetResponse:
    """No other origin may load, frame or open what the portal serves; a view may set its own value.

    ``Cross-Origin-Opener-Policy`` comes from Django's SecurityMiddleware.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Embedder-Policy", "require-corp")
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    return middleware


def no_store(get_response: GetResponse) -> GetResponse:
    """Nothing the views say is kept by a browser or a proxy, unless the view says how long."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    return middleware


def one_version(get_response: GetResponse) -> GetResponse:
    """Whoever asks during a request which organisation file is in force gets one answer, from one query.

    Times are those of its organisation.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        with versions.held(), wall_clock():
            return get_response(request)

    return middleware
