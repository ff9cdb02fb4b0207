"""Answers that take as long for an address we know as for one we do not."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponseBase

P = ParamSpec("P")
View = Callable[Concatenate[HttpRequest, P], HttpResponseBase]

STEP_SECONDS = 0.25


def even(view: View[P]) -> View[P]:
    """A view whose answer to a POST leaves on a whole step since it came in.

    The work behind it differs by a few statements (a mail is queued, or none is); the large part, a password's
    hash, is done either way. On steps, the rest cannot be measured from outside.
    """

    @wraps(view)
    def evened(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        began = time.monotonic()
        response = view(request, *args, **kwargs)
        if request.method == "POST":
            time.sleep(STEP_SECONDS - (time.monotonic() - began) % STEP_SECONDS)
        return response

    return evened
