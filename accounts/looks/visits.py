"""Looks as the person reads them: what one of the staff did within some minutes is one visit, on one line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from accounts.models import Look, User
from portal.personal_data.registry import Text

APART: Final = timedelta(minutes=10)
"""Between two looks of somebody that are two visits."""


@dataclass
class _Visit:
    staff: str
    first: datetime
    last: datetime
    did: dict[str, None] = field(default_factory=dict)
    kinds: dict[str, None] = field(default_factory=dict)


def told(rows: QuerySet[Any]) -> list[Mapping[Text, str]]:
    """Of these looks each visit, the latest first: when, who by their role, what they did and with what."""
    found = _visits(rows.order_by("pk"))
    roles = _roles({visit.staff for visit in found})
    return [
        {
            _("When"): _span(visit.first, visit.last),
            _("Who"): roles.get(visit.staff) or _("One of our staff"),
            _("What they did"): ", ".join(visit.did),
            _("With"): ", ".join(visit.kinds),
        }
        for visit in sorted(found, key=lambda visit: visit.last, reverse=True)
    ]


def _visits(looks: Iterable[Look]) -> list[_Visit]:
    found: list[_Visit] = []
    latest: dict[str, _Visit] = {}
    for look in looks:
        visit = latest.get(look.staff)
        if visit is None or look.at - visit.last > APART:
            visit = latest[look.staff] = _Visit(look.staff, look.at, look.at)
            found.append(visit)
        visit.last = max(visit.last, look.at)
        visit.did[str(look.get_what_display())] = None
        visit.kinds[look.get_kind_display()] = None
    return found


def _roles(keys: set[str]) -> dict[str, str]:
    """The staff groups of each who still has an account: a role, and no name."""
    accounts = User.objects.filter(pk__in=[int(key) for key in keys if key.isdigit()]).prefetch_related("groups")
    named = {str(user.pk): sorted(group.name for group in user.groups.all()) for user in accounts}
    return {key: ", ".join(groups) for key, groups in named.items()}


def _span(first: datetime, last: datetime) -> str:
    begun, ended = localtime(first), localtime(last)
    said = date_format(begun, "j F Y, H:i")
    if said == date_format(ended, "j F Y, H:i"):
        return said
    end = date_format(ended, "H:i" if begun.date() == ended.date() else "j F Y, H:i")
    return _("%(begun)s to %(ended)s") % {"begun": said, "ended": end}
