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
    return _("%(seconds).1f s") % {"seconds": time.total_seconds()}


@register.filter
def rows_of_model(model: Any) -> str:
    """What the rows of a model are called."""
    return str(model._meta.verbose_name_plural)
