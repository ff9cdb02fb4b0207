"""How the desk writes what stands in a cell."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils import formats, timezone

from portal import today

register = template.Library()


@register.filter
def shown(value: Any) -> Any:
    """A moment as “14 May 2025, 08:21” in the organisation's own time; nothing as a dash; anything else as it is."""
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "j F Y, H:i")
    return "–" if value in (None, "") else value


@register.simple_tag(takes_context=True)
def todays_work(context: template.Context) -> list[tuple[today.Duty, today.Work]]:
    """What must be done today, as far as who looks may see it."""
    return today.found(context["request"].user)
