"""What went wrong, as machines read it: ``application/problem+json`` (RFC 9457).

A problem names the field at fault and never repeats what was in it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from django.http import HttpResponse

CONTENT_TYPE = "application/problem+json"


class Problem(Exception):
    """Ends an operation of the API with this answer. ``detail`` is a sentence for the developer at the other end."""

    def __init__(
        self, status: HTTPStatus, detail: str, *, field: str = "", headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.field = field
        self.headers = dict(headers or {})


def answer(problem: Problem) -> HttpResponse:
    """The problem as a response."""
    said: dict[str, object] = {"title": problem.status.phrase, "status": problem.status, "detail": problem.detail}
    if problem.field:
        said["field"] = problem.field
    return HttpResponse(
        json.dumps(said, ensure_ascii=False),
        status=problem.status,
        content_type=CONTENT_TYPE,
        headers=problem.headers,
    )
