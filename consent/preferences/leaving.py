"""Questions and retention: an address stays as long as a link that was mailed to it may still be pressed."""

from __future__ import annotations

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from consent.preferences.models import Confirmation
from portal.database import ClockTimestamp
from portal.retention import needs
from portal.subjects.models import ContactPoint


def _asked() -> Exists:
    waiting = Confirmation.objects.filter(used_at=None, expires_at__gt=ClockTimestamp())
    return Exists(waiting.filter(contact_point=OuterRef("pk")))


def register() -> None:
    """Tell retention."""
    words = _("A link that confirms what was asked for at it still works.")
    needs.register(ContactPoint._meta.label, words, _asked, after=Confirmation._meta.label)
