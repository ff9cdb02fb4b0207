"""Paper: an A4 page in the portal's type, for whatever is made as a PDF. What stands on it is the caller's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from fpdf import FPDF

SANS: Final = "Open Sans"
MARGIN: Final = 20
"""Millimetres, on all sides."""


def sheet(title: str, author: str, language: str) -> FPDF:
    """An empty document with its first page, in Open Sans, with title, author and language for screen readers."""
    # Some 20 MB of memory, which only a process that makes a PDF takes up.
    from fpdf import FPDF
    from ttf_opensans import OPENSANS_BOLD, OPENSANS_REGULAR

    pdf = FPDF(format="A4")
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
    pdf.multi_cell(0, size * 0.55, text, **look)
    pdf.ln(1)
