"""What a file holds decides, never its name or its declared type; whoever sent it is told what to do instead."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from dsar.files.inspection import inspect
from dsar.files.limits import MOST_BYTES
from dsar.files.refusal import Refused
from tests.dsar.files import samples
from tests.dsar.files.samples import HTML, SVG, upload


def refusal(data: bytes, name: str = "proof.pdf", content_type: str = "application/pdf") -> str:
    with pytest.raises(Refused) as raised:
        inspect(upload(data, name, content_type))
    return str(raised.value.message)


@pytest.mark.parametrize(
    ("data", "content_type", "name"),
    [
        (samples.printed_pdf(), "application/pdf", "proof.pdf"),
        (samples.picture("PNG"), "image/png", "proof.png"),
        (samples.picture("JPEG"), "image/jpeg", "proof.jpg"),
        (samples.picture("WEBP"), "image/jpeg", "proof.jpg"),
        ("Dear team,\r\n\tmy café – née Müller\n".encode(), "text/plain", "proof.txt"),
        (b"date,amount\n2026-03-02,-4.50\n", "text/plain", "proof.txt"),
    ],
)
@pytest.mark.parametrize("claim", [("proof.exe", "application/pdf"), ("proof.html", "text/html"), ("proof", "")])
def test_content_decides_whatever_the_sender_says(
    data: bytes, content_type: str, name: str, claim: tuple[str, str]
) -> None:
    found = inspect(upload(data, *claim))

    assert (found.content_type, found.name) == (content_type, name)


def test_text_loses_its_byte_order_mark_and_nothing_else() -> None:
    assert inspect(upload("\ufeffa;b\r\n1;2\r\n".encode())).data == b"a;b\r\n1;2\r\n"


def test_a_pdf_is_passed_on_byte_for_byte() -> None:
    data = samples.printed_pdf()
    assert inspect(upload(data)).data == data


@pytest.mark.parametrize(
    ("data", "advice"),
    [
        (b"", "empty"),
        (b" \n\t\r\n", "nothing in it"),
        (b"\xef\xbb\xbf", "nothing in it"),
        (HTML, "Print it to a PDF"),
        (b"\n  <html>", "Print it to a PDF"),
        (b"Dear team <SCRIPT src=//evil.example></SCRIPT>", "Print it to a PDF"),
        (SVG, "Print it to a PDF"),
        (b'<?xml version="1.0"?>' + SVG, "Print it to a PDF"),
        (b"<!-- a comment -->" + SVG, "Print it to a PDF"),
        (b"\n%PDF-1.7\n%%EOF", "Print it to a PDF"),
        (samples.archive(), "Save it as a PDF"),
        (samples.archive(compressed=bytes(50_000_000)), "Save it as a PDF"),
        (gzip.compress(bytes(50_000_000)), "Save it as a PDF"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(500), "Save it as a PDF"),
        (b"{\\rtf1 {\\object\\objemb}}", "Save it as a PDF"),
        (bytes([0, 0, 0, 24]) + b"ftypheic" + bytes(100), "JPEG"),
        (bytes([0, 0, 0, 24]) + b"ftypavif" + bytes(100), "JPEG"),
        (samples.picture("GIF"), "JPEG or PNG"),
        (samples.picture("GIF") + samples.archive(), "JPEG or PNG"),
        (samples.picture("TIFF"), "JPEG or PNG"),
        (samples.picture("BMP"), "JPEG or PNG"),
        (b"\x7fELF" + bytes(100), "Send a PDF"),
        (b"MZ\x90\0" + bytes(100), "Send a PDF"),
        (b"#!/bin/sh\nrm -rf /\n\x1b[2K", "Send a PDF"),
        (b"one\0two", "Send a PDF"),
        ("caf\u0085".encode(), "Send a PDF"),
        ("Müller".encode("latin-1"), "UTF-8"),
        ("Müller".encode("utf-16"), "UTF-8"),
        (b"\xed\xa0\x80", "UTF-8"),
    ],
)
def test_everything_else_is_refused_with_what_to_do(data: bytes, advice: str) -> None:
    assert advice in refusal(data)


def test_what_begins_like_a_gif_or_bitmap_but_is_text_is_text() -> None:
    assert inspect(upload(b"BMW 3 series, second hand")).content_type == "text/plain"


def test_a_file_of_the_most_bytes_may_come_in_and_of_one_more_may_not() -> None:
    assert len(inspect(upload(b"a" * MOST_BYTES)).data) == MOST_BYTES
    assert "10 MB" in refusal(b"a" * (MOST_BYTES + 1))


def test_a_file_that_says_it_is_small_is_counted_all_the_same() -> None:
    large = upload(b"a" * (MOST_BYTES + 1))
    large.size = 10
    with pytest.raises(Refused, match="10 MB"):
        inspect(large)


def test_a_file_that_says_it_is_large_is_not_read() -> None:
    large = upload(b"a")
    large.size = MOST_BYTES + 1
    large.close()
    with pytest.raises(Refused, match="10 MB"):
        inspect(large)


def test_what_was_inspected_does_not_show_its_content_in_a_log() -> None:
    assert "Archer" not in repr(inspect(upload(b"Joan Archer")))


def test_pillow_is_loaded_only_when_a_picture_comes() -> None:
    import subprocess
    import sys

    look = "import django, sys; django.setup(); import dsar.files.fields; sys.exit('PIL.Image' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", look], check=False, cwd=Path.cwd()).returncode == 0
