"""Runs at the desk: begun, watched, stopped for a while, gone on with, ended, and told yes where they ask."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal import staff
from portal.desk import DeskPage
from portal.retention.desk import nudge, words
from portal.retention.desk.rules import RetentionPage
from portal.retention.flows import running, steering
from portal.retention.models import Part, Run

_LIST: Final = "admin:portal_retention_run_changelist"
_PAGE: Final = "admin:portal_retention_run_change"
_STEPS: Final[dict[str, tuple[Callable[[Run], None], Any]]] = {
    "pause": (steering.pause, gettext_lazy("Paused. The batch at work is finished; nothing more goes.")),
    "resume": (steering.resume, gettext_lazy("It goes on.")),
    "abort": (steering.abort, gettext_lazy("Ended. What is gone is gone; the rest stays for the next run.")),
}
_OFFERED: Final = {
    Run.State.RUNNING: ("pause", "abort"),
    Run.State.PAUSED: ("resume", "abort"),
    Run.State.ASKING: ("abort",),
}

_OPEN: Final = {Part.State.WAITING, Part.State.ASKING}


class Start(DeskPage):
    """A run that somebody begins; a worker takes it up."""

    needs = "portal_retention.add_run"

    def post(self, request: HttpRequest) -> HttpResponse:
        """Begins it, unless one is at work."""
        try:
            run = running.begin(by=str(request.user.pk))
        except running.AlreadyAtWork:
            messages.error(request, _("A run is at work or paused. There is only ever one."))
            return redirect(_LIST)
        except running.ClocksDisagree:
            messages.error(request, _("The clocks of the server and of the database disagree. Nothing was begun."))
            return redirect(_LIST)
        nudge.soon()
        self.desk.log_addition(request, run, _("Begun"))
        messages.success(request, _("Begun. A worker takes it up in a moment, in a quarter of an hour at the latest."))
        return redirect(_PAGE, run.pk)


class Show(RetentionPage):
    """A run as far as it is."""

    def get(self, _request: HttpRequest, pk: int) -> HttpResponse:
        """The page."""
        run = find(pk)
        parts = list(run.parts.all())
        return self.show(
            "run",
            _("Retention run %(number)d") % {"number": run.pk},
            run=run,
            begun_by=by(run.begun_by),
            number=len(parts),
            parts=[
                (one, words.rows(one.holding), words.title(one.rule), words.action(one.action))
                for one in parts
                if one.state != Part.State.UNAPPROVED
            ],
            idle=list(dict.fromkeys(words.title(one.rule) for one in parts if one.state == Part.State.UNAPPROVED)),
            settled=sum(part.state not in _OPEN for part in parts),
            removed=sum(part.removed for part in parts),
            with_parts=run.deletions.aggregate(rows=Sum("count"))["rows"] or 0,
            due=sum(part.due for part in parts),
            offered=_OFFERED.get(Run.State(run.state), ()),
            under_way=run.state == Run.State.RUNNING,
            can_be_allowed=run.state in {Run.State.ASKING, Run.State.RUNNING},
        )


class Steer(DeskPage):
    """Stop for a while, go on, end."""

    needs = "portal_retention.change_run"

    def post(self, request: HttpRequest, pk: int, step: str) -> HttpResponse:
        """Does it, between two batches; too late is said."""
        if step not in _STEPS:
            raise Http404
        run, (do, said) = find(pk), _STEPS[step]
        if _done(request, lambda: do(run), said):
            self.desk.log_change(request, run, str(said))
        return redirect(_PAGE, pk)


class Allow(DeskPage):
    """Yes, so many may go."""

    needs = "portal_retention.change_run"

    def post(self, request: HttpRequest, pk: int, part: int) -> HttpResponse:
        """Says it, for one part of a run."""
        asking = Part.objects.filter(pk=part, run=pk).select_related("run").first()
        if asking is None:
            raise Http404
        said = _("Allowed. The run goes on with them.")
        if _done(request, lambda: steering.allow(asking, str(request.user.pk)), said):
            self.desk.log_change(request, asking.run, f"{said} {asking}")
        return redirect(_PAGE, pk)


def find(pk: int) -> Run:
    """The run with this number; raises Http404."""
    found = Run.objects.filter(pk=pk).select_related("organisation_version").first()
    if found is None:
        raise Http404
    return found


def by(key: str) -> str:
    """Who began a run, in words."""
    return staff.name(key) or _("the clock")


def _done(request: HttpRequest, do: Callable[[], None], said: Any) -> bool:
    """Whether it was; the next batch, or a worker that is told now, heeds it."""
    try:
        with transaction.atomic():
            do()
    except steering.TooLate:
        messages.error(request, _("Too late: the run has moved on, and this cannot be done any more."))
        return False
    nudge.soon()
    messages.success(request, said)
    return True
