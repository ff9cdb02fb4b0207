"""Wordings as they were shown, named by their own content."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from django.db import connection

# With every decision; the ORM takes several times as long to say it as the database to do it.
_KEEP: Final = "INSERT INTO consent_ledger_text (digest, language, body) VALUES"


@dataclass(frozen=True, slots=True)
class Shown:
    """The words a person saw when they decided, in the language they saw them in."""

    language: str
    body: str

    @property
    def digest(self) -> str:
        """SHA-256 of language and body, hexadecimal: the name the wording is kept under."""
        return digest_of(self.language, self.body)


def digest_of(language: str, body: str) -> str:
    """SHA-256 of a wording in a language. The line break keeps one from running into the other."""
    return sha256(f"{language}\n{body}".encode()).hexdigest()


def keep(shown: Iterable[Shown]) -> None:
    """Store these wordings unless they are stored, in one statement."""
    if not (texts := sorted({(one.digest, one.language, one.body) for one in shown})):
        return
    rows = ", ".join(["(%s, %s, %s)"] * len(texts))
    with connection.cursor() as cursor:
        cursor.execute(f"{_KEEP} {rows} ON CONFLICT DO NOTHING", [value for text in texts for value in text])
