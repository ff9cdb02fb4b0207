"""Reads the words of a PDF that fpdf2 made, as a reader does: by the maps from glyphs to letters that lie in it."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\s(.*?)endobj", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_SHOWN = re.compile(rb"/F(\d+) [\d.]+ Tf|\((.*?)(?<!\\)((?:\\\\)*)\) Tj", re.DOTALL)
_ESCAPED = re.compile(rb"\\(.)", re.DOTALL)
_FOOT = re.compile(r"\S+\s+\d+/\s*\d+\s*$")
_LETTERS = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages_of(pdf: bytes) -> list[str]:
    """The text of each page: what is drawn, piece by piece."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    fonts = {
        int(name): _map(objects, int(number))
        for body in objects.values()
        if b"/Font <<" in body or b"/Font<<" in body or b"/F1 " in body
        for name, number in re.findall(rb"/F(\d+) (\d+) 0 R", body)
    }
    contents = [
        int(found.group(1))
        for body in objects.values()
        if re.search(rb"/Type /Page\b", body) and (found := re.search(rb"/Contents (\d+) 0 R", body))
    ]
    return [" ".join(_words(_unpacked(objects[number]), fonts)) for number in contents]


def text_of(pdf: bytes) -> str:
    """All its words, with one space between them; without what stands at the foot of each page, which a paragraph that
    goes on overleaf has in its middle."""
    return " ".join(" ".join(_FOOT.sub("", page) for page in pages_of(pdf)).split())


def _words(content: bytes, fonts: dict[int, dict[int, str]]) -> list[str]:
    found, font = [], fonts[1]
    for name, shown, slashes in _SHOWN.findall(content):
        if name:
            font = fonts[int(name)]
            continue
        glyphs = _ESCAPED.sub(lambda sign: _LETTERS.get(sign.group(1), sign.group(1)), shown + slashes)
        found.append("".join(font[int.from_bytes(glyphs[at : at + 2])] for at in range(0, len(glyphs), 2)))
    return found


def _map(objects: dict[int, bytes], font: int) -> dict[int, str]:
    found = re.search(rb"/ToUnicode (\d+) 0 R", objects[font])
    if found is None:
        raise ValueError("A font without letters.")
    pairs = re.findall(rb"<([0-9A-Fa-f]{4})>\s*<([0-9A-Fa-f]+)>\s", _unpacked(objects[int(found.group(1))]))
    return {int(glyph, 16): bytes.fromhex(letter.decode()).decode("utf-16-be") for glyph, letter in pairs}


def _unpacked(body: bytes) -> bytes:
    found = _STREAM.search(body)
    if found is None:
        raise ValueError("No stream.")
    # The sum at the end of a stream may end in a byte that looks like a line end: not asked for.
    return zlib.decompressobj().decompress(found.group(1)) if b"/FlateDecode" in body else found.group(1)
