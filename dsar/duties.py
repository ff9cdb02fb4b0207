"""Requests and the tasks of other systems, at the head of the desk: what is late first."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsar import matters, urgency
from dsar.flows import deadlines
from dsar.models import Request, Task
from dsar.vocabulary import VERIFIED
from portal import today

MOST: Final = 12
NEEDS: Final = "dsar.view_request"


def by_days_left(_viewer: today.Looking) -> today.Work:
    """The most urgent open requests, reports of a compromise before all."""
    now, found = deadlines.today(), Request.objects.verified()
    lines = []
    for one in found.most_urgent_first().select_related("assignee")[:MOST]:
        who = one.assignee.get_short_name() if one.assignee else _("assigned to nobody")
        lines.append(_line(one, now, f"{one.get_state_display()}, {who}"))
    number, late = found.count(), found.overdue(now).count()
    changelist, more = reverse("admin:dsar_request_changelist"), []
    if late:
        words = ngettext("The one that is overdue", "All %(number)d that are overdue", late) % {"number": late}
        more.append((f"{changelist}?time=overdue", words))
    words = ngettext("The list of open requests", "All %(number)d open requests", max(number, 1)) % {"number": number}
    more += [(changelist, words), (reverse("admin:dsar_request_times"), _("How fast we answered"))]
    return today.Work(lines, more)


def own(viewer: today.Looking) -> today.Work:
    """The most urgent open requests of who looks."""
    now, found = deadlines.today(), Request.objects.verified().filter(assignee=viewer.pk)
    lines = [_line(one, now, one.get_state_display()) for one in found.most_urgent_first()[:MOST]]
    return _with_link(lines, found.count(), "me")


def without_assignee(_viewer: today.Looking) -> today.Work:
    """Open requests that nobody works on."""
    now, found = deadlines.today(), Request.objects.verified().unassigned()
    lines = [_line(one, now, one.get_state_display()) for one in found.most_urgent_first()[:MOST]]
    return _with_link(lines, found.count(), "nobody")


def _line(request: Request, now: date, note: str) -> today.Line:
    left = urgency.of(request, now)
    words = f"{request.reference}: {matters.title_today(request.matter)}"
    return today.Line(left.words, left.tone, words, _page(request), note)


def _with_link(lines: list[today.Line], number: int, assigned: str) -> today.Work:
    """The lines, and the way to all of them with their number, since only the first stand here."""
    if not number:
        return today.Work()
    words = ngettext("Show it in the list", "Show all %(number)d in the list", number) % {"number": number}
    return today.Work(lines, [(f"{reverse('admin:dsar_request_changelist')}?assigned={assigned}", words)])


def late_tasks(_viewer: today.Looking) -> today.Work:
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
        "own", gettext_lazy("Requests that you work on"), own, NEEDS, gettext_lazy("None is assigned to you."),
        order=15,
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
