"""Paper: an A4 page in the portal's type, for whatever is made as a PDF. What stands on it is the caller's."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fpdf import FPDF

SANS: Final = "Open Sans"
MARGIN: Final = 20
"""Millimetres, on all sides."""
# Of the control characters only a line break means something on paper.
_UNPRINTABLE: Final = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


def sheet(title: str, author: str, language: str, *, foot: str = "") -> FPDF:
    """An empty document with its first page, in Open Sans, with title, author and language for screen readers.

    ``foot`` stands at the foot of each page, with its number; without one there is neither.
    """
    from ttf_opensans import OPENSANS_BOLD, OPENSANS_REGULAR

    pdf = _footed(foot)
    pdf.set_title(title)
    pdf.set_author(author)
    pdf.set_lang(language)
    pdf.set_margin(MARGIN)
    pdf.set_auto_page_break(auto=True, margin=MARGIN)
    pdf.add_font(SANS, "", OPENSANS_REGULAR.path)
    pdf.add_font(SANS, "B", OPENSANS_BOLD.path)
    pdf.add_page()
    return pdf


def line(pdf: FPDF, text: str, *, size: int = 10, bold: bool = False, indent: int = 0) -> None:
    """A paragraph of ``size`` points, broken into lines as wide as the page; ``indent`` in millimetres."""
    look: dict[str, Any] = {"new_x": "LMARGIN", "new_y": "NEXT", "align": "L"}
    pdf.set_font(SANS, "B" if bold else "", size)
    pdf.set_x(MARGIN + indent)
    pdf.multi_cell(0, size * 0.55, printable(text), **look)
    pdf.ln(1)


def heading(pdf: FPDF, text: str, *, size: int = 12) -> None:
    """A heading, which stands in the outline of the document too, and never alone at the foot of a page."""
    if pdf.will_page_break(size * 1.5):
        pdf.add_page()
    pdf.start_section(printable(text))
    line(pdf, text, size=size, bold=True)


def printable(text: str) -> str:
    """The text without what no printer can print; line breaks stay."""
    return _UNPRINTABLE.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _footed(foot: str) -> FPDF:
    # Some 20 MB of memory, which only a process that makes a PDF takes up.
    from fpdf import FPDF

    class Footed(FPDF):
        def footer(self) -> None:
            if foot:
                self.set_y(5 - MARGIN)
                self.set_font(SANS, "", 8)
                self.cell(0, 5, f"{foot}   {self.page_no()}/{{nb}}", align="R")

    return Footed(format="A4")
