"""How fast requests were answered, for staff: every number, small ones too."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from dsar import statistics
from dsar.admin.base import DeskView
from dsar.flows import deadlines
from portal.organisation import versions


class Times(DeskView):
    """By quarter and by matter, over two years."""

    http_method_names = ["get", "head"]

    def get(self, request: HttpRequest) -> HttpResponse:
        """The tables, each number with its bar."""
        record = statistics.answer_times(versions.current().organisation, deadlines.today())
        tables = [
            (_("By quarter"), _("Quarter"), record.quarters),
            (_("By matter"), _("Matter"), record.matters),
        ]
        context = self.frame(_("How fast we answered"), total=record.total, tables=tables)
        return render(request, "admin/dsar/request/times.html", context)
