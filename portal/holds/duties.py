"""Holds that somebody has to look at again, at the head of the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import today
from portal.holds import described, flows
from portal.holds.models import Hold
from portal.holds.reminding import BEFORE

MOST: Final = 12


def coming_up(_viewer: today.Looking) -> today.Work:
    """Holds with a review or a last day in the next week, or one that is over."""
    now = flows.today()
    found = Hold.objects.coming_up(now + timedelta(days=BEFORE)).order_by("review_on", "pk")[:MOST]
    lines = []
    for hold in sorted(found, key=described.next_day):
        words, tone = described.left(described.next_day(hold), now)
        note = _("by %(day)s; %(owner)s") % {"day": date_format(described.next_day(hold)), "owner": hold.owner_name}
        lines.append(
            today.Line(words, tone, str(hold), reverse("admin:portal_holds_hold_change", args=[hold.pk]), note)
        )
    return today.Work(lines, [(reverse("admin:portal_holds_hold_changelist"), _("All holds"))])


DUTY: Final = today.Duty(
    "holds", gettext_lazy("Holds to look at again"), coming_up, "portal_holds.view_hold",
    gettext_lazy("No hold has to be looked at this week."), order=55,
)  # fmt: skip
