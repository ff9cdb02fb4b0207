"""What a hold is on, in words for staff, and where it is looked at."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from portal import today
from portal.holds.models import Hold
from portal.holds.reminding import BEFORE
from portal.personal_data import registry
from portal.personal_data.registry import Holding
from portal.subjects.models import Subject

SHORT: Final = 8


def kinds() -> list[tuple[str, str]]:
    """Label and name of every holding, in order of names."""
    found = ((holding.label, name_of(holding)) for holding in registry.holdings())
    return sorted(found, key=lambda one: one[1].casefold())


def name_of(holding: Holding) -> str:
    """A holding as staff call it: the rows of its model."""
    return str(holding.model._meta.verbose_name_plural)


def target(hold: Hold) -> str | SafeString:
    """What it is on, leading there where the desk has a page for it."""
    if hold.subject_id is not None:
        words = _("person %(number)s") % {"number": str(hold.subject_id)[:SHORT]}
        return link(registry.holding_of(Subject), hold.subject_id, words)
    holding = holding_named(hold.holding)
    if holding is None:  # of an app that is gone
        return f"{hold.holding} {hold.row}"
    if not hold.row:
        return _("all %(rows)s") % {"rows": name_of(holding)}
    return link(holding, hold.row, f"{holding.model._meta.verbose_name} {hold.row[:SHORT]}")


def holding_named(label: str) -> Holding | None:
    """The holding with this label, if any app declares it."""
    return next((holding for holding in registry.holdings() if holding.label == label), None)


def next_day(hold: Hold) -> date:
    """The day on which somebody has to do something."""
    return min(hold.review_on, hold.ends_on or hold.review_on)


def left(day: date, now: date) -> tuple[str, str]:
    """Days until then, in words, and the tone of their colour."""
    days = (day - now).days
    if days < 0:
        return ngettext("%(days)d day over", "%(days)d days over", -days) % {"days": -days}, today.LATE
    if days == 0:
        return _("today"), today.SOON
    tone = today.SOON if days <= BEFORE else today.CALM
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}, tone


def link(holding: Holding, key: object, words: str) -> str | SafeString:
    """A row by some words, leading to its page at the desk where there is one."""
    meta = holding.model._meta
    try:
        address = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[key])
    except NoReverseMatch:
        return words
    return format_html('<a href="{}">{}</a>', address, words)
