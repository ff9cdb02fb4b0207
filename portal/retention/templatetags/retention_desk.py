"""How the pages of retention write numbers and names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import template
from django.utils.translation import gettext as _

register = template.Library()


@register.filter
def grouped(number: int | None) -> str:
    """12,345, as people read it."""
    return f"{number or 0:,}"


@register.filter
def in_seconds(time: timedelta) -> str:
    """How long something took."""
    if timedelta() < time < timedelta(seconds=0.1):
        return _("under 0.1 s")
    return _("%(seconds).1f s") % {"seconds": time.total_seconds()} if time else _("0 s")


@register.filter
def in_words(time: timedelta) -> str:
    """A time that may be long: “0.4 s”, “7 min”, “3 h 20 min”."""
    minutes, hours = round(time.total_seconds() / 60), round(time.total_seconds() / 60) // 60
    if time < timedelta(minutes=2):
        return in_seconds(time)
    if hours == 0:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(hours)d h %(minutes)d min") % {"hours": hours, "minutes": minutes % 60}


@register.filter
def rows_of_model(model: Any) -> str:
    """What the rows of a model are called."""
    return str(model._meta.verbose_name_plural)
