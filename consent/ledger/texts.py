"""Wordings as they were shown, named by their own content."""

from __future__ import annotations

from collections.abc import Iterable
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


def keep(shown: Iterable[Shown]) -> None:
    """Store these wordings unless they are stored, in one statement."""
    texts = {one.digest: Text(digest=one.digest, language=one.language, body=one.body) for one in shown}
    Text.objects.bulk_create([text for _digest, text in sorted(texts.items())], ignore_conflicts=True)
