"""A picture is drawn anew: its pixels go on, and nothing else that came in the file. Bombs are not opened."""

from __future__ import annotations

import io
import tracemalloc
import warnings
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as tries
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from dsar.files import pictures
from dsar.files.inspection import Inspected, inspect
from dsar.files.limits import MOST_BYTES, MOST_PIXELS
from dsar.files.refusal import Refused
from tests.dsar.files import samples
from tests.dsar.files.samples import HTML, drawing, opened, picture, upload

# In production, too, Pillow's warnings about damage stop nothing.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning", "ignore::PIL.Image.DecompressionBombWarning")

KINDS = ["PNG", "JPEG", "WEBP"]
SECRET = b"51.5074 N, taken with Joan's phone"


def drawn(data: bytes) -> Inspected:
    return inspect(upload(data))


def refusal(data: bytes) -> str:
    with pytest.raises(Refused) as raised:
        drawn(data)
    return str(raised.value.message)


def with_metadata(kind: str) -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif.get_ifd(0x8825)[1] = SECRET.decode()
    texts = PngImagePlugin.PngInfo()
    texts.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    texts.add_text("Comment", SECRET.decode(), zip=False)
    options: dict[str, Any] = {"exif": exif, "icc_profile": SECRET, "xmp": SECRET}
    options |= {"pnginfo": texts} if kind == "PNG" else {"comment": SECRET} if kind == "JPEG" else {}
    return picture(kind, **options)


@pytest.mark.parametrize("kind", KINDS)
def test_metadata_stays_behind(kind: str) -> None:
    sent = with_metadata(kind)
    assert SECRET in sent

    kept = drawn(sent).data
    assert SECRET not in kept
    assert not opened(kept).getexif()
    assert set(opened(kept).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("behind", [HTML, samples.archive(), b"<?php system($_GET[0]); ?>", samples.printed_pdf()])
def test_what_stands_behind_the_last_pixel_stays_behind(kind: str, behind: bytes) -> None:
    kept = drawn(picture(kind) + behind).data

    assert behind[:20] not in kept
    assert behind[-20:] not in kept
    assert kept == drawn(picture(kind)).data


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_a_png_looks_as_it_did(mode: str) -> None:
    image = (
        drawing("L").convert("I").point(lambda value: value * 257).convert("I;16") if mode == "I;16" else drawing(mode)
    )
    sent = picture("PNG", image)

    kept = opened(drawn(sent).data)
    as_sent = drawing("L") if mode == "I;16" else opened(sent)
    assert kept.convert("RGBA").tobytes() == as_sent.convert("RGBA").tobytes()


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_a_photo_looks_nearly_as_it_did(mode: str) -> None:
    sent = picture("JPEG", drawing("RGB").convert(mode), quality=95)
    before, after = opened(sent).convert("RGB"), opened(drawn(sent).data).convert("RGB")

    assert before.size == after.size
    for corner in [(20, 2), (20, 29)]:
        assert before.getpixel(corner) == pytest.approx(after.getpixel(corner), abs=12)


def test_what_was_see_through_in_webp_is_white() -> None:
    kept = opened(drawn(picture("WEBP", Image.new("RGBA", (20, 20), (0, 0, 0, 0)), lossless=True)).data)
    assert kept.getpixel((10, 10)) == (255, 255, 255)


@pytest.mark.parametrize("kind", KINDS)
def test_a_photo_taken_sideways_stands_upright(kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    kept = opened(drawn(picture(kind, drawing(size=(48, 32)), exif=exif)).data)
    assert kept.size == (32, 48)


def test_metadata_that_cannot_be_read_does_no_harm() -> None:
    sent = picture("JPEG", exif=b"Exif\0\0MM\0*\xff\xff\xff\xff")
    assert opened(drawn(sent).data).size == (48, 32)


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_one_that_moves_the_first_frame_goes_on(kind: str) -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    sent = picture(kind, frames[0], save_all=True, append_images=frames[1:], lossless=True)
    assert getattr(opened(sent), "n_frames", 1) == 3

    kept = opened(drawn(sent).data)
    assert getattr(kept, "n_frames", 1) == 1
    assert kept.convert("RGB").getpixel((10, 10)) == pytest.approx((255, 0, 0), abs=3)


def test_a_photo_with_a_second_one_inside_is_the_first() -> None:
    file = io.BytesIO()
    drawing().save(file, "MPO", save_all=True, append_images=[Image.new("RGB", (20, 20))])
    assert opened(drawn(file.getvalue()).data).size == (48, 32)


# Bombs.


@pytest.mark.parametrize("size", [(10_000, 10_000), (30_000, 30_000), (65_535, 65_535), (8_000, 5_001)])
@pytest.mark.parametrize("claim", [samples.png_that_claims, samples.webp_that_claims])
def test_too_many_pixels_are_refused_before_any_is_decoded(size: tuple[int, int], claim: type) -> None:
    bomb = claim(*size)
    assert len(bomb) < MOST_BYTES
    drawn(picture("PNG"))  # Pillow is loaded
    tracemalloc.start()
    try:
        assert "40 million pixels" in refusal(bomb)
        assert tracemalloc.get_traced_memory()[1] < 3_000_000
    finally:
        tracemalloc.stop()


def test_pillows_own_warning_is_taken_for_a_refusal_too() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert "40 million pixels" in refusal(samples.png_that_claims(10_000, 10_000))


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 50}, {"xmp": b"x"}])
@pytest.mark.parametrize("size", [(1, 1), (300, 2), (2, 300), (1234, 57)])
def test_the_size_of_a_webp_is_read_from_its_header(options: dict[str, Any], size: tuple[int, int]) -> None:
    assert pictures._webp_size(picture("WEBP", drawing(size=size), **options)) == size


