"""Wordings as they were shown, named by their own content."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256

from consent.ledger.models import Text


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


def keep(shown: Shown) -> str:
    """Store the wording unless it is stored, in one statement, and return its digest."""
    text = Text(digest=shown.digest, language=shown.language, body=shown.body)
    Text.objects.bulk_create([text], ignore_conflicts=True)
    return text.digest
