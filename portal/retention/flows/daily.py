"""The run of the day: begun once in each local day, and gone on with until it is done."""

from __future__ import annotations

from typing import Final

from portal.database import database_now
from portal.organisation import local_time
from portal.retention.flows import running
from portal.retention.models import Run

NOTHING: Final = "nothing to do"


def look(seconds: float) -> str:
    """Do what is to be done now, for so long at most; in a few words what it was."""
    open_run = Run.objects.unfinished().first()
    if open_run is None and _begun_today():
        return NOTHING
    if open_run is not None and open_run.state == Run.State.PAUSED:
        return NOTHING
    try:
        run = running.expire(seconds=seconds)
    except running.AlreadyAtWork:
        return NOTHING
    return f"{run.state} removed={sum(run.parts.values_list('removed', flat=True))}"


def _begun_today() -> bool:
    """Whether the clock began a run on this local day, however it ended: somebody looks at a failure first."""
    last = Run.objects.filter(begun_by="").latest_first().first()
    zone = local_time.zone()
    return last is not None and last.started_at.astimezone(zone).date() == database_now().astimezone(zone).date()
