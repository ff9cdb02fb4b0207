"""A person's browsers and their choices, in words, for ``/your-data/``: the cookie page shows one browser's alone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from consent.cookies import register
from consent.cookies.choice_cookie import quoted
from portal.personal_data.registry import Text


def browsers(rows: QuerySet[Any]) -> list[Mapping[Text, str]]:
    """Each browser by the reference it shows, the latest first, and where its choice is changed."""
    return [
        {
            _("Reference"): quoted(one.reference),
            _("First choice"): _moment(one.created_at),
            _("Linked to you"): _moment(one.linked_at) if one.linked_at else _("no"),
            _("To change its choice"): _("Open the page “Cookies” in that browser."),
        }
        for one in rows.order_by("-created_at")
    ]


def choices(rows: QuerySet[Any]) -> list[Mapping[Text, str]]:
    """Each choice as it was made, the latest first."""
    return [
        {
            _("When"): _moment(one.recorded_at),
            _("In the browser"): quoted(one.browser_id),
            _("Site"): register.title_then(one.organisation_version_id, one.site),
            _("Allowed"): register.titles(one.organisation_version_id, one.allowed) or _("nothing"),
            _("Refused"): register.titles(one.organisation_version_id, one.refused) or _("nothing"),
            _("How"): one.get_method_display(),
        }
        for one in rows.order_by("-pk")
    ]


def _moment(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j F Y, H:i")
