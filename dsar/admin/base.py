"""What the pages of a request at the desk share: who may open them, and the frame they stand in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase
from django.views import View

from dsar.models import Request


class DeskView(View):
    """A page of the desk for staff with the permission ``needs``; ``desk`` is the admin it belongs to."""

    desk: Any = None
    needs = "dsar.view_request"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises PermissionDenied before anything is looked up."""
        if not request.user.has_perm(self.needs):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def frame(self, title: str, **context: Any) -> dict[str, Any]:
        """What every page of the admin has, and ``context``."""
        opts = self.desk.opts
        return {**self.desk.admin_site.each_context(self.request), "title": title, "opts": opts, **context}


def find(pk: UUID) -> Request:
    """The request with this id; raises Http404."""
    known = Request.objects.select_related("subject", "contact_point__subject", "assignee", "duplicate_of")
    found = known.select_related("complains_about").filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
