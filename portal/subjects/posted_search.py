"""A search whose words are posted: an address or reference looked for stays out of URLs, logs and browser histories."""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final
from uuid import UUID

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from portal import looks
from portal.subjects import flows
from portal.subjects.identity import InvalidAddress
from portal.subjects.models import Channel, Subject

SHOWN: Final = 8
"""How many signs of a record's number the desk shows."""


class PostedSearch(admin.ModelAdmin[Any]):
    """A list with such a search. Its template ``search_form.html`` includes ``admin/posted_search.html``."""

    search_help_text = _("An e-mail address, or a phone number with its country code.")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The list, or where :meth:`found` leads. Without permission to see the list nothing is looked for."""
        if request.method == "POST" and "address" in request.POST:
            if not self.has_view_or_change_permission(request):
                raise PermissionDenied
            found = self.found(request, _sought(request))
            if found is not None:
                return found
        return super().changelist_view(request, extra_context)

    def get_changelist_instance(self, request: HttpRequest) -> ChangeList:
        """Knows what was looked for, so that it stands in the box beside what was found."""
        listed = super().get_changelist_instance(request)
        listed.query = _sought(request)
        return listed

    def person_at(self, request: HttpRequest, sought: str) -> UUID | None:
        """As :func:`person_at`; that they were looked for is kept, and never by which words."""
        person = person_at(sought)
        if person is not None:
            looks.at_rows(request, Subject, [person], looks.What.SOUGHT)
        return person

    def found(self, request: HttpRequest, sought: str) -> HttpResponse | None:
        """Leads to what ``sought`` names; None where that is the list itself, which the admin then narrows."""
        raise NotImplementedError


def _sought(request: HttpRequest) -> str:
    return request.POST.get("address", "").strip()


def _with_number(sought: str) -> UUID | None:
    """By the whole number of a record, or by its first signs as the desk shows them, if one record alone has them."""
    low = high = sought
    if len(sought) == SHOWN:
        low, high = sought.ljust(32, "0"), sought.ljust(32, "f")
    with suppress(ValueError):
        found = Subject.objects.filter(pk__range=(UUID(low), UUID(high))).values_list("pk", flat=True)[:2]
        return found[0] if len(found) == 1 else None
    return None


def person_at(sought: str) -> UUID | None:
    """Id of the person with this record number, or at this address on whatever channel."""
    if (numbered := _with_number(sought.strip())) is not None:
        return numbered
    for channel in Channel.values:
        with suppress(InvalidAddress):
            point = flows.find(channel, sought)
            if point is not None:
                return point.subject_id
    return None
