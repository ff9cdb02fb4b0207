"""Retention at the head of the desk: what went wrong or waits for somebody, the last run, and the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db.models import Sum
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from portal import today
from portal.database import database_now
from portal.organisation.versions import NoOrganisation
from portal.retention.desk import rules
from portal.retention.models import Run
from portal.retention.rules import NoRule

_TONES: Final = {
    Run.State.FAILED: today.LATE,
    Run.State.ASKING: today.SOON,
    Run.State.PAUSED: today.SOON,
    Run.State.ABORTED: today.SOON,
}


def last_and_next(_viewer: today.Looking) -> today.Work:
    """The last run, the next one, and rules that nobody has approved as they are now."""
    more = [(reverse("admin:portal_retention_coming"), _("What goes in the next 30 days"))]
    return today.Work([*_last(), *_next(), *_unapproved()], more)


def _last() -> Iterator[today.Line]:
    run = Run.objects.latest_first().first()
    if run is None:
        return
    gone: int = run.parts.aggregate(rows=Sum("removed"))["rows"] or 0
    words = ngettext("Last run: %(rows)s row gone", "Last run: %(rows)s rows gone", gone) % {"rows": f"{gone:,}"}
    address = reverse("admin:portal_retention_run_change", args=[run.pk])
    when = date_format(localtime(run.started_at), "j F Y, H:i")
    tone = _TONES.get(Run.State(run.state), today.CALM)
    yield today.Line(run.get_state_display(), tone, words, address, f"{when} {run.trouble}".strip())


def _next() -> Iterator[today.Line]:
    """The clock begins one in each day of the organisation's own, and goes on with one that is open."""
    listed = reverse("admin:portal_retention_run_changelist")
    if Run.objects.unfinished().filter(state=Run.State.PAUSED).exists():
        words = _("Next run: none before the paused one goes on or ends")
        yield today.Line(_("waits"), today.SOON, words, listed)
        return
    last = Run.objects.filter(begun_by="").latest_first().first()
    begun = last is not None and localtime(last.started_at).date() == localtime(database_now()).date()
    when = _("tomorrow, soon after midnight") if begun else _("in a quarter of an hour at the latest")
    yield today.Line(_("planned"), today.CALM, _("Next run"), listed, when)


def _unapproved() -> Iterator[today.Line]:
    try:
        waiting = sum(one.approval is None for one in rules.of_file())
    except (NoOrganisation, NoRule):
        return
    if waiting:
        words = ngettext("%(rules)d rule does nothing yet", "%(rules)d rules do nothing yet", waiting)
        address, note = reverse("admin:portal_retention_rules"), _("Look what each would do.")
        yield today.Line(_("to approve"), today.SOON, words % {"rules": waiting}, address, note)


DUTY: Final = today.Duty(
    "retention", gettext_lazy("Retention"), last_and_next, "portal_retention.view_run",
    gettext_lazy("Nothing to do."), order=50,
)  # fmt: skip
