"""A person's requests, on their page at the desk: what they asked for, and where it stands."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from dsar import matters
from dsar.models import Request
from portal.subjects.models import Subject
from portal.subjects.panels import Panel, Table


def requests(subject: Subject) -> Table:
    """The person's requests, newest first; one that restricts processing says so by its matter."""
    found = Request.objects.about(subject.family()).order_by("-received_at")
    columns = (_("reference"), _("matter"), _("received"), _("state"), _("outcome"), _("promised by"), _("due by law"))
    rows = [
        (
            _link(one),
            matters.title_today(one.matter),
            one.received_at,
            one.get_state_display(),
            one.get_outcome_display(),
            one.promised_due,
            one.statutory_due,
        )
        for one in found
    ]
    return Table(columns, rows)


def _link(request: Request) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:dsar_request_change", args=[request.pk]), request)


REQUESTS: Final = Panel(_("Requests"), requests, "dsar.view_request", _("This person made no request."), order=30)
