"""The pages for what went wrong. Each says what happened, whether anything was saved, and what to do next.

500 and 503 are drawn without the database and without the request; should even their template fail, a page
of plain HTML is sent.
"""

from __future__ import annotations

import logging
import sqlite3
import sys
from math import ceil
from typing import Any

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import ngettext

from portal import context
from portal.organisation.versions import NoOrganisation

logger = logging.getLogger(__name__)

UNAVAILABLE_SECONDS = 30
_LAST_RESORT = """<!doctype html><html lang="en-GB"><meta charset="utf-8">
<meta name="viewport" content="width=device-width"><title>Something went wrong – Privacy centre</title>
<h1>Something went wrong on our side</h1>
<p>We cannot say whether your last change was saved. Go back, load the page again, and look.</p>
<p><a href="/">Go to the privacy centre</a></p></html>"""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """``handler400``; what was too large to read answers 413."""
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return render(request, "errors/413.html", status=413)
    return render(request, "errors/400.html", status=400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """``handler403``."""
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django gives it
    """``CSRF_FAILURE_VIEW``: the form is too old, or did not come from here."""
    return render(request, "errors/csrf.html", status=403)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001 - Django gives it
    """``handler404``. The path is not repeated: it may hold a token."""
    return render(request, "errors/404.html", status=404)


def method_not_allowed(request: HttpRequest, allow: str) -> HttpResponse:
    """405, with the methods that are allowed."""
    page = render(request, "errors/405.html", status=405)
    page["Allow"] = allow
    return page


def too_many_requests(request: HttpRequest, retry_after: int) -> HttpResponse:
    """429: a limit was reached. ``retry_after`` in seconds goes into the header and, in minutes, onto the page."""
    minutes = max(1, ceil(retry_after / 60))
    wait = ngettext("one minute", "%(minutes)d minutes", minutes) % {"minutes": minutes}
    page = render(request, "errors/429.html", {"wait": wait}, status=429)
    page["Retry-After"] = str(retry_after)
    return page


def rate_limited(request: HttpRequest) -> HttpResponse:
    """``handler429``, which allauth calls for its own limits. It does not say how long; most of them last minutes."""
    return too_many_requests(request, 300)


def server_error(request: HttpRequest) -> HttpResponse:
    """``handler500``: ours is the fault, unless the database is away."""
    exception = sys.exc_info()[1]
    page = trouble_page(request, exception) if exception is not None else None
    return page or _drawn("errors/500.html", 500)


def trouble_page(request: HttpRequest, exception: BaseException) -> HttpResponse | None:
    """The 503 page for a database that does not answer or an organisation that is not loaded; else None."""
    if isinstance(exception, NoOrganisation):
        context.forget()
        logger.error("No organisation is loaded: run manage.py loadorganisation SLUG_OR_PATH.")
        return _drawn("errors/not_set_up.html", 503, retry_after=UNAVAILABLE_SECONDS)
    if is_unavailable(exception):
        logger.error("The database does not answer: %s.", type(exception.__cause__ or exception).__name__)
        return _drawn(
            "errors/503.html", 503, retry_after=UNAVAILABLE_SECONDS, reading=request.method in ("GET", "HEAD")
        )
    return None


def is_unavailable(exception: BaseException) -> bool:
    """Whether the database is away, full or locked, as against asked something wrong.

    SQLite reports a missing table as OperationalError too, with the generic code SQLITE_ERROR: that is a fault
    of ours and stays a 500.
    """
    if not isinstance(exception, OperationalError | InterfaceError):
        return False
    cause = exception.__cause__
    return not (isinstance(cause, sqlite3.Error) and getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_ERROR)


def _drawn(template: str, status: int, *, retry_after: int | None = None, **extra: Any) -> HttpResponse:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    page = _LAST_RESORT
    try:
        page = str(render_to_string(template, {**context.without_database(), **extra}))
    except Exception:
        logger.exception("The page %s could not be drawn.", template)
    return HttpResponse(page, status=status, headers=headers)
