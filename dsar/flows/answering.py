"""Answering: search, draft, approval, the answer itself or a refusal with its reasons; more time, and questions.

An answer is a draft first, kept on the timeline where the person is not shown it. What is approved is a draft that
stands there, and what is sent is the draft that was approved: a changed one is approved anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dsar import reasons
from dsar.files.inspection import Inspected
from dsar.flows import deadlines, steps, talking
from dsar.flows.steps import Refused
from dsar.models import Attachment, Event, Request
from dsar.transitions import Step
from dsar.vocabulary import Happening, Matter, Outcome, Party, State
from portal.organisation import versions

WORKS_ON_REQUESTS: Final = "dsar.change_request"
ANSWERS: Final = (Outcome.FULFILLED, Outcome.PARTLY, Outcome.NOT_HELD)


@dataclass(frozen=True)
class Answer:
    """An answer. Where a part is withheld it needs ``reasons`` (codes of :mod:`dsar.reasons`) and ``searched``."""

    outcome: Outcome
    words: str
    reasons: Sequence[str] = ()
    searched: str = ""
    files: Sequence[Inspected] = field(default_factory=tuple)


def search(request: Request, user: User) -> Event:
    """The search begins."""
    return steps.take(request, Step.SEARCH, steps.staff(user))


def review(request: Request, user: User, said: Answer, keep: Sequence[UUID] = ()) -> Event:
    """The search is done, the answer is written; returns the draft. Raises :class:`Refused` for one that is not whole.

    ``keep`` are files of the draft before that go with this one too.
    """
    _refuse_unfinished(request, said)
    with transaction.atomic():
        steps.take(request, Step.REVIEW, steps.staff(user))
        before = latest_draft(request)
        draft = steps.note(
            request, Happening.DRAFTED, steps.staff(user), facts=_facts(said), words=said.words, shown=False
        )
        _keep_files(request, draft, said, before, keep)
    return draft


def redraft(request: Request, user: User, said: Answer, keep: Sequence[UUID] = ()) -> Event:
    """Write the answer anew, which takes an approval back; returns the draft. Otherwise as :func:`review`."""
    _refuse_unfinished(request, said)
    with transaction.atomic():
        steps.lock(request)
        before = latest_draft(request)
        draft = steps.take(request, Step.REDRAFT, steps.staff(user), facts=_facts(said), words=said.words)
        _keep_files(request, draft, said, before, keep)
    return draft


def latest_draft(request: Request) -> Event | None:
    """What was written last, also where the search went on since."""
    return request.events.filter(kind=Happening.DRAFTED).select_related("staff").last()


def draft_of(request: Request) -> Event | None:
    """The draft that can be approved, or is: none while the search goes on, and none before one was written."""
    kinds = (Happening.SEARCH_DONE, Happening.DRAFTED)
    last = request.events.filter(kind__in=kinds).select_related("staff").last()
    at_hand = request.state in {State.REVIEW, State.APPROVED}
    return last if at_hand and last is not None and last.kind == Happening.DRAFTED else None


def send_back(request: Request, user: User, words: str) -> Event:
    """Something is missing: search on."""
    return steps.take(request, Step.SEND_BACK, steps.staff(user), words=words)


def approve(request: Request, user: User, draft: int) -> Event:
    """The draft of this number may go, as it stands. Raises :class:`Refused` where another has taken its place."""
    return steps.take(request, Step.APPROVE, steps.staff(user), facts={"draft": draft})


def send(request: Request, user: User, draft: int) -> Event:
    """Send the approved draft of this number as it is, with its files. Raises :class:`Refused` where it is another."""
    with transaction.atomic():
        steps.lock(request)
        read = draft_of(request)
        if read is None or read.pk != draft:
            raise _other_draft(read)
        outcome = Outcome(read.facts["outcome"])
        facts = {**read.facts, "draft": draft}
        event = steps.take(request, Step.ANSWER, steps.staff(user), facts=facts, words=read.words, outcome=outcome)
        Attachment.objects.filter(event=read).update(event=event, shown=True)
    return event


@steps.guard
def only_what_was_read(request: Request, step: Step, facts: Mapping[str, Any]) -> None:
    """What is approved or sent is the draft that was read, and there has to be one."""
    if step not in {Step.APPROVE, Step.ANSWER}:
        return
    draft = draft_of(request)
    if draft is None or facts.get("draft") != draft.pk:
        raise _other_draft(draft)


def _other_draft(draft: Event | None) -> Refused:
    if draft is None:
        return Refused(_("There is no answer yet. Write it first."))
    return Refused(_("The answer was changed since you read it. Go back to the request and read it again."))


def refuse(request: Request, user: User, said: Answer) -> Event:
    """Refuse, with reasons from the list, in words, with the searches made; the person reads how to complain."""
    _refuse_unreasoned(request, said)
    with transaction.atomic():
        event = steps.take(
            request, Step.REFUSE, steps.staff(user), facts=_facts(said), words=said.words, outcome=said.outcome
        )
        talking.attach(request, event, said.files, Party.STAFF)
    return event


def pass_on(request: Request, user: User, to: str, words: str) -> Event:
    """Hand a matter to the controller it belongs to, and tell the person whom to ask."""
    if not to.strip():
        raise Refused(_("Write to whom it is passed on."))
    return steps.take(request, Step.PASS_ON, steps.staff(user), facts={"to": to}, words=words)


def extend(request: Request, user: User, words: str) -> Event:
    """Take the two further months of Article 12(3): only for complexity or number, with the reasons told in time.

    The person is told by the mail that goes out with this. Raises :class:`Refused` when the first month is over, when
    it was extended before, and without reasons.
    """
    if not words.strip():
        raise Refused(_("Write why it takes longer: the person is told."))
    with transaction.atomic():
        steps.lock(request)
        counted = deadlines.deadline(request)
        if counted is None or counted.tell_by is None or deadlines.today(request) > counted.tell_by:
            raise Refused(_("The time for telling an extension is over, or has not begun."))
        if counted.extended:
            raise Refused(_("It was extended already."))
        # Both before the letter is written, so that it names the new day.
        steps.note(request, Happening.EXTENSION_NOTIFIED, steps.staff(user), shown=False)
        return steps.take(request, Step.EXTEND, steps.staff(user), words=words)


def ask(request: Request, user: User, words: str) -> Event:
    """Ask what exactly is wanted; the UK's clock stops for it."""
    if not words.strip():
        raise Refused(_("Write what you need to know, and why."))
    return steps.take(request, Step.ASK_CLARIFICATION, steps.staff(user), words=words)


