"""Text as it may come in: UTF-8, nothing invisible, no page or drawing in disguise."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from dsar.files.refusal import Refused

_UNKNOWN: Final = _(
    "We cannot take this kind of file. Send a PDF, a photo or picture (JPEG, PNG or WebP), or plain text in UTF-8."
)
_MARKUP: Final = _("This is a web page or a drawing made of code. Print it to a PDF, or take a picture of the screen.")
_EMPTY: Final = _("This file has nothing in it. Choose another one.")

_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
# Also what is no markup, but opened as more than text by programs that look at the content.
_CODE: Final = re.compile(r"<(?:!doctype|html|head|body|script|iframe|svg|\?xml)|%PDF-|\A\s*<", re.IGNORECASE)


def checked(data: bytes) -> bytes:
    """The text without a byte order mark. Raises :class:`Refused`."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refused(_UNKNOWN) from None
    if _CONTROL.search(text):
        raise Refused(_UNKNOWN)
    if _CODE.search(text):
        raise Refused(_MARKUP)
    if not text.strip():
        raise Refused(_EMPTY)
    return text.encode()
