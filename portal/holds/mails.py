"""The mails to staff about a hold: that its day comes, and that somebody did something with it.

Its number, its days, and where to look. Whom it is about and why stands at the desk alone.
"""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.holds.models import Change, Hold, Reminder
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
        **_where(hold),
    }


def _changed(message: Message) -> dict[str, Any]:
    """Raises :class:`NoLongerNeeded` where the hold has left with its changes."""
    change = Change.objects.filter(pk=message.params["change"]).select_related("hold").first()
    if change is None:
        raise NoLongerNeeded("The hold is on record no more.")
    hold, what = change.hold, Change.What(change.what)
    words = {
        "hold": str(hold),
        "who": change.by_name,
        "day": date_format(change.review_on or hold.review_on, "l j F Y"),
    }
    last = _("Its last day is %(day)s.") % {"day": date_format(change.ends_on, "l j F Y")} if change.ends_on else ""
    lifted = what is Change.What.LIFTED
    return {
        "headline": _HEADLINES[what] % words,
        "lead": _lead_lifted(hold) if lifted else _lead(hold),
        "next": f"{_DONE[what] % words} {'' if lifted else last}".strip(),
        **_where(hold),
    }


_HEADLINES: Final = {
    Change.What.PLACED: gettext_lazy("%(hold)s was placed"),
    Change.What.EXTENDED: gettext_lazy("%(hold)s stays, with a new day"),
    Change.What.LIFTED: gettext_lazy("%(hold)s was lifted"),
}
_DONE: Final = {
    Change.What.PLACED: gettext_lazy(
        "Placed by %(who)s, to be looked at again by %(day)s. If it should not stand, lift it at the desk and say why."
    ),
    Change.What.EXTENDED: gettext_lazy("Looked at by %(who)s, to be looked at again by %(day)s."),
    Change.What.LIFTED: gettext_lazy(
        "Lifted by %(who)s. What it kept goes in the next run if its time is up. If it must stay, place a new hold now."
    ),
}


def _where(hold: Hold) -> dict[str, Any]:
    """The way to its page, and why staff get such mails."""
    return {
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
    return _("It keeps %(what)s from being deleted, since %(since)s. %(owner)s answers for it.") % _facts(hold)


def _lead_lifted(hold: Hold) -> str:
    return _("It kept %(what)s from being deleted, from %(since)s on. %(owner)s answered for it.") % _facts(hold)


def _facts(hold: Hold) -> dict[str, str]:
    if hold.subject_id is not None:
        what = _("everything about one person")
    else:
        what = _("one record") if hold.row else _("a whole kind of records")
    return {"what": what, "since": date_format(localtime(hold.placed_at), "j F Y"), "owner": hold.owner_name}


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
CHANGED: Final = MailKind(
    "hold-changed", Category.SERVICE, "holds/reminder", _changed, gettext_lazy("What was done with a hold")
)
