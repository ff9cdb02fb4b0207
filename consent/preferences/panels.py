"""What waits for a person's confirmation, on their page at the desk."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from consent.ledger.titles import Titles
from consent.ledger.vocabulary import ObjectKind
from consent.preferences.models import Confirmation
from portal.database import ClockTimestamp
from portal.subjects.masking import masked
from portal.subjects.models import Subject
from portal.subjects.panels import Panel, Table


def waiting(subject: Subject) -> Table:
    """Confirmations that were asked for, are not given, and still can be. Nothing here opens a link."""
    titles = Titles()
    asked = Confirmation.objects.filter(
        contact_point__subject__in=subject.family(), used_at=None, expires_at__gt=ClockTimestamp()
    )
    rows = [
        (
            one.created_at,
            masked(one.contact_point.address, one.contact_point.channel),
            ", ".join(titles.of(ObjectKind.TOPIC, code) for code in one.choices),
            one.expires_at,
        )
        for one in asked.select_related("contact_point").order_by("-created_at")
    ]
    return Table((_("asked"), _("to"), _("topics"), _("link works until")), rows)


WAITING: Final = Panel(
    _("Waiting for their confirmation"),
    waiting,
    "consent_preferences.view_confirmation",
    _("Nothing waits for a confirmation."),
    order=35,
)
