"""Job runs in the admin: to be looked at."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import F, QuerySet, Value
from django.db.models.lookups import Exact
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from portal.jobs.models import JobRun, Standing


class StandingFilter(admin.SimpleListFilter):
    """By how a run ended, as the list says it."""

    title = _("outcome")
    parameter_name = "standing"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, Any]]:
        return list(Standing.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[JobRun]) -> QuerySet[JobRun]:
        if self.value() not in Standing.values:
            return queryset
        return queryset.filter(Exact(F("standing"), Value(self.value())))


@admin.register(JobRun)
class JobRunAdmin(admin.ModelAdmin[JobRun]):
    """Read-only: a run is recorded by the run alone."""

    list_display = ["name", "standing", "started_at", "duration", "detail"]
    list_filter = [StandingFilter, "name"]
    date_hierarchy = "started_at"
    ordering = ["-pk"]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobRun]:
        return JobRun.objects.with_standing()

    @admin.display(description=_("outcome"), ordering="standing")
    def standing(self, run: JobRun) -> str:
        return str(Standing(run.standing).label)

    @admin.display(description=_("took"))
    def duration(self, run: JobRun) -> str:
        return _in_words((run.finished_at - run.started_at).total_seconds()) if run.finished_at else "–"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False


def _in_words(seconds: float) -> str:
    """“0.01 s”, “7.2 s”, “4 min 12 s”."""
    if seconds < 60:
        return gettext("%(seconds)s s") % {"seconds": f"{seconds:.2f}" if seconds < 1 else f"{seconds:.1f}"}
    minutes, rest = divmod(round(seconds), 60)
    return gettext("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}
