"""Mails to owners of other systems: what is asked, by when, and where the rest stands. Nothing about the person."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from dsar import matters
from dsar.letters.letter import Letter, day, fitting
from dsar.letters.to_staff import look
from dsar.models import Event, Request, Task
from dsar.vocabulary import Matter
from portal.organisation import versions
from portal.outbox.kinds import NoLongerNeeded


@dataclass(frozen=True)
class Told:
    """What a mail is about: the request, what happened to it, and the task."""

    request: Request
    event: Event
    task: Task

    @property
    def names(self) -> dict[str, object]:
        """What its sentences name."""
        organisation = versions.get(self.request.organisation_version_id).organisation
        return {
            "reference": self.request.reference,
            "matter": matters.title(Matter(self.request.matter), organisation),
            "system": self.task.title,
            "day": day(self.task.due),
            "email": versions.current().organisation.controller.email,
        }


def write(name: str, request: Request, event: Event) -> Letter:
    """The mail of this name. Raises KeyError for one nobody wrote, and NoLongerNeeded where the task is done."""
    known = Task.objects.all() if name == "task_over" else Task.objects.open()
    task = known.filter(pk=event.facts["task"]).first()
    if task is None:
        raise NoLongerNeeded("The task is done.")
    return WRITERS[name](Told(request, event, task))


def _task(it: Told) -> Letter:
    words = _("Somebody asked us: “%(matter)s”. %(system)s may hold data about them. We need your answer by %(day)s.")
    return _letter(it, _("%(reference)s: a task for %(system)s"), words)


def _task_reminder(it: Told) -> Letter:
    left = int(it.event.facts["left"])
    due, late = (
        _("We need your answer for %(system)s by %(day)s."),
        _("We needed your answer for %(system)s by %(day)s."),
    )
    if left < 0:
        subject = ngettext(
            "%(reference)s: %(system)s is one day late", "%(reference)s: %(system)s is %(days)d days late", -left
        )
        late += " " + _("The day we promised the person does not move. Please answer today.")
    elif left == 0:
        subject = _("%(reference)s: %(system)s has to answer today")
    else:
        subject = ngettext(
            "%(reference)s: one day left for %(system)s", "%(reference)s: %(days)d days left for %(system)s", left
        )
    return _letter(it, subject, late if left < 0 else due, days=abs(left))


def _task_over(it: Told) -> Letter:
    subject = _("%(reference)s: nothing more to do for %(system)s")
    names = {**it.names, "outcome": it.request.get_outcome_display()}
    lead = _(
        "We asked you to do something for this request: “%(matter)s”. The request has ended: %(outcome)s. "
        "Please stop. We need no answer from %(system)s any more."
    )
    undo = _("Did you change or stop something for it already? Write to %(email)s, and name %(reference)s.")
    return Letter(
        subject=fitting(subject % names, subject % {**names, "system": _("your system")}),
        lead=lead % names,
        paragraphs=(undo % names,),
        button=look(it.request, "#tasks"),
    )


def _letter(it: Told, words: str, lead: str, **names: object) -> Letter:
    names = {**it.names, **names}
    subject = fitting(words % names, words % {**names, "system": _("your system")})
    who = _(
        "Who it is about stands at the desk, and not in this mail. Send nothing about them by mail. "
        "You cannot open the desk? Write to %(email)s, and name %(reference)s."
    )
    to_do = _TO_DO.get(
        Matter(it.request.matter), gettext_lazy("What to do stands at the desk. Your answer goes there.")
    )
    return Letter(
        subject=subject,
        lead=lead % names,
        paragraphs=(str(to_do), who % names),
        button=look(it.request, "#tasks"),
    )


_TO_DO: Final = {
    Matter.ACCESS: gettext_lazy(
        "What to do: collect all that your system holds about this person, and hand it in at the desk."
    ),
    Matter.PORTABILITY: gettext_lazy(
        "What to do: collect what this person gave you, in a file that other programs read, and hand it in at the desk."
    ),
    Matter.RECTIFICATION: gettext_lazy(
        "What to do: correct what is wrong, and write at the desk what stood there before."
    ),
    Matter.ERASURE: gettext_lazy(
        "What to do: write at the desk what your system holds about this person, what can go, what has to stay, and "
        "why. Delete nothing before the desk has agreed."
    ),
    Matter.RESTRICTION: gettext_lazy(
        "What to do: keep what you hold about this person as it is. Do not use it until the desk says so."
    ),
    Matter.OBJECTION: gettext_lazy(
        "What to do: stop the use that is named at the desk, and write there that you have."
    ),
    Matter.MARKETING_OPT_OUT: gettext_lazy(
        "What to do: stop all marketing to this person, and write at the desk that you have."
    ),
    Matter.WITHDRAW_CONSENT: gettext_lazy(
        "What to do: stop what rested on their yes, and write at the desk that you have."
    ),
}

WRITERS: Final[dict[str, Callable[[Told], Letter]]] = {
    "task": _task,
    "task_reminder": _task_reminder,
    "task_over": _task_over,
}
