"""What own pages of the desk share: who may open them, and the frame they stand in."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.views import View

from portal import looks


class DeskPage(View):
    """A page of the desk for staff with the permission ``needs``; ``desk`` is the admin it belongs to."""

    desk: Any = None
    needs = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Raises PermissionDenied before anything is looked up."""
        if not request.user.has_perm(self.needs):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def looked_at(self, row: Model, what: looks.What | None = None) -> None:
        """Keep that this page shows the row's person; before it is made, since without it nothing is shown."""
        looks.at(self.request, row, what)

    def frame(self, title: str, **context: Any) -> dict[str, Any]:
        """What every page of the admin has, and ``context``."""
        opts = self.desk.opts
        return {**self.desk.admin_site.each_context(self.request), "title": title, "opts": opts, **context}
