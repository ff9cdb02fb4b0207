"""Requests and the tasks of other systems, at the head of the desk: what is late first."""

from __future__ import annotations

from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dsar import matters, urgency
from dsar.flows import deadlines
from dsar.models import Request, Task
from dsar.vocabulary import VERIFIED
from portal import today

MOST: Final = 12
NEEDS: Final = "dsar.view_request"


def by_days_left() -> today.Work:
    """The most urgent open requests, reports of a compromise before all."""
    now = deadlines.today()
    found = Request.objects.verified().most_urgent_first().select_related("assignee")[:MOST]
    lines = []
    for one in found:
        left = urgency.of(one, now)
        who = one.assignee.get_short_name() if one.assignee else _("assigned to nobody")
        words = f"{one.reference}: {matters.title_today(one.matter)}"
        lines.append(today.Line(left.words, left.tone, words, _page(one), f"{one.get_state_display()}, {who}"))
    changelist = reverse("admin:dsar_request_changelist")
    more = [(changelist, _("All open requests")), (reverse("admin:dsar_request_times"), _("How fast we answered"))]
    return today.Work(lines, more)


def without_assignee() -> today.Work:
    """Open requests that nobody works on."""
    now = deadlines.today()
    found = Request.objects.verified().unassigned().most_urgent_first()[:MOST]
    lines = []
    for one in found:
        left = urgency.of(one, now)
        lines.append(today.Line(left.words, left.tone, one.reference, _page(one), matters.title_today(one.matter)))
    changelist = reverse("admin:dsar_request_changelist")
    return today.Work(lines, [(f"{changelist}?assigned=nobody", _("All that nobody works on"))] if lines else ())


def late_tasks() -> today.Work:
    """What other systems and recipients should have answered."""
    now = deadlines.today()
    tasks = Task.objects.open().filter(due__lt=now, request__state__in=VERIFIED).select_related("request")
    lines = []
    for one in tasks.order_by("due", "pk")[:MOST]:
        left = urgency.by_day((one.due - now).days)
        note = _("%(reference)s, due %(day)s") % {"reference": one.request.reference, "day": date_format(one.due)}
        lines.append(today.Line(left.words, left.tone, one.title, f"{_page(one.request)}#tasks", note))
    return today.Work(lines)


def _page(request: Request) -> str:
    return reverse("admin:dsar_request_change", args=[request.pk])


DUTIES: Final = (
    today.Duty(
        "requests", gettext_lazy("Requests, by days left"), by_days_left, NEEDS, gettext_lazy("No request is open."),
        order=10,
    ),
    today.Duty(
        "unassigned", gettext_lazy("Requests that nobody works on"), without_assignee, NEEDS,
        gettext_lazy("Somebody works on each."), order=20,
    ),
    today.Duty(
        "tasks", gettext_lazy("Other systems that are late"), late_tasks, "dsar.view_task",
        gettext_lazy("No other system is late."), order=30,
    ),
)  # fmt: skip
