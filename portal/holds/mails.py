"""The mail that reminds staff of a hold: its number, its day, and where to look. Nobody's name and no reason."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.holds.models import Hold, Reminder
from portal.outbox.kinds import Category, MailKind, NoLongerNeeded
from portal.outbox.models import Message


def _context(message: Message) -> dict[str, Any]:
    """Raises :class:`NoLongerNeeded` where the hold was lifted, or has another day, before the mail could leave."""
    reminder = Reminder.objects.filter(pk=message.params["reminder"]).select_related("hold").first()
    if reminder is None or not _still_due(reminder):
        raise NoLongerNeeded("The hold was lifted or looked at again before the mail could be sent.")
    hold, over = reminder.hold, reminder.day < localtime(message.created_at).date()
    end = reminder.of == Reminder.Of.END
    words = {"hold": str(hold), "day": date_format(reminder.day, "l j F Y")}
    return {
        "headline": _headline(end=end, over=over) % words,
        "lead": _lead(hold),
        "next": (_at_its_end(hold, over=over) if end else _at_its_review()) % words,
        "url": f"{settings.BASE_URL}{reverse('admin:portal_holds_hold_change', args=[hold.pk])}",
        "footer": {
            "purpose": _("the work on holds"),
            "held": _("this address"),
            "source": _("your work for us"),
        },
    }


def _still_due(reminder: Reminder) -> bool:
    days = {Reminder.Of.REVIEW: reminder.hold.review_on, Reminder.Of.END: reminder.hold.ends_on}
    return reminder.hold.lifted_at is None and days[Reminder.Of(reminder.of)] == reminder.day


def _headline(*, end: bool, over: bool) -> str:
    if end:
        return _("%(hold)s: its last day is over") if over else _("%(hold)s ends on %(day)s")
    return _("%(hold)s: nobody has looked again") if over else _("%(hold)s: look at it again by %(day)s")


def _lead(hold: Hold) -> str:
    if hold.subject_id is not None:
        what = _("everything about one person")
    else:
        what = _("one record") if hold.row else _("a whole kind of records")
    facts = {"what": what, "since": date_format(localtime(hold.placed_at), "j F Y"), "owner": hold.owner_name}
    return _("It keeps %(what)s from being deleted, since %(since)s. %(owner)s answers for it.") % facts


def _at_its_end(hold: Hold, *, over: bool) -> str:
    if not hold.lifts_itself:
        return _("Its last day is %(day)s, and it does not end by itself: lift it, or give it a later day.")
    if over:
        return _("Its last day was %(day)s, and it ends by itself. What it kept may go when its time is up.")
    return _("After %(day)s it ends by itself, and what it kept may go. If that must stay, give it a later day.")


def _at_its_review() -> str:
    return _(
        "It was to be looked at again by %(day)s. Is its reason still true? Then give it another day. If not, lift it: "
        "people were promised that their data go."
    )


REMINDER: Final = MailKind(
    "hold-reminder", Category.SERVICE, "holds/reminder", _context, gettext_lazy("Reminder of a hold")
)
