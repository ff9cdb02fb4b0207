"""How the pages put decisions into words: what changed, since when and why, and what stands in the history."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import formats
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal.organisation.schema import Organisation
from portal.subjects.models import Channel

COLUMNS: dict[str, str | Promise] = {
    Channel.EMAIL: gettext_lazy("E-mail"),
    Channel.SMS: gettext_lazy("Text"),
    Channel.PHONE: gettext_lazy("Phone"),
    Channel.POST: gettext_lazy("Post"),
}

BY: dict[str, str | Promise] = {
    Channel.EMAIL: gettext_lazy("by e-mail"),
    Channel.SMS: gettext_lazy("by text"),
    Channel.PHONE: gettext_lazy("by phone"),
    Channel.POST: gettext_lazy("by post"),
}

ADDRESSES: dict[str, str | Promise] = {
    Channel.EMAIL: gettext_lazy("no e-mail address"),
    Channel.SMS: gettext_lazy("no mobile number"),
    Channel.PHONE: gettext_lazy("no phone number"),
    Channel.POST: gettext_lazy("no postal address"),
}


def by(channel: str) -> str:
    """“by e-mail”; for no channel “in every way”."""
    return str(BY[channel]) if channel else _("in every way")


def switched(title: str, channel: str, *, on: bool, starts: str = "") -> str:
    """One switch that changed, as a sentence; ``starts`` is the day on which a pause that holds it back ends."""
    words = {"topic": title, "by": by(channel), "day": starts}
    if on and starts:
        return (
            _("We phone you about %(topic)s from %(day)s, when your pause ends.")
            if channel == Channel.PHONE
            else _("We send you %(topic)s %(by)s from %(day)s, when your pause ends.")
        ) % words
    if channel == Channel.PHONE:
        return (
            _("We may now phone you about %(topic)s.") if on else _("We no longer phone you about %(topic)s.")
        ) % words
    return (_("We now send you %(topic)s %(by)s.") if on else _("We no longer send you %(topic)s %(by)s.")) % words


def count_of_changes(count: int) -> str:
    """“Two things changed.”"""
    if count == 0:
        return _("Nothing changed.")
    words = {
        2: _("Two"),
        3: _("Three"),
        4: _("Four"),
        5: _("Five"),
        6: _("Six"),
        7: _("Seven"),
        8: _("Eight"),
        9: _("Nine"),
    }
    return ngettext("One thing changed.", "%(number)s things changed.", count) % {"number": words.get(count, count)}


def undo_label(count: int) -> str:
    """What the undo button says for so many changes."""
    if count == 2:
        return _("Undo both")
    return _("Undo this") if count == 1 else _("Undo all of it")


def day(moment: datetime, organisation: Organisation) -> str:
    """“14 May 2025”, by the organisation's own days."""
    return formats.date_format(local(moment, organisation), "j F Y")


def day_and_time(moment: datetime, organisation: Organisation) -> str:
    """“14 May 2025, 08:21”, on the clock of the organisation's own wall."""
    return formats.date_format(local(moment, organisation), "j F Y, H:i")


def weekday(moment: datetime, organisation: Organisation) -> str:
    """“Wednesday 14 May 2025”: for days on which something begins or ends."""
    return formats.date_format(local(moment, organisation), "l j F Y")


def deadline(moment: datetime, organisation: Organisation) -> str:
    """“Wednesday 14 May 2025, 08:21”: for moments by which somebody acts."""
    return formats.date_format(local(moment, organisation), "l j F Y, H:i")


def local(moment: datetime, organisation: Organisation) -> datetime:
    """A moment where the organisation is. Templates would turn it back to UTC: give them text."""
    return moment.astimezone(ZoneInfo(organisation.law.time_zone))


def way(channels: Iterable[str]) -> str:
    """“E-mail, Post”: the ways a sentence is about."""
    return ", ".join(str(COLUMNS[channel]) for channel in channels)


def ended(text: str) -> str:
    """A sentence with its full stop."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def listed(titles: Sequence[str]) -> str:
    """“A, B and C”."""
    if len(titles) < 2:
        return "".join(titles)
    return _("%(some)s and %(last)s") % {"some": ", ".join(titles[:-1]), "last": titles[-1]}
