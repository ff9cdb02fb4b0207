"""A file goes out to be saved: no browser runs it, frames it or keeps it."""

from __future__ import annotations

from email.message import Message

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path

from dsar.files.serving import attachment
from portal import urls
from portal.organisation.versions import Current
from tests.dsar.files.samples import HTML

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]


def page(request: HttpRequest) -> HttpResponse:
    return attachment(HTML, "proof.html", "text/html")


handler400, handler403 = urls.handler400, urls.handler403
handler404, handler429, handler500 = urls.handler404, urls.handler429, urls.handler500
urlpatterns = [path("file/", page), *urls.urlpatterns]


def test_all_the_way_out_it_stays_a_download_in_a_sandbox(organisation: Current) -> None:
    answer = Client().get("/file/")

    assert answer.content == HTML
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == 'attachment; filename="proof.html"'
    assert answer["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cache-Control"] == "no-store"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert answer["Content-Length"] == str(len(HTML))


@pytest.mark.parametrize(
    ("content_type", "sent"),
    [
        ("application/pdf", "application/pdf"),
        ("image/png", "image/png"),
        ("image/jpeg", "image/jpeg"),
        ("text/plain", "text/plain; charset=utf-8"),
        *[
            (one, "application/octet-stream")
            for one in [
                "text/html",
                "image/svg+xml",
                "application/xhtml+xml",
                "text/xml",
                "text/javascript",
                "TEXT/HTML",
                "text/plain; charset=utf-7",
                "image/png\r\nX-Evil: 1",
                "",
            ]
        ],
    ],
)
def test_only_what_no_browser_runs_keeps_its_type(content_type: str, sent: str) -> None:
    assert attachment(b"x", "x", content_type)["Content-Type"] == sent


@pytest.mark.parametrize(
    "name",
    [
        "proof.pdf",
        "März – Kopie.pdf",
        "护照.jpg",
        'a"b.pdf',
        "a\\b.pdf",
        "100 %.txt",
        "a;filename=evil.exe",
        "a\r\nX: 1",
    ],
)
def test_any_name_arrives_as_it_was(name: str) -> None:
    answer = attachment(b"x", name, "text/plain")
    header = Message()
    header["Content-Disposition"] = answer["Content-Disposition"]

    assert answer["Content-Disposition"].isascii()
    assert header.get_content_disposition() == "attachment"
    assert header.get_filename() == name
    assert "X" not in answer.headers


def test_without_a_name_it_is_a_download_all_the_same() -> None:
    assert attachment(b"x", "", "text/plain")["Content-Disposition"] == "attachment"
