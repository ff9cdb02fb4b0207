"""A PDF is one from its first byte to its last, nothing else besides, and does nothing when staff open it."""

from __future__ import annotations

import os
import time
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsar.files import pdf
from dsar.files.refusal import Refused
from tests.dsar.files import samples
from tests.dsar.files.samples import HTML, stream

PLAIN = samples.pdf(b"<< /Type /Catalog /Pages 2 0 R >>")
OBJECTS = b"12 0 13 57 "


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as raised:
        pdf.checked(data)
    return str(raised.value.message)


@pytest.mark.parametrize("tail", [b"", b"\n", b"\r\n", b" \t\r\n\n", b"\0"])
def test_white_space_may_follow_the_end(tail: bytes) -> None:
    assert pdf.checked(PLAIN + tail)


@pytest.mark.parametrize("tail", [b"x", HTML, b"\n%%EO", b"\n<"])
def test_nothing_else_may(tail: bytes) -> None:
    assert refusal(PLAIN + tail)


@pytest.mark.parametrize("before", [b" ", b"\n", b"\xef\xbb\xbf", HTML, b"GIF89a"])
def test_nothing_may_stand_before_it(before: bytes) -> None:
    from dsar.files.inspection import inspect

    with pytest.raises(Refused):
        inspect(samples.upload(before + PLAIN))


@given(length=st.integers(0, len(PLAIN) - 1))
def test_a_pdf_cut_anywhere_is_refused(length: int) -> None:
    assert "print it to a new PDF" in refusal(PLAIN[:length])


@pytest.mark.parametrize("second", [samples.archive(), HTML, b"<hTmL>", b"<script src=x>"])
@pytest.mark.parametrize("wrapped", [lambda second: second, lambda second: b"<< >>\nstream\n%s\nendstream" % second])
def test_a_pdf_that_is_something_else_too_is_refused(second: bytes, wrapped: type) -> None:
    assert "more in this file than a PDF" in refusal(samples.pdf(wrapped(second)))


def test_an_archive_is_found_far_from_the_end_and_chance_is_not_taken_for_one() -> None:
    far = bytes(200_000)
    assert refusal(samples.pdf(samples.archive(), far))
    assert pdf.checked(samples.pdf(b"PK\x05\x06" + b"\x17" * 18, far))
    assert refusal(samples.pdf(far, b"PK\x05\x06" + b"\x17" * 18))


ACTIVE = [
    b"<< /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>",
    b"<< /AA << /O << /S/JavaScript/JS 5 0 R >> >> >>",
    b"<< /S /J#61v#61Script >>",
    b"<< /S /#4A#61#76#61#53#63#72#69#70#74 >>",
    b"<< /S /Launch /F (cmd.exe) >>",
    b"<< /S /ImportData >>",
    b"<< /Type /EmbeddedFile >>",
    b"<< /Names << /EmbeddedFiles 3 0 R >> >>",
    b"<< /Subtype /FileAttachment >>",
    b"<< /Subtype /RichMedia >>",
    b"<< /AcroForm << /XFA [ (template) 4 0 R ] >> >>",
    b"<< /AcroForm << /X#46A 4 0 R >> >>",
]


@pytest.mark.parametrize("active", ACTIVE)
@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_what_would_act_when_opened_is_refused_in_clear_and_compressed(active: bytes, line_end: bytes) -> None:
    assert "scripts, programs or other files" in refusal(samples.pdf(active))
    hidden = stream(OBJECTS + active).replace(b"stream\n", b"stream" + line_end, 1)
    assert active not in hidden
    assert "scripts, programs or other files" in refusal(samples.pdf(hidden))


@pytest.mark.parametrize("padding", [1_000, 999_990, 1_000_010, 3_000_000])
def test_it_is_found_wherever_in_a_long_stream_it_stands(padding: int) -> None:
    for shift in range(3):
        hidden = stream(OBJECTS + os.urandom(padding // 2).hex().encode() + b" " * shift + ACTIVE[3])
        assert refusal(samples.pdf(hidden))


@pytest.mark.parametrize("before", [b"", b"\0\0\0\xff\xff" * 20_000], ids=["at once", "after empty blocks"])
@pytest.mark.parametrize("after", [b"", bytes(4), b"\xff" * 300], ids=["no checksum", "a wrong one", "damage"])
def test_readers_forgive_a_damaged_stream_and_so_it_hides_nothing(before: bytes, after: bytes) -> None:
    packer = zlib.compressobj(wbits=-15)
    content = packer.compress(OBJECTS + ACTIVE[0]) + packer.flush(zlib.Z_SYNC_FLUSH if after else zlib.Z_FINISH)
    packed = b"\x78\x9c" + before + content + after
    assert "scripts" in refusal(samples.pdf(b"<< >>\nstream\n" + packed + b"\nendstream"))


@pytest.mark.parametrize("lock", [b"<< /Encrypt 9 0 R >>", b"<< /Encrypt<< /Filter /Standard >> >>"])
def test_a_locked_pdf_is_refused_since_nobody_can_look_into_it(lock: bytes) -> None:
    assert "locked" in refusal(samples.pdf(lock))
    assert "locked" in refusal(samples.pdf(stream(OBJECTS + lock)))


def test_words_about_scripts_are_not_scripts() -> None:
    assert pdf.checked(samples.pdf(b"<< /Title (JavaScript for Launch days: Encrypt everything) >>"))


def test_pixels_and_chance_are_not_taken_for_objects() -> None:
    assert pdf.checked(samples.pdf(stream(os.urandom(5_000_000), b"/Subtype /Image /Filter /FlateDecode")))
    assert pdf.checked(samples.pdf(stream(bytes(300_000_000), b"/Subtype /Image /Filter /FlateDecode")))


@pytest.mark.parametrize(
    "bomb",
    [
        samples.pdf(stream(OBJECTS + bytes(300_000_000))),
        samples.pdf(*[stream(OBJECTS + bytes(9_000_000))] * 10),
        b"%PDF-1.7\n" + b"stream\n" * 1_000_000 + b"%%EOF",
    ],
    ids=["one", "many", "starts"],
)
def test_a_bomb_is_not_inflated_to_its_end(bomb: bytes) -> None:
    started = time.monotonic()
    assert refusal(bomb)
    assert time.monotonic() - started < 10


@given(st.binary(max_size=2_000))
def test_whatever_stands_between_start_and_end_is_judged_without_an_error(content: bytes) -> None:
    for data in (samples.pdf(content), samples.pdf(b"stream\nx\x9c" + content), samples.pdf(stream(OBJECTS + content))):
        try:
            assert pdf.checked(data) == data
        except Refused:
            continue
