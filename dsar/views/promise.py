"""``/requests/promise/``: in public, how many requests were answered in time. Aggregates only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from dsar import statistics
from dsar.flows import deadlines
from portal.organisation import versions


@require_safe
def promise(request: HttpRequest) -> HttpResponse:
    """The promises of the last two years, kept and missed; small numbers are called small and not shown."""
    organisation = versions.current().organisation
    fewest = organisation.reports.fewest_people
    page = {
        "record": statistics.answer_times(organisation, deadlines.today(), fewest=fewest),
        "fewest": fewest,
        "rights": organisation.rights,
        "reports": organisation.reports,
        "nav_current": "requests",
    }
    return render(request, "requests/promise.html", page)
