"""The way from the privacy centre to the cookie page."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.home.ways import Way
from portal.organisation.schema import Organisation


def _cookies(organisation: Organisation) -> str:
    if not organisation.cookies.offers_choice:
        return _("What these pages leave in your browser, and why. Nothing of it is optional.")
    return _("What our sites may leave in your browser. Allow it, refuse it, or take back what you allowed.")


def _title(organisation: Organisation) -> str:
    return _("Choose your cookies") if organisation.cookies.offers_choice else _("See our cookies")


COOKIES: Final = Way(
    "cookies",
    "cookies",
    _title,
    _cookies,
    nav=gettext_lazy("Cookies"),
    order=20,
)
