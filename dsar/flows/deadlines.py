"""The due dates of a request: what the clock says of its timeline, and the copies of it that lists sort by."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Prefetch

from dsar import clock
from dsar.clock import Deadline, Terms
from dsar.flows.rounds import Round, each
from dsar.managers import RequestQuerySet
from dsar.models import Event, Request
from dsar.vocabulary import OPEN, Happening, Matter, Party
from portal.database import database_now, locked
from portal.organisation import versions

CLOCK_KINDS = frozenset(clock.Kind)
CLARIFICATION = clock.About.CLARIFICATION


def terms_of(request: Request) -> Terms | None:
    """The promise and the law a request is counted by, as they were when it came; None where nothing is counted."""
    right = Matter(request.matter).right
    if right is None:
        return None
    return Terms.of(versions.get(request.organisation_version_id).organisation, right)


def deadline(request: Request, happened: Iterable[Event] | None = None) -> Deadline | None:
    """Until when an answer is due, with its explanation, by the clock itself; None for a report of a compromise.

    ``happened`` is the whole timeline, for who has it at hand.
    """
    terms = terms_of(request)
    if terms is None:
        return None
    if happened is None:
        happened = Event.objects.filter(request=request, kind__in=CLOCK_KINDS).only("kind", "at")
    return clock.due(request.received_at, as_clock_events(happened), terms)


def with_timeline(requests: RequestQuerySet) -> RequestQuerySet:
    """Each with ``clock_events``, what :func:`deadline` asks of its timeline: one statement for all of them."""
    lines = Event.objects.filter(kind__in=CLOCK_KINDS).only("request", "kind", "at")
    return requests.prefetch_related(Prefetch("events", lines, to_attr="clock_events"))


def as_clock_events(events: Iterable[Event]) -> list[clock.Event]:
    """Those of a timeline that concern time."""
    return [clock.Event(clock.Kind(event.kind), event.at) for event in events if event.kind in CLOCK_KINDS]


def project(request: Request, happened: Iterable[Event] | None = None) -> bool:
    """Copy the clock's answer to ``request``, without saving it; returns whether a date moved.

    What is closed keeps the dates it had. ``happened`` as for :func:`deadline`.
    """
    if request.state not in OPEN:
        return False
    before = request.promised_due, request.statutory_due
    counted = deadline(request, happened)
    request.promised_due = counted.promised_due if counted else None
    request.statutory_due = counted.statutory_due if counted else None
    return (request.promised_due, request.statutory_due) != before


def recount() -> Round:
    """Count all open requests again, as after a change of the holiday calendar; done are those whose dates moved.

    A date that moves is an event of its timeline, so that nobody wonders.
    """
    return each(Request.objects.open(), _recount)


def _recount(request: Request) -> bool:
    with transaction.atomic():
        request.refresh_from_db(from_queryset=locked(Request.objects.all()))
        before = request.promised_due, request.statutory_due
        if not project(request):
            return False
        request.save(update_fields=["promised_due", "statutory_due"])
        facts = {"before": _written(before), "after": _written((request.promised_due, request.statutory_due))}
        Event.objects.create(request=request, kind=Happening.RECOUNTED, party=Party.SYSTEM, facts=facts)
    return True


def today(request: Request | None = None) -> date:
    """The date on the organisation's wall now, by the database's clock."""
    current = versions.get(request.organisation_version_id) if request else versions.current()
    return database_now().astimezone(ZoneInfo(current.organisation.law.time_zone)).date()


def moment(day: date) -> datetime:
    """A moment of a local day whose hour nobody knows: noon, on which it is that day in all of Europe; now at most."""
    noon = datetime.combine(day, time(12), ZoneInfo(versions.current().organisation.law.time_zone))
    return min(noon, database_now())


def local_day(request: Request) -> date:
    """The day of receipt on the organisation's wall."""
    return day_of(request, request.received_at)


def day_of(request: Request, moment: datetime) -> date:
    """The day of a moment on the wall of the organisation that was asked."""
    zone = ZoneInfo(versions.get(request.organisation_version_id).organisation.law.time_zone)
    return moment.astimezone(zone).date()


def _written(dates: tuple[date | None, date | None]) -> list[str | None]:
    return [day.isoformat() if day else None for day in dates]
