"""``/preferences/``: everything a signed-in person receives, with the history of how it came about."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Max
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render

from consent.ledger import permission
from consent.ledger.circumstances import Circumstances
from consent.ledger.managers import EventQuerySet
from consent.ledger.vocabulary import Method
from consent.preferences import history
from consent.preferences.flows import acts
from consent.preferences.views.pages import ChoicesPage
from portal.organisation import versions
from portal.subjects import flows as subjects

DECISIONS_A_PAGE = 10


class PreferencesPage(ChoicesPage):
    """Somebody signed in with an address they have shown to read; anybody else sees the ways in."""

    template = "preferences/preferences.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            too_late = request.method == "POST"
            page = {"nav_current": "preferences", "signed_out": too_late}
            return render(request, "preferences/anonymous.html", page, status=403 if too_late else 200)
        subject = request.user.subject
        if subject is None:
            return render(request, "preferences/nobody.html", {"nav_current": "preferences"})
        self.person = subjects.resolve(subject)
        return super().dispatch(request, *args, **kwargs)

    def doing(self) -> acts.Doing:
        return acts.Doing(Method.PREFERENCE_CENTRE, proved=True, circumstances=Circumstances.of(self.request))

    @cached_property
    def entries(self) -> EventQuerySet:
        """The history, newest first."""
        return permission.history(self.person, self.family)

    @cached_property
    def counted(self) -> dict[str, int]:
        """How many events there are, and the latest: one statement for both."""
        return self.entries.aggregate(total=Count("pk"), latest=Max("pk", default=0))

    def last_event(self) -> int:
        return self.counted["latest"]

    def more(self) -> dict[str, Any]:
        pages = Paginator(self.entries, DECISIONS_A_PAGE)
        pages.count = self.counted["total"]
        page = pages.get_page(self.request.GET.get("page"))
        return {"history": history.told(page.object_list, versions.current().organisation), "history_page": page}
