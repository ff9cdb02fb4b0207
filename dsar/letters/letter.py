"""One letter: its words, without their form."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Final

from django.conf import settings
from django.urls import reverse

from dsar.clock.explanation import written
from dsar.models import Request


@dataclass(frozen=True)
class Button:
    """A link that says what it does."""

    label: str
    url: str


@dataclass(frozen=True)
class Letter:
    """``lead`` comes first, and beside the subject in an inbox; ``quote`` is what somebody wrote, in their words;
    ``steps`` is a list in order (the calculation, the reasons); ``rights`` is how to challenge what is said."""

    subject: str
    lead: str
    paragraphs: tuple[str, ...] = ()
    quote: str = ""
    steps_title: str = ""
    steps: tuple[str, ...] = ()
    rights: tuple[str, ...] = ()
    button: Button | None = None
    facts: tuple[tuple[str, str], ...] = field(default_factory=tuple)


NO_DATE: Final = ""
MOST_OF_SUBJECT: Final = 77
"""Signs of a subject that an inbox shows on one line, and a header without folding (RFC 5322, 2.1.1)."""


def day(when: date | None) -> str:
    """A date as people act by it, with its weekday; empty for none."""
    return written(when) if when else NO_DATE


def fitting(*subjects: str) -> str:
    """The first of these subjects that is short enough; the last, if none is."""
    return next((one for one in subjects if len(one) <= MOST_OF_SUBJECT), subjects[-1])


def page_of(request: Request) -> str:
    """The address of a request's page. It opens with sign-in or a fresh code, and with nothing else."""
    return f"{settings.BASE_URL}{reverse('request', args=[request.pk])}"
