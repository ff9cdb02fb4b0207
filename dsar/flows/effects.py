"""What a request changes, for real and at once: stops in the ledger, restriction, correction, a person who looks."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.models import User
from consent.ledger import record as ledger
from consent.ledger.vocabulary import EVERY_CHANNEL, Actor, Decision, Method, ObjectKind
from dsar.flows import steps, tasks
from dsar.flows.steps import SYSTEM, By, Refused
from dsar.matters import MARKETING, OWN_NAME
from dsar.models import Request
from dsar.transitions import Step
from dsar.vocabulary import Arrival, Happening, Matter, Outcome
from portal.organisation import versions
from portal.organisation.schema import Basis
from portal.outbox import permits
from portal.outbox.kinds import OPTIONAL
from portal.subjects import flows as people

STOPPING: Final = frozenset({Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT, Matter.OBJECTION, Matter.RESTRICTION})


def at_once(request: Request) -> None:
    """Do what needs nobody's judgement, in the caller's transaction, with the person known and their record locked.

    An objection to marketing, an opt-out and a withdrawn yes are done and answered. Any other objection, and a
    restriction, stop the processing while staff weigh them (Articles 18(1)(d) and 21(1)).
    """
    if request.subject is None:
        return
    if choices := _stops(request):
        ledger.record(request.subject, choices, _act(request))
        steps.note(request, Happening.EFFECT, SYSTEM, facts={"stopped": [one.code or str(one.kind) for one in choices]})
    if request.matter == Matter.RESTRICTION:
        people.restrict(request.subject)
        steps.note(request, Happening.EFFECT, SYSTEM, facts={"restricted": True})
        tasks.tell_recipients(request)
    if _is_done(request):
        steps.take(request, Step.CARRY_OUT, SYSTEM)


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
        account = User.objects.filter(subject=request.subject).first() if request.subject else None
        if request.details.get("fact") != OWN_NAME or account is None:
            raise Refused(_("The portal does not hold this itself: the systems that do have a task."))
        before, after = account.name, str(request.details["right"])[:200]
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
    if request.subject is None or request.subject.restricted_at is None:
        raise Refused(_("Nothing is restricted."))
    if not words.strip():
        raise Refused(_("Write why the restriction ends: the person is told."))
    with transaction.atomic():
        steps.lock(request)
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
    if request.matter == Matter.RESTRICTION and request.subject is not None and request.outcome in _VAIN:
        people.lift_restriction(request.subject)
        steps.note(request, Happening.EFFECT, SYSTEM, facts={"restricted": False})
    about = request.complains_about
    if about is not None and about.state in steps.HAS_COMPLAINT:
        steps.take(about, Step.ANSWER_COMPLAINT, SYSTEM, facts={"complaint": str(request.pk)})


_VAIN: Final = frozenset({Outcome.REFUSED, Outcome.WITHDRAWN, Outcome.NO_IDENTITY})


def _stops(request: Request) -> list[ledger.Choice]:
    """What the ledger is told: all marketing, one purpose, or every purpose that rests on consent."""
    details, purposes = request.details, versions.current().organisation.purposes
    match Matter(request.matter):
        case Matter.MARKETING_OPT_OUT:
            return [_all_marketing()]
        case Matter.OBJECTION if details.get("use") == MARKETING:
            return [_all_marketing()]
        case Matter.OBJECTION if details.get("use") in purposes:
            return [_purpose(details["use"], Decision.OBJECTED)]
        case Matter.WITHDRAW_CONSENT:
            resting = [code for code, one in purposes.items() if Basis.CONSENT in {one.basis, *one.alternatives}]
            chosen = [code for code in resting if details.get("purpose") in {"", None, code}]
            return [_purpose(code, Decision.WITHDRAWN) for code in chosen]
    return []


def _all_marketing() -> ledger.Choice:
    return ledger.Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.OBJECTED)


def _purpose(code: str, decision: Decision) -> ledger.Choice:
    return ledger.Choice(ObjectKind.PURPOSE, code, EVERY_CHANNEL, decision)


def _act(request: Request) -> ledger.Act:
    """The person's own act, whoever logged it: staff only wrote down what a letter says, with its date."""
    on_paper = request.arrival != Arrival.PORTAL
    return ledger.Act(
        method=Method.STAFF if on_paper else Method.FORM,
        actor=Actor.PERSON,
        proved=not on_paper,
        text=ledger.Shown(
            get_language() or "en-gb", _("Request %(matter)s") % {"matter": request.get_matter_display()}
        ),
        occurred_at=request.received_at if on_paper else None,
    )


def _is_done(request: Request) -> bool:
    if request.matter == Matter.OBJECTION:
        return bool(request.details.get("use") == MARKETING)
    return request.matter in {Matter.MARKETING_OPT_OUT, Matter.WITHDRAW_CONSENT}
