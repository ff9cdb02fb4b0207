"""The cookie policy as a file to keep: one page of HTML, or a PDF. Public words, the same for everybody."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _

from consent.cookies import page
from consent.cookies.page import Section
from portal import paper
from portal.organisation import versions
from portal.organisation.models import OrganisationVersion
from portal.paper import line

if TYPE_CHECKING:
    from fpdf import FPDF

_WIDTHS = (24, 24, 34, 18)


def name(current: versions.Current, ending: str) -> str:
    """What the file is called: organisation, register date and version."""
    organisation = current.organisation
    return f"{organisation.slug}-cookies-{organisation.cookies.register_date}-v{current.number}.{ending}"


def as_html(current: versions.Current) -> str:
    """The policy as one HTML file, in the language active now; it needs no other file."""
    context = {
        "organisation": current.organisation,
        "sections": page.sections(current.organisation),
        "version": current.number,
        "today": _today(current),
        "address": _address(),
        **page.described(current.organisation),
    }
    return render_to_string("cookies/policy.html", context)


def as_pdf(current: versions.Current) -> bytes:
    """The policy as a PDF, in the language active now."""
    return _pdf(current, get_language() or "en-gb")


@lru_cache(maxsize=8)
def _pdf(current: versions.Current, language: str) -> bytes:
    with override(language):
        pdf = _empty(current, language)
        _heading(pdf, current)
        for section in page.sections(current.organisation):
            _section(pdf, section)
        if page.described(current.organisation)["our_choice"]:
            pdf.ln(4)
            line(pdf, _explained(), size=8)
        return bytes(pdf.output())


def _empty(current: versions.Current, language: str) -> FPDF:
    pdf = paper.sheet(_title(current), current.organisation.controller.legal_name, language)
    # Of the version, not of today: the same policy is the same file.
    pdf.set_creation_date(OrganisationVersion.objects.get(pk=current.id).loaded_at)
    return pdf


def _title(current: versions.Current) -> str:
    return _("Cookies at %(organisation)s") % {"organisation": current.organisation.name}


def _heading(pdf: FPDF, current: versions.Current) -> None:
    controller = current.organisation.controller
    said = page.described(current.organisation)
    line(pdf, _title(current), size=20, bold=True)
    dated = {"date": _marked(said["register_date"], said["dated_by_choice"]), "version": current.number}
    line(pdf, _("Register of %(date)s, version %(version)d") % dated, size=9)
    line(pdf, ", ".join([controller.legal_name, *(controller.address or ()), controller.email]), size=9)
    line(pdf, str(current.organisation.cookies.sentence))
    line(pdf, f"{_today(current)} {_address()}")


def _today(current: versions.Current) -> str:
    """What whoever kept the file finds at the portal."""
    if current.organisation.cookies.offers_choice:
        return _("The cookies of today, and your choice:")
    return _("The cookies of today:")


def _address() -> str:
    return f"{settings.BASE_URL}{reverse('cookies')}"


def _marked(words: str, ours: bool) -> str:
    """With the mark of what the policy does not say, as pages bear it."""
    return f"{words}*" if ours else words


def _explained() -> str:
    """What the mark means, as pages say it."""
    words = _(
        "Our privacy policy says nothing exact about this, so we decided it ourselves. We keep to it all the same."
    )
    return f"{_('* Not from our policy')}. {words}"


def _section(pdf: FPDF, section: Section) -> None:
    pdf.ln(4)
    pdf.start_section(str(section.category.title))
    line(pdf, str(section.category.title), size=14, bold=True)
    line(pdf, f"{section.category.sentence} {_marked(section.note, section.our_choice)}")
    if not section.rows:
        line(pdf, _("No cookies at present."))
        return
    pdf.set_font(paper.SANS, size=8)
    heads = (_("Name"), _("Set by"), _("What for"), _("How long"))
    with pdf.table(
        col_widths=_WIDTHS, text_align="LEFT", borders_layout="HORIZONTAL_LINES", padding=1, v_align="T"
    ) as table:
        table.row(heads)
        for one in section.rows:
            name = f"{one.name} ({one.kind})" if one.kind else one.name
            set_by = f"{one.provider} ({one.party}) {one.transfer}".strip()
            table.row((name, set_by, one.purpose, one.lasts))