def explained(request: Request, user: User, words: str, at: datetime | None = None) -> Event:
    """Staff record an explanation that came by post or phone, with its true moment."""
    return steps.take(request, Step.CLARIFY, steps.staff(user), at=at, words=words)


def give_up_waiting(request: Request, user: User, words: str) -> Event:
    """No explanation came: close, and tell the person that they can ask again."""
    return steps.take(request, Step.GIVE_UP_WAITING, steps.staff(user), words=words)


def progress(request: Request, user: User, words: str) -> Event:
    """Tell the person how it stands."""
    if not words.strip():
        raise Refused(_("Write how it stands."))
    return steps.take(request, Step.PROGRESS, steps.staff(user), words=words)


def assign(request: Request, to: User | None, user: User) -> None:
    """Give a request to a member of staff, who is told by mail, or to nobody.

    Raises :class:`Refused` for somebody who may not work on requests.
    """
    if to is not None and not (to.is_staff and to.has_perm(WORKS_ON_REQUESTS)):
        raise Refused(_("This person may not work on requests."))
    with transaction.atomic():
        steps.lock(request)
        if request.assignee == to:
            return
        request.assignee = to
        request.save(update_fields=["assignee"])
        facts = {"to": to.pk if to else None}
        event = steps.note(request, Happening.ASSIGNED, steps.staff(user), facts=facts, shown=False)
        if to is not None and to != user:
            talking.write_to_staff("assigned", to, request, event)


def _facts(said: Answer) -> dict[str, Any]:
    return {"reasons": list(said.reasons), "searched": said.searched, "outcome": said.outcome}


def _keep_files(request: Request, draft: Event, said: Answer, before: Event | None, keep: Sequence[UUID]) -> None:
    """The files of a draft; those of the one before that are not kept stay where they are, and are not sent."""
    talking.attach(request, draft, said.files, Party.STAFF, shown=False)
    if before is not None:
        Attachment.objects.filter(event=before, pk__in=keep).update(event=draft)


def _refuse_unfinished(request: Request, said: Answer) -> None:
    if said.outcome not in ANSWERS:
        raise Refused(_("Choose how the request is answered."))
    if not said.words.strip():
        raise Refused(_("Write the answer."))
    if said.outcome is Outcome.PARTLY:
        _refuse_unreasoned(request, said)


def _refuse_unreasoned(request: Request, said: Answer) -> None:
    law = versions.get(request.organisation_version_id).organisation.law.statute
    known = {reason.code for reason in reasons.usable(Matter(request.matter), law)}
    if not said.reasons or not set(said.reasons) <= known:
        raise Refused(_("Choose at least one reason from the list."))
    if not said.words.strip():
        raise Refused(_("Explain it in your own words: a reason from a list is not enough."))
    if not said.searched.strip():
        raise Refused(_("Write which searches were made."))
