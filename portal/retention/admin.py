"""Retention at the desk: the list of runs, and from it the rules, what goes next, and what went."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.desk import DeskPage
from portal.retention.desk import report, rules, runs, years
from portal.retention.models import Run


@admin.register(Run)
class RunAdmin(admin.ModelAdmin[Run]):
    """Runs, the latest first. None is edited: staff begin and steer them."""

    list_display = ["number", "state", "started_at", "finished_at", "by", "removed", "held"]
    list_filter = ["state"]
    actions = None
    change_list_template = "admin/portal_retention/run/change_list.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Run]:
        return Run.objects.annotate(removed=Sum("parts__removed"), held=Sum("parts__held")).latest_first()

    @admin.display(description=_("run"), ordering="pk")
    def number(self, run: Run) -> str:
        return gettext("Run %(number)d") % {"number": run.pk}

    @admin.display(description=_("begun by"))
    def by(self, run: Run) -> str:
        return runs.by(run.begun_by)

    @admin.display(description=_("rows gone"))
    def removed(self, run: Any) -> str:
        return f"{run.removed or 0:,}"

    @admin.display(description=_("kept: on hold"))
    def held(self, run: Any) -> str:
        return f"{run.held or 0:,}"

    def get_urls(self) -> list[URLPattern]:
        """The pages and what is posted to them, before Django's list."""

        def page(address: str, view: type[DeskPage], name: str) -> URLPattern:
            shown = self.admin_site.admin_view(view.as_view(desk=self))
            return path(address, shown, name=f"portal_retention_{name}")

        own = [
            page("rules/", rules.Rules, "rules"),
            page("rules/<slug:code>/", rules.Preview, "preview"),
            page("rules/<slug:code>/approve/", rules.Approve, "approve"),
            page("coming/", rules.Coming, "coming"),
            page("months/", years.Months, "months"),
            page("months/<int:year>/", years.Months, "year"),
            page("report/<int:year>/", report.Yearly, "report"),
            page("report/<int:year>.csv", report.Table, "report_csv"),
            page("start/", runs.Start, "start"),
            page("<int:pk>/change/", runs.Show, "run_change"),
            page("<int:pk>/<slug:step>/", runs.Steer, "steer"),
            page("<int:pk>/allow/<int:part>/", runs.Allow, "allow"),
        ]
        return [*own, *(one for one in super().get_urls() if str(one.name).endswith("_changelist"))]

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """With the button to begin one, for who may while none is at work."""
        may = request.user.has_perm("portal_retention.add_run") and not Run.objects.unfinished().exists()
        own = {"title": gettext("Retention runs"), "may_start": may, "year": report.this_year()}
        return super().changelist_view(request, own | (extra_context or {}))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Run | None = None) -> bool:
        return False
