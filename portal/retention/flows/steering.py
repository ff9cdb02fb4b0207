"""What staff do with a run: stop it for a while, go on, end it, and say yes where it asked. All between two batches."""

from __future__ import annotations

from django.db import transaction

from portal.database import ClockTimestamp
from portal.retention.models import Part, Run


class TooLate(Exception):
    """The run is not where this can be done any more."""


def pause(run: Run) -> None:
    """No further batch from now on; the one at work is finished. Raises :class:`TooLate`."""
    _move(run, Run.State.RUNNING, state=Run.State.PAUSED, holder="", lease_until=None)


def resume(run: Run) -> None:
    """Go on: the next look of the clock, or of ``expire``, takes it up. Raises :class:`TooLate`."""
    _move(run, Run.State.PAUSED, state=Run.State.RUNNING)


def abort(run: Run) -> None:
    """End it as far as it got; what is gone is gone, the rest stays for the next run. Raises :class:`TooLate`."""
    ended = {"open": None, "holder": "", "lease_until": None, "finished_at": ClockTimestamp()}
    _move(run, Run.State.RUNNING, Run.State.PAUSED, Run.State.ASKING, state=Run.State.ABORTED, **ended)


def allow(part: Part, by: str) -> None:
    """Yes, this many rows may go: the run goes on with them. ``by`` is the key of who says so (:mod:`portal.staff`).

    Raises :class:`TooLate` where the run is over, another is at work, or nothing was asked.
    """
    with transaction.atomic():
        if Run.objects.unfinished().exclude(pk=part.run_id).exists():
            raise TooLate
        asked = Part.objects.filter(pk=part.pk, state=Part.State.ASKING)
        if not asked.update(state=Part.State.WAITING, allowed_by=by, allowed_at=ClockTimestamp()):
            raise TooLate
        if not Run.objects.filter(pk=part.run_id, state=Run.State.RUNNING).exists():
            _move(part.run, Run.State.ASKING, state=Run.State.RUNNING, open=True, finished_at=None)
    part.refresh_from_db()


def _move(run: Run, *states: Run.State, **changes: object) -> None:
    if not Run.objects.filter(pk=run.pk, state__in=states).update(**changes):
        raise TooLate
    run.refresh_from_db()
