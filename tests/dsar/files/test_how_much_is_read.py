"""What is too much to send is refused before it is read, on every page, and no upload is written to disk in clear."""

from __future__ import annotations

import io
import socket
import tempfile
import time
import tracemalloc
from typing import Any, NoReturn
from urllib.parse import urlsplit

import pytest
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import InMemoryUploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import path

from dsar.files.fields import FilesField
from dsar.files.limits import MEGABYTE, MOST_BYTES_OF_BODY
from portal import urls
from portal.organisation.versions import Current
from tests.dsar.files import samples
from tests.dsar.files.samples import upload
from tests.processes import LivePortal

pytestmark = [pytest.mark.django_db, pytest.mark.urls(__name__)]

TWO_GIGABYTES = 2 * 1024**3
TOO_MUCH = "That was too much at once"


class Upload(forms.Form):
    attached = FilesField()


def take(request: HttpRequest) -> HttpResponse:
    """A view as any other: what is read, and what of it the form takes."""
    if request.method == "GET":
        return HttpResponse(get_token(request))
    form = Upload(request.POST, request.FILES)
    kinds = [type(one).__name__ for one in request.FILES.getlist("attached")]
    names = [one.name for one in form.cleaned_data["attached"]] if form.is_valid() else []
    return JsonResponse({"kinds": kinds, "names": names, "errors": form.errors})


handler400, handler403 = urls.handler400, urls.handler403
handler404, handler429, handler500 = urls.handler404, urls.handler429, urls.handler500
urlpatterns = [path("take/", take), *urls.urlpatterns]


class Endless(io.RawIOBase):
    """A body that says how much of it was taken."""

    def __init__(self) -> None:
        self.taken = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        self.taken += size
        return b"a" * size


def posted(client: Client, body: Any, length: int) -> Any:
    environ = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": MULTIPART_CONTENT, "CONTENT_LENGTH": str(length)}
    return client.request(**environ, PATH_INFO="/take/", **{"wsgi.input": body})


@pytest.mark.parametrize("checks", [True, False], ids=["CSRF checked", "not checked"])
def test_a_body_of_two_gigabytes_is_refused_with_not_a_byte_read(organisation: Current, checks: bool) -> None:
    body, client = Endless(), Client(enforce_csrf_checks=checks)
    client.get("/take/")  # without its cookie the token would not be looked for
    answer = posted(client, body, TWO_GIGABYTES)

    assert answer.status_code == 413
    assert TOO_MUCH in answer.content.decode()
    assert body.taken == 0


def test_one_byte_too_many_is_too_many(organisation: Current) -> None:
    assert posted(Client(), Endless(), MOST_BYTES_OF_BODY + 1).status_code == 413


def test_a_body_longer_than_it_says_is_read_no_further(organisation: Current) -> None:
    body = Endless()
    answer = posted(Client(), body, 5 * MEGABYTE)

    assert answer.status_code == 400 or answer.json()["names"] == []
    assert body.taken <= 5 * MEGABYTE


def test_the_most_that_is_read_fits_in_memory(organisation: Current) -> None:
    files = {"attached": [upload(b"a" * 10 * MEGABYTE, f"{number}.txt") for number in range(3)]}
    body = encode_multipart(BOUNDARY, files)
    assert len(body) < MOST_BYTES_OF_BODY
    tracemalloc.start()
    try:
        answer = posted(Client(), io.BytesIO(body), len(body))
        assert tracemalloc.get_traced_memory()[1] < 4 * MOST_BYTES_OF_BODY
    finally:
        tracemalloc.stop()
    assert "25 MB together" in answer.json()["errors"]["attached"][0]


def test_no_upload_of_any_size_is_written_to_disk(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object, **_options: object) -> NoReturn:
        raise AssertionError("a temporary file")

    monkeypatch.setattr(tempfile, "NamedTemporaryFile", fail)
    answer = Client().post("/take/", {"attached": [upload(b"a" * 9 * MEGABYTE, "long.txt"), upload(b"b", "short.txt")]})

    assert answer.json()["kinds"] == [InMemoryUploadedFile.__name__] * 2
    assert answer.json()["names"] == ["long.txt", "short.txt"]


def test_an_upload_needs_its_token_like_any_form(organisation: Current) -> None:
    client = Client(enforce_csrf_checks=True)
    token = client.get("/take/").content.decode()
    picture = samples.picture("PNG")

    assert client.post("/take/", {"attached": upload(picture)}).status_code == 403
    good = client.post("/take/", {"attached": upload(picture, "x.gif"), "csrfmiddlewaretoken": token})
    assert good.json()["names"] == ["x.png"]


def test_an_upload_that_breaks_off_brings_no_file(organisation: Current) -> None:
    body = encode_multipart(BOUNDARY, {"attached": upload(b"a" * 100_000, "letter.txt")})
    answer = posted(Client(), io.BytesIO(body[:50_000]), 50_000)
    assert answer.json()["names"] == []


def test_django_counts_the_files_too(organisation: Current) -> None:
    assert Client().post("/take/", {"attached": [upload(b"a", "a.txt") for _ in range(101)]}).status_code == 413


@pytest.mark.process
def test_gunicorn_answers_before_two_gigabytes_have_come(live_portal: LivePortal, organisation: Current) -> None:
    host = urlsplit(live_portal.url)
    head = (
        f"POST /subscribe/ HTTP/1.1\r\nHost: {host.netloc}\r\nContent-Type: {MULTIPART_CONTENT}\r\n"
        f"Content-Length: {TWO_GIGABYTES}\r\nCookie: {settings.CSRF_COOKIE_NAME}={'a' * 32}\r\n\r\n"
    )
    started = time.monotonic()
    with socket.create_connection((host.hostname or "", host.port or 0), timeout=30) as link:
        link.sendall(head.encode() + b"a" * 1000)
        answer = b""
        while piece := link.recv(65_536):
            answer += piece
            if b"</html>" in answer:
                break

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert TOO_MUCH.encode() in answer
    assert time.monotonic() - started < 30
