"""What looks are called at the desk."""

from __future__ import annotations

from django.apps import apps
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from accounts.models import Look
from portal.holds import described


def thing(look: Look) -> str | SafeString:
    """What was looked at, leading there where the desk has a page for it."""
    if not look.row:
        return _("%(kind)s: %(count)d shown") % {"kind": _plural(look.kind), "count": look.shown}
    holding = described.holding_named(look.kind)
    words = f"{_singular(look.kind)} {look.row[: described.SHORT]}"
    return described.link(holding, look.row, words) if holding else words


def _singular(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name)
    except LookupError:  # of an app that is gone
        return label


def _plural(label: str) -> str:
    try:
        return str(apps.get_model(label)._meta.verbose_name_plural)
    except LookupError:
        return label
