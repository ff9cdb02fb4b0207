"""What may come in: decided by what a file holds, never by its name or by what its sender calls it.

PDF, JPEG, PNG, WebP (passed on as JPEG) and plain text, CSV included. No DOCX, ODT or archive: each is a ZIP of parts
with macros, links and embedded objects, which only a program as large as an office suite can judge, and every such
program saves a PDF. No HEIC and no GIF: one decoder more for strangers to aim at, where phones send JPEG if a page asks
for it, as ours does.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from dsar.files import pdf, pictures, plain_text
from dsar.files.limits import MOST_BYTES
from dsar.files.names import safe_name
from dsar.files.refusal import Refused

_EMPTY: Final = _("This file is empty. Choose another one.")
_TOO_LARGE: Final = _("This file is larger than 10 MB. Make it smaller, or send it in parts.")
_OFFICE: Final = _("We cannot take office documents or archives. Save it as a PDF, and send that.")
_HEIC: Final = _("We cannot open photos in Apple's HEIC format. Save it as a JPEG, or take a picture of the screen.")
_OTHER_PICTURE: Final = _("We cannot open this kind of picture. Save it as a JPEG or PNG, and send that.")

# ZIP, with DOCX and ODT among it, the older office files, RTF, RAR, 7z, gzip.
_OFFICE_STARTS: Final = (
    b"PK\x03\x04",
    b"PK\x05\x06",
    b"\xd0\xcf\x11\xe0",
    b"{\\rtf",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\x1f\x8b",
)
_PICTURE_STARTS: Final = (b"GIF8", b"BM", b"II*\0", b"MM\0*", b"\0\0\1\0")


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that may come in, as it may be kept: ``data`` is not always what was sent."""

    name: str
    content_type: str
    data: bytes = field(repr=False)


def inspect(upload: UploadedFile[bytes]) -> Inspected:
    """Look at an upload, and draw pictures anew. Raises :class:`Refused` with a sentence to its sender."""
    content_type, data = _judged(_whole(upload))
    if len(data) > 2 * MOST_BYTES:  # pictures may grow as they are drawn
        raise Refused(_TOO_LARGE)
    return Inspected(safe_name(upload.name or "", content_type), content_type, data)


def _whole(upload: UploadedFile[bytes]) -> bytes:
    if (upload.size or 0) > MOST_BYTES:
        raise Refused(_TOO_LARGE)
    upload.seek(0)
    data: bytes = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise Refused(_TOO_LARGE)
    if not data:
        raise Refused(_EMPTY)
    return data


def _judged(data: bytes) -> tuple[str, bytes]:
    if data.startswith(pdf.START):
        return "application/pdf", pdf.checked(data)
    if pictures.is_picture(data):
        return pictures.redrawn(data)
    if data.startswith(_OFFICE_STARTS):
        raise Refused(_OFFICE)
    if data[4:8] == b"ftyp":
        raise Refused(_HEIC)
    if data.startswith(_PICTURE_STARTS) and b"\0" in data:
        raise Refused(_OTHER_PICTURE)
    return "text/plain", plain_text.checked(data)
