"""What is written to people about their requests, as mail and on paper in the same words; to staff and to owners of
other systems, by mail alone.

Texts are made at sending, from ids: :mod:`dsar.letters.to_person`, :mod:`dsar.letters.to_staff` and
:mod:`dsar.letters.to_owners` write them, :mod:`dsar.letters.kinds` hands them to the outbox, and
:mod:`dsar.letters.paper` sets them in a PDF.
"""

from typing import Final

CODE: Final = "request-code"


def kind_code(letter: str) -> str:
    """The outbox's name for a letter."""
    return f"request-{letter.replace('_', '-')}"
