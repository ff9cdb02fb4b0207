"""A person's mails, on their page at the desk."""

from __future__ import annotations

from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from portal.outbox import kinds
from portal.outbox.models import Message, State
from portal.subjects.masking import masked
from portal.subjects.models import Subject
from portal.subjects.panels import Panel, Table

SHOWN: Final = 50


def mails(subject: Subject) -> Table:
    """The latest mails to any address of this person: what, where to, and what became of each."""
    of_person = Message.objects.filter(contact_point__subject__in=subject.family())
    latest = of_person.select_related("contact_point").order_by("-created_at")[:SHOWN]
    columns = (_("written"), _("mail"), _("to"), _("state"), _("sent"), _("why not"))
    return Table(columns, [_row(message) for message in latest], note=_("The latest 50, newest first."))


def _row(message: Message) -> tuple[Any, ...]:
    address = masked(message.contact_point.address, message.contact_point.channel)
    state = message.get_state_display()
    return message.created_at, kinds.described(message), address, state, message.sent_at, _why_not(message)


def _why_not(message: Message) -> str:
    """Of a mail that did not leave: the gate's reason, or the last error."""
    if message.state == State.SENT:
        return ""
    verdict = message.verdict or {}
    refused = not verdict.get("allowed", True)
    return str(verdict.get("reason", "")) if refused else message.last_error


MAILS: Final = Panel(_("Mails"), mails, "outbox.view_message", _("No mail was ever written to this person."), order=40)
