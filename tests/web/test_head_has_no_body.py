"""HEAD is answered as GET is, without the body: gunicorn would drop it, with a warning for each request."""

from __future__ import annotations

from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.test import RequestFactory

from portal.middleware import head_without_body

pytestmark = pytest.mark.django_db


def served(method: str, path: str) -> tuple[str, dict[str, str], bytes]:
    """What a server gets from the application. Django's test client would take the body away itself."""
    seen: dict[str, Any] = {}

    def start_response(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> None:
        seen.update(status=status, headers=dict(headers))

    environ = RequestFactory().generic(method, path, HTTP_HOST="localhost").environ
    body = b"".join(WSGIHandler()(environ, start_response))  # type: ignore[arg-type]  # a test's start_response writes nothing
    return seen["status"], seen["headers"], body


@pytest.mark.parametrize("path", ["/unsubscribe/", "/unsubscribe/no-such-link/", "/no-such-page/"])
def test_no_page_sends_a_body_to_head(path: str) -> None:
    status, headers, body = served("HEAD", path)
    assert body == b""
    assert int(headers["Content-Length"]) > 0
    assert served("GET", path)[0] == status


def test_get_keeps_its_body() -> None:
    assert b"<h1>" in served("GET", "/unsubscribe/")[2]


def test_it_stands_before_everything_that_answers() -> None:
    assert settings.MIDDLEWARE[0] == "portal.middleware.head_without_body"


def test_a_stream_ends_before_it_begins(rf: RequestFactory) -> None:
    def stream(_request: HttpRequest) -> StreamingHttpResponse:
        return StreamingHttpResponse([b"a", b"b"])

    answer = head_without_body(stream)(rf.head("/"))
    assert isinstance(answer, StreamingHttpResponse)
    assert list(answer) == []
    assert list(head_without_body(stream)(rf.get("/"))) == [b"a", b"b"]


def test_a_length_that_was_said_stays(rf: RequestFactory) -> None:
    answer = head_without_body(lambda _request: HttpResponse(b"", headers={"Content-Length": "12"}))(rf.head("/"))
    assert answer.headers["Content-Length"] == "12"
