"""What a request changes, for real and at once: stops in the ledger, restriction, correction, a person who looks."""

from __future__ import annotations

import contextlib
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from consent.ledger import record as ledger
from consent.ledger.vocabulary import EVERY_CHANNEL, Actor, Decision, Method, ObjectKind
from dsar import matters
from dsar.flows import steps, tasks
from dsar.flows.steps import SYSTEM, By, Refused
from dsar.matters import MARKETING, OWN_NAME
from dsar.models import Event, Request
from dsar.transitions import NotPossible, Step
from dsar.vocabulary import ANSWERED, Arrival, Happening, Matter, Outcome
from portal.organisation import versions
from portal.organisation.schema import Basis
from portal.outbox import permits
from portal.outbox.kinds import OPTIONAL
from portal.subjects import flows as people
from portal.subjects.models import Subject

STOPPING: Final = frozenset({Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT, Matter.OBJECTION, Matter.RESTRICTION})


def start(request: Request) -> None:
    """What follows once it is clear who asks, and that they may; in the caller's transaction. Again, nothing is twice.

    Systems are asked, what needs no judgement is done, and what is complained about hears of it.
    """
    tasks.ask_systems(request)
    at_once(request)
    if request.complains_about is not None:
        with contextlib.suppress(NotPossible):  # complained about already, or still open: late answers are
            steps.take(request.complains_about, Step.COMPLAIN, SYSTEM, facts={"complaint": str(request.pk)})


def at_once(request: Request) -> None:
    """Do what needs nobody's judgement, in the caller's transaction, once, with the person known and locked.

    An objection to marketing, an opt-out and a withdrawn yes are done, and answered unless another system has to stop
    too. Any other objection, and a restriction, stop the processing while staff weigh them (Articles 18(1)(d), 21(1)).
    """
    if request.subject is None or request.matter not in STOPPING:
        return
    if request.events.filter(kind=Happening.EFFECT).exists():
        return
    if choices := _stops(request):
        ledger.record(request.subject, choices, _act(request))
        steps.note(request, Happening.EFFECT, SYSTEM, facts={"stopped": [one.code or str(one.kind) for one in choices]})
    if request.matter == Matter.RESTRICTION:
        _restrict(request, request.subject)
    tasks.carry_out(request)


def settle(request: Request) -> int:
    """After the commit: wait for mails that were leaving already; returns how many still may arrive."""
    if request.subject is None or request.matter not in STOPPING:
        return 0
    return permits.wait_for_open(request.subject.pk, categories=OPTIONAL)


def rectify(request: Request, user: User) -> None:
    """Put right what the portal itself holds: the name of the account, with before and after in the timeline.

    Recipients are to be told then (Article 19). Raises :class:`Refused` where the portal holds no such thing.
    """
    with transaction.atomic():
        steps.lock_at_work(request, Matter.RECTIFICATION)
        account = User.objects.filter(subject__in=_family(request)).first()
        if request.details.get("fact") != OWN_NAME or account is None:
            raise Refused(_("The portal does not hold this itself: the systems that do have a task."))
        before, after = account.name, str(request.details.get("right", ""))[:200]
        account.name = after
        account.save(update_fields=["name"])
        note_correction(request, steps.staff(user), before, after)


def corrected(request: Request, user: User, before: str, after: str) -> None:
    """Staff write down what was put right in another system; recipients are to be told. Raises :class:`Refused`."""
    if not after.strip():
        raise Refused(_("Write what stands there now."))
    with transaction.atomic():
        steps.lock_at_work(request, Matter.RECTIFICATION)
        note_correction(request, steps.staff(user), before, after)


def note_correction(request: Request, by: By, before: str, after: str) -> None:
    """Write down what was corrected, wherever, and have the recipients told. Within a transaction."""
    steps.note(request, Happening.EFFECT, by, facts={"before": before, "after": after})
    tasks.tell_recipients(request)


def lift_restriction(request: Request, user: User, words: str) -> None:
    """End a restriction; the person is told before it ends (Article 18(3)). Raises :class:`Refused`."""
    if not words.strip():
        raise Refused(_("Write why the restriction ends: the person is told."))
    with transaction.atomic():
        steps.lock(request)
        if request.subject is None or _hold(request) is None or people.resolve(request.subject).restricted_at is None:
            raise Refused(_("Nothing is restricted."))
        if _other_holds(request):
            raise Refused(_("Another request of this person holds the restriction. End that one first."))
        event = steps.note(request, Happening.EFFECT, steps.staff(user), facts={"restricted": False}, words=words)
        steps.tell(request, "restriction_lifted", event)
        people.lift_restriction(request.subject)


