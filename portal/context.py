"""What every page knows: the organisation, its colour, and the way around."""

from __future__ import annotations

import threading
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest
from django.urls import reverse

from portal.home import policy, ways
from portal.organisation import versions
from portal.organisation.schema import Organisation

_remembered: dict[str, Organisation] = {}
_guard = threading.Lock()


def organisation(_request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``organisation`` (None before one is loaded), ``brand_css_url``, ``nav_items``, ``policy``.

    A database that does not answer is the view's to report; here the organisation last seen stands in.
    """
    try:
        found = versions.current().organisation
    except versions.NoOrganisation:
        forget()
    except (OperationalError, InterfaceError):
        pass
    else:
        _remember(found)
    return described(remembered())


def without_database() -> dict[str, Any]:
    """The same for pages that must not ask the database: the organisation this process saw last, if any."""
    return described(remembered())


def described(found: Organisation | None) -> dict[str, Any]:
    """The template variables for an organisation, or for none."""
    if found is None:
        return {"organisation": None, "brand_css_url": None, "nav_items": ways.nav_items(), "policy": None}
    return {
        "organisation": found,
        "brand_css_url": reverse("brand_css", args=[found.look.brand.removeprefix("#").lower()]),
        "nav_items": ways.nav_items(),
        "policy": policy.main_policy(found),
    }


def remembered() -> Organisation | None:
    """The organisation this process last served."""
    return _remembered.get("last")


def _remember(found: Organisation) -> None:
    with _guard:
        _remembered["last"] = found


def forget() -> None:
    """Forget it: there is none in the database any more."""
    with _guard:
        _remembered.clear()
