"""Job runs in the admin: to be looked at."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.jobs.models import JobRun, Standing


@admin.register(JobRun)
class JobRunAdmin(admin.ModelAdmin[JobRun]):
    """Read-only: a run is recorded by the run alone."""

    list_display = ["name", "standing", "started_at", "duration", "detail"]
    list_filter = ["outcome", "name"]
    date_hierarchy = "started_at"
    ordering = ["-pk"]
    list_per_page = 100

    def get_queryset(self, request: HttpRequest) -> QuerySet[JobRun]:
        return JobRun.objects.with_standing()

    @admin.display(description=_("outcome"), ordering="standing")
    def standing(self, run: JobRun) -> str:
        return str(Standing(run.standing).label)

    @admin.display(description=_("took"))
    def duration(self, run: JobRun) -> timedelta | None:
        return run.finished_at - run.started_at if run.finished_at else None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: JobRun | None = None) -> bool:
        return False
