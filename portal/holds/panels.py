"""A person's holds, on their page at the desk, and the way to place one."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from portal.holds.models import Hold
from portal.subjects.models import Subject
from portal.subjects.panels import Panel, Table


def holds(subject: Subject) -> Table:
    """Holds on the person, those that stand first."""
    found = Hold.objects.on_person(subject.family()).standing_first()
    rows = [(_link(one), one.placed_at, one.reason, one.owner_name, one.review_on, one.lifted_at) for one in found]
    columns = (_("hold"), _("since"), _("why"), _("who answers for it"), _("looked at again on"), _("lifted"))
    place = f"{reverse('admin:portal_holds_hold_place', args=['person'])}?person={subject.pk}"
    return Table(columns, rows, more=(place, _("Hold this person’s data")), more_needs="portal_holds.add_hold")


def _link(hold: Hold) -> SafeString:
    return format_html('<a href="{}">{}</a>', reverse("admin:portal_holds_hold_change", args=[hold.pk]), hold)


HOLDS: Final = Panel(_("Holds"), holds, "portal_holds.view_hold", _("Nothing of this person is held."), order=35)
