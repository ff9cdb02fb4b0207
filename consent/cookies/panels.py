"""The browsers a person linked to their account, on their page at the desk."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.cookies import register
from consent.cookies.choice_cookie import quoted
from consent.cookies.models import Choice
from portal.subjects.models import Subject
from portal.subjects.panels import Panel, Table

LATEST: Final = 20


def browsers(subject: Subject) -> Table:
    """The latest choices made in the browsers a person linked to themselves."""
    chosen = Choice.objects.filter(browser__subject__in=subject.family()).select_related("browser").order_by("-id")
    rows = [
        (
            one.recorded_at,
            quoted(one.browser_id),
            register.title_then(one.organisation_version_id, one.site),
            register.titles(one.organisation_version_id, one.allowed) or "–",
            register.titles(one.organisation_version_id, one.refused) or "–",
            one.get_method_display(),
            one.browser.linked_at,
        )
        for one in chosen[:LATEST]
    ]
    columns = (_("when"), _("browser"), _("site"), _("allowed"), _("refused"), _("how"), _("linked to them"))
    return Table(columns, rows, note=_("The latest 20, newest first. A browser is not a person: others may use it."))


BROWSERS: Final = Panel(
    _("Cookies"),
    browsers,
    "consent_cookies.view_choice",
    _("They linked no browser in which they chose cookies."),
    order=40,
)