def human_looked(request: Request, user: User, words: str, *, changed: bool) -> None:
    """A person looked at an automated decision again; what came of it is recorded before it is answered."""
    if not words.strip():
        raise Refused(_("Write what you found."))
    facts = {"human_review": True, "changed": changed}
    with transaction.atomic():
        steps.lock_at_work(request, Matter.HUMAN_REVIEW)
        steps.note(request, Happening.EFFECT, steps.staff(user), facts=facts, words=words, shown=False)


@steps.guard
def a_person_has_looked(request: Request, step: Step, _facts: object) -> None:
    """The answer to a request for human review says what a person found: Article 22(3); UK Article 22C."""
    if request.matter != Matter.HUMAN_REVIEW or step is not Step.APPROVE:
        return
    if not request.events.filter(kind=Happening.EFFECT, facts__human_review=True).exists():
        raise Refused(_("A person has to look at the decision, and write down what they found."))


@steps.on_close
def after(request: Request) -> None:
    """What a request held only while it was open ends with it, and the one complained about hears of the answer."""
    hold = _hold(request)
    if request.outcome in _VAIN and request.subject is not None and hold is not None and _is_its_own(request, hold):
        people.lift_restriction(request.subject)
        steps.note(request, Happening.EFFECT, SYSTEM, facts={"restricted": False})
    about = request.complains_about
    if about is None or Request.objects.verified().filter(complains_about=about).exclude(pk=request.pk).exists():
        return
    step = Step.ANSWER_COMPLAINT if request.outcome in ANSWERED else Step.DROP_COMPLAINT
    with contextlib.suppress(NotPossible):
        steps.take(about, step, SYSTEM, facts={"complaint": str(request.pk)})


_VAIN: Final = frozenset(Outcome) - {Outcome.FULFILLED, Outcome.PARTLY, Outcome.DUPLICATE}
"""Ends after which nothing stays restricted on account of the request."""


def _restrict(request: Request, subject: Subject) -> None:
    """Restrict, and note whether it was so before for a reason that is not a request: then it outlives this one."""
    before = people.resolve(subject).restricted_at is not None
    by_others = before and all(hold.facts.get("by_others") for hold in _other_holds(request))
    people.restrict(subject)
    steps.note(request, Happening.EFFECT, SYSTEM, facts={"restricted": True, "by_others": by_others})
    tasks.tell_recipients(request)


def _is_its_own(request: Request, hold: Event) -> bool:
    """Whether the restriction was set by this request, and no other asks for it."""
    return not hold.facts.get("by_others") and not _other_holds(request)


def _hold(request: Request) -> Event | None:
    """The line by which a request restricts processing now; None where it never did, or does no more."""
    last = request.events.filter(kind=Happening.EFFECT, facts__has_key="restricted").last()
    return last if last is not None and last.facts["restricted"] else None


def _other_holds(request: Request) -> list[Event]:
    """Those of other requests of the same person."""
    others = Request.objects.about(_family(request)).filter(matter=Matter.RESTRICTION).exclude(pk=request.pk)
    return [hold for one in others.exclude(outcome__in=_VAIN) if (hold := _hold(one)) is not None]


def _family(request: Request) -> list[UUID]:
    return people.resolve(request.subject).family() if request.subject is not None else []


def _stops(request: Request) -> list[ledger.Choice]:
    """What the ledger is told: all marketing, one purpose, or every purpose that somebody may have said yes to."""
    details, purposes = request.details, versions.current().organisation.purposes
    match Matter(request.matter):
        case Matter.MARKETING_OPT_OUT:
            return [_all_marketing()]
        case Matter.OBJECTION if details.get("use") == MARKETING:
            return [_all_marketing()]
        case Matter.OBJECTION if details.get("use") in purposes:
            return [_purpose(details["use"], Decision.OBJECTED)]
        case Matter.WITHDRAW_CONSENT:
            resting = matters.said_yes_to(versions.current().organisation)
            chosen = [code for code in resting if details.get("purpose") in {"", None, code}]
            return [_purpose(code, Decision.WITHDRAWN, Basis.CONSENT) for code in chosen]
    return []


def _all_marketing() -> ledger.Choice:
    return ledger.Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.OBJECTED)


def _purpose(code: str, decision: Decision, basis: Basis | None = None) -> ledger.Choice:
    return ledger.Choice(ObjectKind.PURPOSE, code, EVERY_CHANNEL, decision, basis)


def _act(request: Request) -> ledger.Act:
    """The person's own act, whoever logged it: staff only wrote down what a letter says, with its date."""
    on_paper = request.arrival != Arrival.PORTAL
    return ledger.Act(
        method=Method.STAFF if on_paper else Method.FORM,
        actor=Actor.PERSON,
        proved=not on_paper,
        text=None if on_paper else _wording(request),
        occurred_at=request.received_at if on_paper else None,
    )


def _wording(request: Request) -> ledger.Shown:
    """What stood above the button."""
    words = matters.title_today(request.matter)
    return ledger.Shown(get_language() or "en-gb", words)
