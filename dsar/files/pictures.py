"""Pictures are drawn anew: what goes on is their pixels, and nothing else that was in the file.

No place where a photo was taken, no thumbnail of what was cropped, no archive behind the last pixel.
"""

from __future__ import annotations

import contextlib
import io
from threading import Lock
from typing import TYPE_CHECKING, Final

from django.utils.translation import gettext_lazy as _

from dsar.files.limits import MOST_BYTES, MOST_PIXELS
from dsar.files.refusal import Refused

if TYPE_CHECKING:
    from PIL.Image import Image

_BROKEN: Final = _(
    "This picture is damaged, or only part of it arrived. Open it, save it again as a JPEG, and send that."
)
_TOO_MANY_PIXELS: Final = _("This picture has more than 40 million pixels. Make it smaller, then send it again.")

_PNG: Final = b"\x89PNG\r\n\x1a\n"
_JPEG: Final = b"\xff\xd8\xff"
_START_OF_SCAN: Final = b"\xff\xda"
_MOST_SCANS: Final = 100
"""In a JPEG. Ten are usual; a small file with thousands keeps a processor busy for minutes."""
_QUALITY: Final = 88

# One decoded picture takes 160 MB, and copies while it is turned: threads take turns.
_ONE_AT_A_TIME: Final = Lock()


def is_picture(data: bytes) -> bool:
    """Whether it begins like a picture of a kind that may come in."""
    return data.startswith((_PNG, _JPEG)) or _is_webp(data)


def redrawn(data: bytes) -> tuple[str, bytes]:
    """Content type and bytes of the picture, upright, its first frame only. Raises :class:`Refused`.

    PNG stays PNG, so that small print stays sharp, unless it grows too large; all else becomes JPEG.
    """
    _check_before_opening(data)
    with _ONE_AT_A_TIME:
        try:
            return _redrawn(data)
        except Refused:
            raise
        except Exception as error:  # Pillow's decoders raise whatever they stumble over
            raise Refused(_BROKEN) from error


def _check_before_opening(data: bytes) -> None:
    if data.startswith(_JPEG) and data.count(_START_OF_SCAN) > _MOST_SCANS:
        raise Refused(_BROKEN)
    # For the others Pillow reads no more than the header; for WebP it makes room for all pixels at once.
    if _is_webp(data):
        width, height = _webp_size(data)
        _check_pixels(width, height)


def _check_pixels(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise Refused(_TOO_MANY_PIXELS)


def _redrawn(data: bytes) -> tuple[str, bytes]:
    # Several megabytes, which only a process that gets a picture takes up. Naming the plugin spares loading forty.
    from PIL import Image, WebPImagePlugin

    try:
        image: Image.Image = Image.open(io.BytesIO(data), formats=("PNG", "JPEG", WebPImagePlugin.WebPImageFile.format))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Refused(_TOO_MANY_PIXELS) from None
    _check_pixels(*image.size)
    image.load()
    _turn_upright(image)
    if data.startswith(_PNG):
        image = _bare(image, "RGBA" if image.has_transparency_data else "RGB")
        written = _written(image, "PNG")
        if len(written) <= MOST_BYTES:
            return "image/png", written
    return "image/jpeg", _written(_bare(_on_white(image), "RGB"), "JPEG", quality=_QUALITY)


def _turn_upright(image: Image) -> None:
    """Cameras store how they were held beside the pixels, in the metadata that is about to go."""
    from PIL import ImageOps

    with contextlib.suppress(Exception):  # metadata that cannot be read turns nothing
        ImageOps.exif_transpose(image, in_place=True)


def _bare(image: Image, mode: str) -> Image:
    """The pixels without what came with them, in a mode that needs no palette or profile; grey stays grey."""
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value / 256)
    image = image.convert("L" if image.mode in ("1", "L", "I") else mode)
    # Pillow writes a comment or a colour profile from here even where none was asked for.
    image.info = {}
    return image


def _on_white(image: Image) -> Image:
    if not image.has_transparency_data:
        return image
    from PIL import Image as Images

    paper = Images.new("RGBA", image.size, "white")
    paper.alpha_composite(image.convert("RGBA"))
    return paper


def _written(image: Image, kind: str, **options: int) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def _is_webp(data: bytes) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _webp_size(data: bytes) -> tuple[int, int]:
    """Width and height as the header says (RFC 9649, sections 2.5 to 2.7)."""

    def number(start: int, length: int) -> int:
        return int.from_bytes(data[start : start + length], "little")

    match data[12:16]:
        case b"VP8X":
            return number(24, 3) + 1, number(27, 3) + 1
        case b"VP8L":
            return (number(21, 4) & 0x3FFF) + 1, (number(21, 4) >> 14 & 0x3FFF) + 1
        case b"VP8 ":
            return number(26, 2) & 0x3FFF, number(28, 2) & 0x3FFF
    raise Refused(_BROKEN)
