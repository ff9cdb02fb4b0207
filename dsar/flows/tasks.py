"""Tasks for other systems and recipients: each is answered by staff, or left open on purpose with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dsar import matters, urgency
from dsar.files.inspection import Inspected
from dsar.flows import deadlines, owners, steps, talking
from dsar.flows.steps import SYSTEM, Refused
from dsar.models import Event, Request, Task
from dsar.transitions import Step, possible
from dsar.vocabulary import Happening, Matter, Party
from portal.database import ClockTimestamp
from portal.organisation import versions
from portal.organisation.schema import PartyRole, Recipient, System

TOLD_OF: Final = frozenset({Matter.RECTIFICATION, Matter.ERASURE, Matter.RESTRICTION})
"""What recipients are told of (Article 19)."""
_ENDS: Final = frozenset({Step.APPROVE, Step.ANSWER, Step.REFUSE, Step.PASS_ON})


def ask_systems(request: Request) -> list[Task]:
    """Make a task for each system that the file says answers this matter, and mail it to its owner; none twice.

    With the request locked.
    """
    right, organisation = Matter(request.matter).right, versions.get(request.organisation_version_id).organisation
    asked = {code: system for code, system in organisation.systems.items() if right in system.answers}
    if not asked:
        return []
    today, kind = deadlines.today(request), Task.Kind.SYSTEM
    return _make(
        request,
        [
            Task(kind=kind, code=code, title=str(system.title), owner=system.owner, due=_by(system, request, today))
            for code, system in asked.items()
        ],
    )


def _by(system: System, request: Request, today: date) -> date:
    """As long as the file gives the owner, and no longer than the person is to wait; after that, today."""
    longest, due = system.within.after(today), urgency.due_day(request)
    return max(today, min(longest, due)) if due else longest


def tell_recipients(request: Request) -> list[Task]:
    """Make a task for each recipient who is to be told of a correction, an erasure or a restriction (Article 19).

    With the request locked.
    """
    if request.matter not in TOLD_OF:
        return []
    told = versions.get(request.organisation_version_id).organisation.recipients.items()
    due = request.promised_due or deadlines.today(request)
    return _make(
        request,
        [
            Task(kind=Task.Kind.RECIPIENT, code=code, title=str(recipient.title), due=due)
            for code, recipient in told
            if _hears_of_changes(recipient)
        ],
    )


def _hears_of_changes(recipient: Recipient) -> bool:
    """As the file says; where it is silent, somebody who can be told: no authority in an inquiry (Article 4(9))."""
    if recipient.told_of_changes is not None:
        return recipient.told_of_changes
    return recipient.role in {PartyRole.PROCESSOR, PartyRole.CONTROLLER}


def _make(request: Request, wanted: Sequence[Task]) -> list[Task]:
    """Those that are not there yet, each with its line in the timeline: as many statements for many as for one."""
    there = set(Task.objects.filter(request=request).values_list("kind", "code"))
    new = [task for task in wanted if (task.kind, task.code) not in there]
    for task in new:
        task.request = request
    made = Task.objects.bulk_create(new)
    lines = Event.objects.bulk_create(
        steps.line(request, Happening.TASK_MADE, SYSTEM, facts={"task": task.pk, "code": task.code}, shown=False)
        for task in made
    )
    owners.tell(
        request, [(task, line) for task, line in zip(made, lines, strict=True) if task.kind == Task.Kind.SYSTEM]
    )
    return made


def answer(task: Task, user: User, words: str, *, skipped: bool = False, files: Sequence[Inspected] = ()) -> None:
    """Staff write down what a system or recipient answered, or why it is left open on purpose.

    Files that came with it are kept with the request, where the person is not shown them.

    Raises :class:`Refused` for one done already, or without words.
    """
    if not words.strip():
        raise Refused(_("Write what came of it, or why it is left open."))
    with transaction.atomic():
        steps.lock(task.request)
        changed = (
            Task.objects.open()
            .filter(pk=task.pk)
            .update(answer=words, skipped=skipped, done_at=ClockTimestamp(), done_by=user)
        )
        if not changed:
            raise Refused(_("Somebody else wrote this down just now."))
        facts = {"task": task.pk, "code": task.code, "skipped": skipped}
        event = steps.note(task.request, Happening.TASK_DONE, steps.staff(user), facts=facts, shown=False)
        talking.attach(task.request, event, files, Party.STAFF, shown=False)
        carry_out(task.request)
    task.refresh_from_db()


def carry_out(request: Request) -> None:
    """Answer what needed no judgement, once it is done here and no other system has still to do the same."""
    done = matters.needs_no_judgement(request) and request.events.filter(kind=Happening.EFFECT).exists()
    can = Step.CARRY_OUT in set(possible(request.state, request.matter, SYSTEM.party))
    if done and can and not Task.objects.open().filter(request=request).exists():
        steps.take(request, Step.CARRY_OUT, SYSTEM)


@steps.guard
def no_open_tasks(request: Request, step: Step, _facts: Mapping[str, Any]) -> None:
    """A request is not answered or passed on while a system has still to answer; with a reason it can be left open."""
    if step in _ENDS and (names := list(Task.objects.open().filter(request=request).values_list("title", flat=True))):
        raise Refused(
            _("Not answered yet: %(systems)s. Write down the answer, or why it is left open.")
            % {"systems": ", ".join(names)}
        )


@steps.on_close
def leave_the_rest(request: Request) -> None:
    """What ends without an answer needs none from other systems either, and their owners are told to stop."""
    owners.call_off(request)
    words = _("Not needed any more: %(outcome)s.") % {"outcome": request.get_outcome_display()}
    Task.objects.open().filter(request=request).update(answer=words, skipped=True, done_at=ClockTimestamp())
