"""What the pages of a request at the desk share: who may open them, and the request they are about."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404

from dsar.models import Request
from portal.desk import DeskPage


class DeskView(DeskPage):
    """A page for staff who may see requests, if not more."""

    needs = "dsar.view_request"

    def find(self, pk: UUID) -> Request:
        """The request with this id, and that somebody looks at it; raises Http404."""
        known = Request.objects.select_related("subject", "contact_point__subject", "assignee", "duplicate_of")
        found = known.select_related("complains_about").filter(pk=pk).first()
        if found is None:
            raise Http404
        self.looked_at(found)
        return found