def test_as_many_pixels_as_are_allowed_may_come_in() -> None:
    assert MOST_PIXELS == 8_000 * 5_000
    kept = drawn(samples.png_that_claims(8_000, 5_000))
    assert opened(kept.data).size == (8_000, 5_000)


def test_a_jpeg_of_endless_scans_is_refused_at_once() -> None:
    progressive = picture("JPEG", drawing(size=(800, 800)), progressive=True)
    assert opened(drawn(progressive).data).size == (800, 800)
    at = progressive.rindex(b"\xff\xda")
    assert "damaged" in refusal(progressive[:-2] + progressive[at:-2] * 100 + b"\xff\xd9")


def test_a_png_that_would_grow_too_large_becomes_a_photo(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_BYTES", 100)
    found = drawn(picture("PNG", drawing("RGBA")))
    assert (found.content_type, found.name) == ("image/jpeg", "proof.jpg")
    assert opened(found.data).format == "JPEG"


def test_a_picture_that_grows_beyond_all_bounds_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "redrawn", lambda data: ("image/jpeg", bytes(2 * MOST_BYTES + 1)))
    assert "10 MB" in refusal(picture("JPEG"))


# Damage.


@given(data=st.data(), kind=st.sampled_from(KINDS))
@tries(max_examples=150)
def test_a_picture_cut_anywhere_is_refused_or_whole(data: st.DataObject, kind: str) -> None:
    whole = picture(kind, drawing(size=(64, 64)))
    cut = whole[: data.draw(st.integers(12, len(whole) - 1))]
    try:
        kept = drawn(cut)
    except Refused:
        return
    assert kept.data == drawn(whole).data


@given(data=st.data(), kind=st.sampled_from(KINDS))
@tries(max_examples=200)
def test_a_picture_with_any_bytes_changed_is_refused_or_drawn(data: st.DataObject, kind: str) -> None:
    damaged = bytearray(with_metadata(kind))
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(12, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    try:
        kept = drawn(bytes(damaged))
    except Refused:
        return
    assert opened(kept.data).format in {"PNG", "JPEG"}


@pytest.mark.parametrize("start", [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\0\0\0\0WEBP", b"RIFF\0\0\0\0WEBPVP8X"])
@pytest.mark.parametrize("rest", [b"", HTML, bytes(200), b"\xff" * 200])
def test_a_start_alone_is_no_picture(start: bytes, rest: bytes) -> None:
    assert refusal(start + rest)
