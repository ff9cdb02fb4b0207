"""Log lines without personal data: links, addresses and database values are blanked before a line is written."""

from __future__ import annotations

import logging
import re

_LINK = re.compile(
    r"(/(?:preferences|subscribe|unsubscribe|confirm|account|notices|requests)(?:/[\w-]{1,20})*?/)(?!\w+\.py\b)[^\s/?\"']{16,}"
)
# A browser's reference, in the API and at the desk: its user may be known by it.
_REFERENCE = re.compile(r"(/(?:choices|browser)/)[\w-]{16,19}(?![\w-])(?!\.py)")
# A file of a request: the second id of its address.
_FILE = re.compile(r"(/files/)[0-9a-fA-F-]{36}")
_ADDRESS = re.compile(r"[^\s@<>\"'(),;=/]+@[^\s@<>\"'(),;/]+\.[^\s@<>\"'(),;/]+")
# PostgreSQL quotes the row that broke a constraint.
_DETAIL = re.compile(r"DETAIL:.*?(?=\n\n|\nCONTEXT:|\nTraceback|\Z)", re.DOTALL)


def discreet(text: str) -> str:
    """``text`` with tokens and references in links, e-mail addresses and the values in database errors blanked."""
    text = _DETAIL.sub("DETAIL: (not logged)", text)
    text = _FILE.sub(r"\1•••", _REFERENCE.sub(r"\1•••", _LINK.sub(r"\1•••", text)))
    return _ADDRESS.sub("•••", text)


class DiscreetFormatter(logging.Formatter):
    """Formats a record, traceback included, and makes it discreet."""

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))
