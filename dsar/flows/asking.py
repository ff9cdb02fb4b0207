"""Asking: signed in, as a guest whose address a code shows, or on paper, logged by staff with its true day."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import addresses
from accounts.models import User
from dsar import codes, letters
from dsar.clock.happenings import FIRST_YEAR
from dsar.flows import beginning, deadlines, effects, steps
from dsar.flows.steps import PERSON, SYSTEM, By, Refused
from dsar.models import Event, Request
from dsar.transitions import NotPossible, Step
from dsar.vocabulary import VERIFIED, WORKING, Arrival, Behalf, Happening, Matter, State
from portal.database import locked
from portal.organisation import versions
from portal.outbox import flows as outbox
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint, Subject

# Where the portal came to know an address, as provenance names it. No file lists it, so nothing may be sent there.
CONTEXT: Final = "request"
SOURCE: Final = "person"


@dataclass(frozen=True)
class Wish:
    """What somebody asks for. ``details`` are answers by question; ``on_behalf_of`` names the person, if another.

    ``key`` is drawn at random with the form and becomes the request's id, so that a form sent twice is one request.
    """

    matter: Matter
    details: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    behalf: Behalf = Behalf.SELF
    on_behalf_of: str = ""
    role: str = ""
    complains_about: Request | None = None
    key: UUID = field(default_factory=uuid4)


@dataclass(frozen=True)
class Logged:
    """How a request reached staff. ``received`` is the true local day; the addresses may be empty."""

    arrival: Arrival
    received: date
    address: str = ""
    postal_address: str = ""


@versions.held()
def ask_as_guest(address: str, wish: Wish) -> Request:
    """Note what somebody asks at a typed address, and challenge its reader by a code; the same for known and unknown.

    The mail goes to the address as it is stored. The clock waits for the code, as for any proof that was asked for.
    Raises ``InvalidAddress``, and IntegrityError for a form that was sent before.
    """
    with transaction.atomic():
        point = people.reach(Channel.EMAIL, address, context=CONTEXT, source=SOURCE, language=_language(), typed=True)
        request = _made(wish, point, Arrival.PORTAL)
        received = steps.line(request, Happening.RECEIVED, PERSON)
        challenged = steps.line(request, Happening.IDENTITY_REQUESTED, SYSTEM, facts={"method": "code"}, shown=False)
        happened = Event.objects.bulk_create([received, challenged])
        if deadlines.project(request, happened):
            request.save(update_fields=["promised_due", "statutory_due"])
        send_code(request)
    return request


@versions.held()
def ask_signed_in(user: User, wish: Wish) -> Request:
    """Note what somebody signed in asks; that is proof enough.

    Raises :class:`Refused` without a proved address, and IntegrityError for a form that was sent before.
    """
    point = addresses.contact_point_of(user)
    if point is None or user.subject is None:
        raise Refused(_("Confirm the address of your account first."))
    with transaction.atomic():
        request = _made(wish, point, Arrival.PORTAL)
        steps.note(request, Happening.RECEIVED, PERSON)
        beginning.begin(request, PERSON, method="signed_in")
    effects.settle(request)
    return request


@versions.held()
def log(user: User, wish: Wish, how: Logged) -> Request:
    """Staff log a letter, a call or a mail with its true day; nobody is challenged, staff decide whether to doubt.

    Raises :class:`Refused` for a day in the future or before any such law, and ``InvalidAddress``.
    """
    if not date(FIRST_YEAR, 1, 1) <= how.received <= deadlines.today():
        raise Refused(_("The day of receipt is today or earlier."))
    by = steps.staff(user)
    with transaction.atomic():
        point = people.reach(Channel.EMAIL, how.address, context=CONTEXT, source=SOURCE) if how.address else None
        moment = deadlines.moment(how.received)
        request = _made(wish, point, how.arrival, received_at=moment, postal_address=how.postal_address)
        steps.note(request, Happening.RECEIVED, by, at=moment, facts={"arrival": how.arrival})
        beginning.begin(request, by, method="logged")
    effects.settle(request)
    return request


def send_code(request: Request) -> None:
    """Mail a new code to the address of a request, known or not. Within or without a transaction."""
    if request.contact_point is None:
        return
    with transaction.atomic(savepoint=False):
        challenge = codes.draw(request)
        outbox.enqueue(
            letters.CODE, request.contact_point, params={"request": str(request.pk), "challenge": challenge.pk}
        )


def enter_code(request: Request, given: str) -> bool:
    """Whether the code is right. The first right one verifies a request that waits for it; each opens the page."""
    if not codes.spend(request, given):
        return False
    if request.state == State.RECEIVED:
        # Withdrawn or forgotten at this very moment: the code is right all the same.
        with contextlib.suppress(NotPossible):
            beginning.verify(request, PERSON, method="code")
            return True
    request.refresh_from_db()
    return True


def give_more(request: Request, subject: Subject, user: User) -> None:
    """Staff found out whom a request is about, where nobody could know when it came; what it stops is stopped now.

    Raises :class:`Refused` while nobody showed who asks, once it is over, and once it changed something of another.
    """
    with transaction.atomic():
        person = locked(Subject.objects.filter(pk=people.resolve(subject).pk)).get()
        steps.lock(request)
        if request.state not in VERIFIED:
            raise Refused(_("The person can be set only while the request is open, and once it is clear who asks."))
        if request.subject is not None and request.events.filter(kind=Happening.EFFECT).exists():
            raise Refused(_("The request has changed something of another person already."))
        request.subject = person
        request.save(update_fields=["subject"])
        steps.note(request, Happening.PERSON_SET, steps.staff(user), facts={"person": str(person.pk)}, shown=False)
        if request.state in WORKING | {State.APPROVED}:
            effects.at_once(request)
    effects.settle(request)


def take_back(request: Request, by: By = PERSON, words: str = "") -> None:
    """The person withdraws, here or by a word to staff, who write it down; nothing more is done."""
    steps.take(request, Step.WITHDRAW, by, words=words)


def _made(
    wish: Wish,
    point: ContactPoint | None,
    arrival: Arrival,
    *,
    received_at: datetime | None = None,
    postal_address: str = "",
) -> Request:
    if point is not None:
        # Whose time is over may be deleted in this very moment: who does that waits for us, and then sees the request.
        list(locked(Subject.objects.filter(pk=point.subject_id)).values_list("pk"))
    when = {} if received_at is None else {"received_at": received_at}
    return Request.objects.create(
        id=wish.key,
        matter=wish.matter,
        details=dict(wish.details),
        name=wish.name,
        behalf=wish.behalf,
        on_behalf_of=wish.on_behalf_of,
        role=wish.role,
        complains_about=wish.complains_about,
        contact_point=point,
        postal_address=postal_address,
        language=point.subject.language if point else _language(),
        organisation_version_id=versions.current().id,
        arrival=arrival,
        **when,
    )


def _language() -> str:
    return get_language() or "en-gb"
