"""Jobs that failed or have not run, at the head of the desk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Max, Min
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import today
from portal.database import database_now
from portal.jobs.models import JobRun, Standing

UNRECORDED: Final = frozenset({"consent.preferences.send_mailing"})
"""Leaves no run behind: a mailing itself says how far it is."""
_PATIENCE: Final = timedelta(minutes=10)
_BROKEN: Final = frozenset({Standing.FAILED, Standing.UNFINISHED})


def not_well(_viewer: today.Looking) -> today.Work:
    """Each scheduled job whose last run failed, or that is long overdue."""
    newest = JobRun.objects.values("name").annotate(newest=Max("pk")).values("newest")
    runs = {run.name: run for run in JobRun.objects.filter(pk__in=newest)}
    first: datetime | None = JobRun.objects.aggregate(first=Min("started_at"))["first"]
    now = database_now()
    if first is None:
        return today.Work([_line("", _("no job has run yet"), _("Is a worker running?"))])
    return today.Work(list(_unwell(runs, first, now)))


def _unwell(runs: dict[str, JobRun], first: datetime, now: datetime) -> Iterator[today.Line]:
    for entry in settings.CELERY_BEAT_SCHEDULE.values():
        name, every = str(entry["task"]), timedelta(seconds=float(str(entry["schedule"])))
        run, late = runs.get(name), now - max(2 * every, _PATIENCE)
        if name in UNRECORDED:
            continue
        if run is None:
            if first < late:
                yield _line(name, _("has not run"), "")
        elif run.standing_at(now) in _BROKEN:
            yield _line(name, str(run.standing_at(now).label), _when(run.started_at))
        elif run.started_at < late:
            yield _line(name, _("has not run"), _("last on %(when)s") % {"when": _when(run.started_at)})


def _line(name: str, mark: str, note: str) -> today.Line:
    address = reverse("admin:jobs_jobrun_changelist")
    return today.Line(mark, today.LATE, name, f"{address}?name={name}" if name else address, note)


def _when(moment: datetime) -> str:
    return formats.date_format(timezone.localtime(moment), "j F Y, H:i")


DUTY: Final = today.Duty(
    "jobs", gettext_lazy("Jobs"), not_well, "jobs.view_jobrun", gettext_lazy("All jobs run as they should."), order=70
)
