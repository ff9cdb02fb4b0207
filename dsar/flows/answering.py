"""Answering: search, review, approval, the answer itself or a refusal with its reasons; more time, and questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dsar import reasons
from dsar.files.inspection import Inspected
from dsar.flows import deadlines, steps, talking
from dsar.flows.steps import Refused
from dsar.models import Event, Request
from dsar.transitions import Step
from dsar.vocabulary import Happening, Matter, Outcome, Party
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


def review(request: Request, user: User) -> Event:
    """The search is done; the answer is looked at."""
    return steps.take(request, Step.REVIEW, steps.staff(user))


def send_back(request: Request, user: User, words: str) -> Event:
    """Something is missing: search on."""
    return steps.take(request, Step.SEND_BACK, steps.staff(user), words=words)


def approve(request: Request, user: User) -> Event:
    """The answer may go."""
    return steps.take(request, Step.APPROVE, steps.staff(user))


def answer(request: Request, user: User, said: Answer) -> Event:
    """Answer, whole, in part, or that nothing is held; files go with it. Raises :class:`Refused`."""
    if said.outcome not in ANSWERS:
        raise Refused(_("Choose how the request is answered."))
    if not said.words.strip():
        raise Refused(_("Write the answer."))
    if said.outcome is Outcome.PARTLY:
        _refuse_unreasoned(request, said)
    return _ended(request, Step.ANSWER, user, said)


def refuse(request: Request, user: User, said: Answer) -> Event:
    """Refuse, with reasons from the list, in words, with the searches made; the person reads how to complain."""
    _refuse_unreasoned(request, said)
    return _ended(request, Step.REFUSE, user, said)


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


def _ended(request: Request, step: Step, user: User, said: Answer) -> Event:
    facts = {"reasons": list(said.reasons), "searched": said.searched, "outcome": said.outcome}
    with transaction.atomic():
        event = steps.take(request, step, steps.staff(user), facts=facts, words=said.words, outcome=said.outcome)
        talking.attach(request, event, said.files, Party.STAFF)
    return event


def _refuse_unreasoned(request: Request, said: Answer) -> None:
    law = versions.get(request.organisation_version_id).organisation.law.statute
    known = {reason.code for reason in reasons.usable(Matter(request.matter), law)}
    if not said.reasons or not set(said.reasons) <= known:
        raise Refused(_("Choose at least one reason from the list."))
    if not said.words.strip():
        raise Refused(_("Explain it in your own words: a reason from a list is not enough."))
    if not said.searched.strip():
        raise Refused(_("Write which searches were made."))
