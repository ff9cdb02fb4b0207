"""PDFs are passed on as they are, so they must be PDFs alone, and do nothing when they are opened.

Staff open what strangers send, in whatever reader they have. So a PDF with scripts, programs to start, other files
inside or a password is refused; printing it to a PDF again takes all of these out. The search sees through escaped
names and compressed objects. It is no proof: whoever wraps a script in filters that nobody uses may get it past, and
meets the reader's own protection. Nothing of this runs here, and the portal never shows a PDF in a page.
"""

from __future__ import annotations

import contextlib
import re
import zlib
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _

from dsar.files.limits import MEGABYTE
from dsar.files.refusal import Refused

START: Final = b"%PDF-"
"""At the first byte: readers also take it later, and then what stands before may be something else."""

_CUT_OFF: Final = _("This PDF is damaged, or only part of it arrived. Open it, print it to a new PDF, and send that.")
_MORE: Final = _("There is more in this file than a PDF. Open it, print it to a new PDF, and send that.")
_ACTIVE: Final = _(
    "This PDF has scripts, programs or other files in it, which we do not open. Print it to a new PDF, and send that."
)
_LOCKED: Final = _(
    "This PDF is locked with a password or against changes. Send one without a lock, or pictures of its pages."
)

_WHITE_SPACE: Final = b"\0\t\n\f\r "
_ZIP_END: Final = b"PK\x05\x06"
# Archives are read from their end, which may be followed by a comment of 65,535 bytes.
_ZIP_END_WITHIN: Final = 22 + 65_535
_MARKUP: Final = re.compile(rb"<(?:!doctype|html|script)", re.IGNORECASE)


def _named(*names: str, then: str = "") -> re.Pattern[bytes]:
    """Finds the names, any letter of which may be written as ``#`` and its code."""
    spelled = ("".join(f"(?:{letter}|#(?i:{ord(letter):02x}))" for letter in name) for name in names)
    return re.compile(f"/(?:{'|'.join(spelled)}){then}".encode())


_ACTIVE_NAMES: Final = _named("JavaScript", "Launch", "ImportData", "EmbeddedFile", "FileAttachment", "RichMedia")
# These are short, or the start of other names: what follows tells.
_ACTIVE_FORM: Final = _named("XFA", then=r"\s*[\[0-9]")
_LOCK: Final = _named("Encrypt", then=r"\s*(?:<<|[0-9])")
_STREAM: Final = re.compile(rb"(?<!end)stream[ \t]*(?:\r\n|\n|\r)")

_STEP: Final = 256
"""Bytes inflated at a time: to 264 kB at most."""
_OVERLAP: Final = 64
"""Longer than any of the names above with every letter escaped."""
_MOST_INFLATED: Final = 40 * MEGABYTE
_MOST_STREAMS: Final = 50_000
# Objects in a stream stand behind a list of their numbers and places (ISO 32000-2, 7.5.7). Pixels and fonts do not.
_OBJECTS: Final = re.compile(rb"\s*(?:%|[+-]?\d+\s+[+-]?\d+\s)")


def checked(data: bytes) -> bytes:
    """The same bytes, if they may come in. Raises :class:`Refused`."""
    if not data.startswith(START) or not data.rstrip(_WHITE_SPACE).endswith(b"%%EOF"):
        raise Refused(_CUT_OFF)
    if _is_archive_too(data) or _MARKUP.search(data):
        raise Refused(_MORE)
    for part in _parts(data):
        if _ACTIVE_NAMES.search(part) or _ACTIVE_FORM.search(part):
            raise Refused(_ACTIVE)
        if _LOCK.search(part):
            raise Refused(_LOCKED)
    return data


def _is_archive_too(data: bytes) -> bool:
    # Anywhere else four bytes may be chance, in one large scan of 400; an archive on one disk follows them with zeros.
    return _ZIP_END in data[-_ZIP_END_WITHIN:] or _ZIP_END + bytes(4) in data


def _parts(data: bytes) -> Iterator[bytes]:
    """What to search: the file as it stands, then what may be compressed objects, in pieces that overlap."""
    yield data
    room = _MOST_INFLATED
    for number, found in enumerate(_STREAM.finditer(data)):
        for piece in _inflated(memoryview(data)[found.end() :]):
            room -= len(piece)
            yield piece
        if room < 0 or number == _MOST_STREAMS:
            raise Refused(_MORE)


def _inflated(packed: memoryview) -> Iterator[bytes]:
    """The stream that begins here, if it is compressed and may hold objects; at most ``_MOST_INFLATED`` and a step."""
    if not packed or packed[0] & 0x0F != zlib.DEFLATED:
        return
    # Without zlib's two bytes in front, its checksum behind is not compared: readers do not compare it either.
    inflater, before, total = zlib.decompressobj(wbits=-zlib.MAX_WBITS), b"", 0
    for start in range(2, len(packed), _STEP):
        new, ended = _step(inflater, packed[start : start + _STEP])
        piece = before + new
        before = piece[-_OVERLAP:]
        if len(piece) > _OVERLAP or ended:
            if not total and not _OBJECTS.match(piece):
                return
            total += len(piece)
            yield piece
        if ended or total > _MOST_INFLATED:
            return


def _step(inflater: zlib._Decompress, packed: memoryview) -> tuple[bytes, bool]:
    """What a few bytes inflate to, up to where they are damaged, as readers show it; and whether the stream ends."""
    before = inflater.copy()
    try:
        return inflater.decompress(packed), inflater.eof
    except zlib.error:
        found = bytearray()
        with contextlib.suppress(zlib.error):
            for position in range(len(packed)):
                found += before.decompress(packed[position : position + 1])
        return bytes(found), True
