"""The one door: taking a step with a request, under its lock, by the table of :mod:`dsar.transitions`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from accounts.models import User
from dsar import letters
from dsar.flows import deadlines
from dsar.models import Event, Request
from dsar.transitions import Step, Transition, find
from dsar.vocabulary import OPEN, WORKING, Happening, Matter, Outcome, Party, State
from portal.database import database_now, locked
from portal.outbox import flows as outbox
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint, Subject


@dataclass(frozen=True)
class By:
    """Who acts: the person, the portal, or a member of staff, who is named."""

    party: Party
    staff: User | None = None


PERSON: Final = By(Party.PERSON)
SYSTEM: Final = By(Party.SYSTEM)


def staff(user: User) -> By:
    """A member of staff."""
    return By(Party.STAFF, user)


class Refused(Exception):
    """A step that the table knows and that something else forbids; ``message`` says what, in the active language."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


Guard = Callable[[Request, Step, Mapping[str, Any]], None]

_guards: list[Guard] = []


def guard(check: Guard) -> Guard:
    """Ask ``check(request, step, facts)`` before every step, under the lock; it raises :class:`Refused`."""
    if check not in _guards:
        _guards.append(check)
    return check


Ending = Callable[[Request], None]

_endings: list[Ending] = []


def on_close(follow: Ending) -> Ending:
    """Call ``follow(request)`` in the transaction in which a request ends, whatever ended it. A decorator."""
    if follow not in _endings:
        _endings.append(follow)
    return follow


def take(
    request: Request,
    step: Step,
    by: By,
    *,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    words: str = "",
    outcome: Outcome | None = None,
) -> Event:
    """Take a step: the event is written, the state changes, the due dates are counted, the person is told.

    ``at`` is when it happened, by default now; ``facts`` are codes, ids and ISO dates. Of two at once the second
    finds the state changed. ``request`` is refreshed. Raises :class:`~dsar.transitions.NotPossible`, and
    :class:`Refused`, also for a moment to come.
    """
    if at is not None and at > database_now():
        raise Refused(_("This day is still to come."))
    with transaction.atomic():
        lock(request)
        row = find(step, request.state, request.matter, by.party)
        for check in _guards:
            check(request, step, facts or {})
        event = note(request, row.happening, by, at=at, facts=facts, words=words, shown=row.shown)
        ended = _move(request, row, event, outcome)
        if row.letter:
            tell(request, row.letter, event)
        for follow in _endings if ended else ():
            follow(request)
    return event


def note(
    request: Request,
    kind: Happening,
    by: By,
    *,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    words: str = "",
    shown: bool = True,
) -> Event:
    """Write one line of the timeline, which changes no state. Within the caller's transaction."""
    event = line(request, kind, by, at=at, facts=facts, words=words, shown=shown)
    event.save(force_insert=True)
    return event


def line(
    request: Request,
    kind: Happening,
    by: By,
    *,
    at: datetime | None = None,
    facts: Mapping[str, Any] | None = None,
    words: str = "",
    shown: bool = True,
) -> Event:
    """A line as :func:`note` writes it, not written yet: several are written in one statement."""
    when = {} if at is None else {"at": at}
    return Event(
        request=request,
        kind=kind,
        party=by.party,
        staff=by.staff,
        shown=shown,
        facts=dict(facts or {}),
        words=words,
        **when,
    )


def tell(request: Request, letter: str, event: Event) -> None:
    """Put a mail to the person into the outbox, in the caller's transaction; who has no address gets it on paper.

    Nothing goes to an address before somebody showed that they read it: whoever typed it may be a stranger to them.
    """
    if request.verified_at is None:
        return
    point = _written_to(request)
    if point is not None and point.channel == Channel.EMAIL:
        params = {"request": str(request.pk), "event": event.pk}
        outbox.enqueue(letters.kind_code(letter), point, params=params)


def _written_to(request: Request) -> ContactPoint | None:
    """The address, with its person: both in one query, and remembered with ``request``."""
    if request.contact_point_id is not None:
        request.contact_point = ContactPoint.objects.select_related("subject").get(pk=request.contact_point_id)
    return request.contact_point


def lock(request: Request) -> None:
    """Lock the person a request is about, then its row, until the transaction ends; refresh ``request`` from it."""
    _lock_people(request.pk)
    request.refresh_from_db(from_queryset=locked(Request.objects.all()))


def _lock_people(pk: UUID) -> None:
    """Subject before request, as everywhere: what a step stops or lifts is written in the person's own record."""
    about = Request.objects.filter(pk=pk).values("subject")
    complained_about = Request.objects.filter(complaints=pk).values("subject")
    known = Subject.objects.filter(pk__in=about.union(complained_about))
    speakers = [people.resolve(one).pk for one in known]
    list(locked(Subject.objects.filter(pk__in=speakers).order_by("pk")))


def lock_for(request: Request, step: Step, by: By) -> None:
    """Lock a request with which this step can be taken now. Raises :class:`~dsar.transitions.NotPossible`."""
    lock(request)
    find(step, request.state, request.matter, by.party)


def lock_at_work(request: Request, matter: Matter) -> None:
    """Lock a request of this matter that staff are working on. Raises :class:`Refused` for any other."""
    lock(request)
    if request.state not in WORKING or request.matter != matter:
        raise Refused(_("Nobody works on such a request here now."))


def history(request_id: UUID, kinds: Sequence[Happening]) -> list[Event]:
    """The events of these kinds, as they were recorded."""
    return list(Event.objects.filter(request_id=request_id, kind__in=kinds))


def _move(request: Request, row: Transition, event: Event, outcome: Outcome | None) -> bool:
    """Returns whether the request ended by it."""
    ends = False
    changed = ["promised_due", "statutory_due"]
    if row.target is not None:
        ends = request.state in OPEN and row.target not in OPEN
        request.state = row.target
        changed.append("state")
        if ends:
            how = row.outcome or outcome
            if how is None:
                raise ValueError(f"{event.kind} ends a request, and nobody said how.")
            request.outcome, request.closed_at = how, database_now()
            changed += ["outcome", "closed_at"]
        if row.happening is Happening.VERIFIED:
            request.verified_at = event.at
            changed.append("verified_at")
    deadlines.project(request)
    request.save(update_fields=changed)
    return ends


def is_open(request: Request) -> bool:
    """Whether an answer is still owed."""
    return State(request.state) in OPEN
