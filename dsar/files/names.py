"""What a file is called on a page and in a download. On disk it has another name, which nobody chose."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

LONGEST: Final = 100
"""Characters in a name, its ending included."""

ENDINGS: Final = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "text/plain": (".txt",),
}
"""The endings of what may come in, by type; the first is given to what has none of them. A list in CSV gets ``.txt``
too: double-clicked as ``.csv`` it would open in a spreadsheet, and run its formulas."""

_UNNAMED: Final = "file"
_SPECIAL: Final = re.compile(r'[<>:"|?*]')
_ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}\Z")


def safe_name(name: str, content_type: str) -> str:
    """``name`` as it may be shown and saved: no path, nothing invisible, at most ``LONGEST``, the type's own ending.

    Raises KeyError for a type that may not come in.
    """
    endings = ENDINGS[content_type]
    stem, ending = plain(name), endings[0]
    if found := _ENDING.search(stem):
        stem = stem[: found.start()]
        ending = found[0].lower() if found[0].lower() in endings else ending
    stem = stem[: LONGEST - len(ending)].strip(" .") or _UNNAMED
    return stem + ending


def plain(name: str) -> str:
    """The last part of a path, without controls, marks that turn the direction of reading, and what Windows forbids."""
    last = re.split(r"[/\\]", name)[-1]
    # Of the characters without a shape (category C) none belongs in a name; all kinds of space become one space.
    spaced = " ".join(last.split())
    visible = "".join(one for one in spaced if not unicodedata.category(one).startswith("C"))
    return " ".join(unicodedata.normalize("NFC", _SPECIAL.sub("_", visible)).split()).strip(" .")
