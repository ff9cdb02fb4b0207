"""Mails that failed, at the head of the desk."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Count, Max
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import today
from portal.database import database_now
from portal.outbox import kinds
from portal.outbox.models import Message, Relay

MOST: Final = 5
LOOKED_AT: Final = timedelta(days=30)
"""What failed before and was left so is nobody's work of today."""


def failed(_viewer: today.Looking) -> today.Work:
    """By kind how many failed and when last; before them trouble with the mail server."""
    listed = reverse("admin:outbox_message_changelist") + "?state__exact=failed"
    trouble = Relay.objects.exclude(trouble="").first()
    lines = [] if trouble is None else [today.Line(_("mail server"), today.LATE, trouble.trouble, listed)]
    recent = Message.objects.failed().filter(created_at__gt=database_now() - LOOKED_AT)
    groups = recent.values("kind").annotate(count=Count("pk"), last=Max("created_at"))
    for group in groups.order_by("-last")[:MOST]:
        mark = ngettext("%(count)d failed", "%(count)d failed", group["count"]) % {"count": group["count"]}
        when = formats.date_format(timezone.localtime(group["last"]), "j F Y, H:i")
        note = _("last of %(when)s") % {"when": when}
        address = f"{listed}&kind__exact={group['kind']}"
        lines.append(today.Line(mark, today.LATE, _title(group["kind"]), address, note))
    return today.Work(lines)


def _title(code: str) -> str:
    try:
        return str(kinds.get(code).title)
    except kinds.UnknownKind:
        return code


DUTY: Final = today.Duty(
    "mails", gettext_lazy("Mails that failed"), failed, "outbox.view_message", gettext_lazy("No mail failed."), order=60
)
