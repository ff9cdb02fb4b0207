"""Where work begins: somebody showed who they are, duplicates are joined, effects follow, other systems are asked."""

from __future__ import annotations

from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dsar import authority, matters
from dsar.flows import deadlines, effects, identity, reminding, steps
from dsar.flows.rounds import Round, each
from dsar.flows.steps import SYSTEM, By, Refused
from dsar.models import Request
from dsar.transitions import Step
from dsar.vocabulary import VERIFIED, Behalf, Happening, Matter
from dsar.waiting import WAITS_FOR_CODE
from portal.database import locked
from portal.organisation import versions
from portal.subjects import flows as people
from portal.subjects.models import Subject

JOINABLE: Final = frozenset({Matter.ACCESS, Matter.ERASURE, Matter.PORTABILITY, Matter.RESTRICTION, Matter.INFORMED})
"""Matters of which a second open one asks for the same; others say something of their own each time."""


@versions.held()
def verify(request: Request, by: By, *, method: str) -> None:
    """Whoever asks has shown that they read the address, is signed in, or was logged by staff.

    ``method`` is ``code``, ``signed_in`` or ``logged``. A request that repeats an earlier verified one is joined to it,
    and only now: an unverified one joins nothing and is joined by nothing. What needs no judgement is done at once.
    """
    with transaction.atomic():
        begin(request, by, method=method)
    effects.settle(request)


def begin(request: Request, by: By, *, method: str) -> None:
    """What :func:`verify` does, in the caller's transaction, who calls ``effects.settle`` after it."""
    subject = _lock_person(request)
    if method == "code":
        steps.note(request, Happening.IDENTITY_RECEIVED, by, facts={"method": method}, shown=False)
    steps.take(request, Step.VERIFY, by, facts={"method": method})
    if method != "logged" and request.contact_point is not None:
        people.prove(request.contact_point)
    if subject is not None:
        request.subject = subject
        request.save(update_fields=["subject"])
    if (first := _first_of_its_kind(request)) is not None:
        _join(request, first)
    else:
        _start(request)


def _start(request: Request) -> None:
    if request.matter == Matter.COMPROMISE:
        reminding.tell_of_compromise(request)
    if authority.is_needed(request):
        identity.ask_authority(request, SYSTEM)
    else:
        effects.start(request)


def _lock_person(request: Request) -> Subject | None:
    """The person a request is about, locked before the request itself, as everywhere; None where that is not known."""
    if request.contact_point is None or request.behalf != Behalf.SELF:
        return None
    speaker = people.resolve(request.contact_point.subject)
    return locked(Subject.objects.filter(pk=speaker.pk)).get()


def _first_of_its_kind(request: Request) -> Request | None:
    """The earliest other verified open request of this person for the same, if a second one adds nothing."""
    if request.subject is None or request.matter not in JOINABLE:
        return None
    same = Request.objects.verified().about(request.subject.family()).filter(matter=request.matter, behalf=Behalf.SELF)
    earlier = locked(same.exclude(pk=request.pk).order_by("verified_at", "pk"))  # or it might be closed meanwhile
    return next((first for first in earlier if matters.adds_nothing(request, first)), None)


def _join(request: Request, first: Request) -> None:
    request.duplicate_of = first
    request.save(update_fields=["duplicate_of"])
    steps.take(request, Step.JOIN, SYSTEM, facts={"first": first.reference})


def join(request: Request, first: Request, user: User) -> None:
    """Staff join a request to an earlier one by the same person for the same, which gets the one answer.

    Raises :class:`Refused` for itself, and for one that is closed, of another matter, or about another person.
    """
    with transaction.atomic():
        for one in sorted((request, first), key=lambda one: one.pk):
            steps.lock(one)
        if first.pk == request.pk or first.state not in VERIFIED:
            raise Refused(_("Choose another request that is open, and whose person showed who they are."))
        if first.matter != request.matter:
            raise Refused(_("The other request is about something else."))
        if request.subject is None or first.subject_id not in people.resolve(request.subject).family():
            raise Refused(_("The other request is about somebody else, or it is not known yet who this one is about."))
        request.duplicate_of = first
        request.save(update_fields=["duplicate_of"])
        steps.take(request, Step.JOIN, steps.staff(user), facts={"first": first.reference})


def forget_unverified() -> Round:
    """Close requests whose code never came. Their texts go with them by the retention rules."""
    return each(Request.objects.unverified(), _forget)


def _forget(request: Request) -> bool:
    if deadlines.today(request) - deadlines.local_day(request) < WAITS_FOR_CODE:
        return False
    steps.take(request, Step.FORGET, SYSTEM)
    return True
