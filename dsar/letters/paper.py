"""A letter about a request on paper: the words of the mail as a PDF, for who has no address or wants to keep it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import override

from dsar.letters import to_person
from dsar.letters.letter import Letter, day
from dsar.letters.told import has_page
from dsar.models import Event, Request
from dsar.transitions import TABLE
from dsar.vocabulary import Happening, Party
from portal import paper
from portal.organisation import versions
from portal.organisation.schema import Organisation

if TYPE_CHECKING:
    from fpdf import FPDF


# Where the address stands so that the window of an envelope shows it, DL or C5/6, in millimetres from the top.
_WINDOW: Final = 50
_BELOW_WINDOW: Final = 92
_SAID: Final = {
    (Happening.LETTER, Party.STAFF): "message",
    (Happening.EFFECT, Party.STAFF): "restriction_lifted",
}
"""Letters about what is no step, and so in no row of the table."""


def name_of(event: Event) -> str:
    """The letter that was written about what happened, by its name; empty where none was."""
    rows = (row for row in TABLE.values() if row.happening == event.kind and event.party in row.by)
    if letter := next((row.letter for row in rows if row.letter), ""):
        return letter
    if event.kind == Happening.EFFECT and event.facts.get("restricted") is not False:
        return ""
    return _SAID.get((Happening(event.kind), Party(event.party)), "")


def has_letter(event: Event) -> bool:
    """Whether there is a letter about it."""
    return bool(name_of(event))


def as_pdf(request: Request, event: Event) -> bytes:
    """The letter about ``event``, on A4, in the language of the request. Raises KeyError where none was written."""
    with override(request.language):
        organisation = versions.get(request.organisation_version_id).organisation
        letter = to_person.write(name_of(event), request, event)
        author = organisation.controller.legal_name
        pdf = paper.sheet(letter.subject, author, request.language, foot=request.reference)
        pdf.set_creation_date(event.at)  # of the letter, not of this copy: the same letter is the same file
        _head(pdf, request, organisation, event.at.astimezone(ZoneInfo(organisation.law.time_zone)).date())
        _body(pdf, letter, has_page(request))
        return bytes(pdf.output())


def _head(pdf: FPDF, request: Request, organisation: Organisation, written: date) -> None:
    """Who writes, to whom (where a window shows it), on which day, about what."""
    controller = organisation.controller
    paper.line(pdf, ", ".join((controller.legal_name, *controller.address, controller.email)), size=8)
    pdf.set_y(_WINDOW)
    for text in (request.name, *request.postal_address.splitlines()):
        if text.strip():
            paper.line(pdf, text)
    pdf.set_y(max(_BELOW_WINDOW, pdf.get_y()))
    paper.line(pdf, day(written))
    paper.line(pdf, _("Our reference: %(reference)s") % {"reference": request.reference})
    pdf.ln(4)


def _body(pdf: FPDF, letter: Letter, has_page: bool) -> None:
    paper.heading(pdf, letter.subject, size=14)
    paper.line(pdf, letter.lead)
    for text in letter.quote.splitlines():
        if text.strip():
            paper.line(pdf, text, indent=6)
    for paragraph in letter.paragraphs:
        paper.line(pdf, paragraph)
    for label, text in letter.facts:
        paper.line(pdf, label, bold=True)
        paper.line(pdf, text)
    _list(pdf, letter.steps_title, [f"{number}. {step}" for number, step in enumerate(letter.steps, 1)])
    if letter.button and has_page:
        paper.line(pdf, f"{letter.button.label}: {letter.button.url}")
    _list(pdf, _("How to challenge this"), [f"– {text}" for text in letter.rights])


def _list(pdf: FPDF, title: str, lines: list[str]) -> None:
    if not lines:
        return
    pdf.ln(3)
    paper.heading(pdf, title)
    for text in lines:
        paper.line(pdf, text, indent=4)
