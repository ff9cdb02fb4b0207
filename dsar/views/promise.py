"""``/requests/promise/``: in public, how many requests were answered in time. Aggregates only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dsar import published
from dsar.flows import deadlines
from portal.organisation import versions


@require_safe
def promise(request: HttpRequest) -> HttpResponse:
    """The promises of the last years, kept and missed; small numbers are called small and not shown."""
    current = versions.current()
    page = {
        "record": published.record(current, deadlines.today()),
        "fewest": current.organisation.reports.fewest_people,
        "rights": current.organisation.rights,
        "reports": current.organisation.reports,
        "nav_current": "requests",
    }
    return render(request, "requests/promise.html", page)
