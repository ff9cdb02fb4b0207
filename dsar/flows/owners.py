"""Owners of other systems: mailed each task once, reminded before it is due, and once a day while it is late.

The mails name the reference, what is asked and by when. Who it is about stands at the desk and in no mail: an owner's
address is often read by many.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from django.db import IntegrityError, transaction

from dsar.flows import deadlines, reminding, steps, talking
from dsar.flows.rounds import Round, each
from dsar.models import Event, Reminder, Request, Task
from dsar.vocabulary import VERIFIED, Happening, State
from portal.organisation import versions
from portal.organisation.schema import System

THRESHOLDS: Final = (3, 1, 0)
"""Days before a task is due; below that each day is its own."""


def tell(request: Request, made: Sequence[tuple[Task, Event]]) -> None:
    """Mail tasks to the owners of their systems, in the transaction that made them; each with the line that says so."""
    if not made:
        return
    systems = versions.current().organisation.systems
    talking.write_to_desks("task", request, [(_address(systems, task), event) for task, event in made])


def call_off(request: Request) -> None:
    """Mail the owners of tasks still open that nothing more is needed; with the request locked, before they are closed.

    Without a line of its own: that the request ended is on the timeline.
    """
    waiting = {task.pk: task for task in Task.objects.open().filter(request=request, kind=Task.Kind.SYSTEM)}
    if not waiting:
        return
    asked = [line for line in steps.history(request.pk, [Happening.TASK_MADE]) if line.facts["task"] in waiting]
    for task in waiting.values():
        task.request = request
    systems = versions.current().organisation.systems
    mails = [(_address(systems, waiting[line.facts["task"]]), line) for line in asked]
    talking.write_to_desks("task_over", request, mails)


def remind_all() -> Round:
    """Remind of every open task of a system that has come to a threshold; of none while it is in doubt who asks."""
    states = VERIFIED - {State.IDENTITY_PENDING}
    found = Task.objects.open().filter(kind=Task.Kind.SYSTEM, request__state__in=states)
    return each(found.select_related("request"), remind)


def remind(task: Task) -> bool:
    """Write to the owner, once for each threshold of a due date; whether it was time to."""
    request = task.request
    left = (task.due - deadlines.today(request)).days
    threshold = reminding.threshold_of(left, THRESHOLDS)
    # What is asked for by tomorrow needs no reminder today: its owner has the task itself.
    if threshold is None or left >= (task.due - deadlines.day_of(request, task.created_at)).days >= 0:
        return False
    try:
        with transaction.atomic():
            Reminder.objects.create(request=request, task=task, due=task.due, threshold=threshold)
            facts = {"left": left, "task": task.pk}
            event = steps.note(request, Happening.REMINDED, steps.SYSTEM, facts=facts, shown=False)
            systems = versions.current().organisation.systems
            talking.write_to_desks("task_reminder", request, [(_address(systems, task), event)])
    except IntegrityError:  # reminded already, or by another worker in this moment
        return False
    return True


def _address(systems: Mapping[str, System], task: Task) -> str:
    """The address the file has for the system now, or had when the request came, if it is no more in the file."""
    system = systems.get(task.code)
    if system is None:
        system = versions.get(task.request.organisation_version_id).organisation.systems[task.code]
    return str(system.email)
