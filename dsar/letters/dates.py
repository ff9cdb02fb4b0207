"""The dates a letter names, as they were known when it was written: a copy of it says what the letter said.

So the clock is asked for the timeline up to the event that the letter is about, and not beyond.
"""

from __future__ import annotations

from django.utils.translation import gettext as _

from dsar import clock
from dsar.clock import Deadline
from dsar.flows import deadlines
from dsar.letters.letter import NO_DATE, day
from dsar.models import Event, Request
from dsar.vocabulary import Happening, Matter


def promise(request: Request, event: Event) -> str:
    """Until when an answer comes, by promise and by law, in one sentence; what is waited for, if no date runs."""
    counted = _counted(request, event)
    if counted is None:
        return _("We look at this at once.")
    if counted.promised_due is None:
        return _("The time for our answer starts when we have what we asked for.")
    if request.matter == Matter.COMPLAINT:
        words = _("We look into it now and write to you by %(promised)s.") % {"promised": day(counted.promised_due)}
        return f"{_('With this we acknowledge your complaint.')} {words}" if event.kind == Happening.VERIFIED else words
    if counted.extended:
        words = _("It takes longer than we promised. You get our answer by %(law)s at the latest.")
        return words % {"law": day(counted.statutory_due)}
    dates = {"promised": day(counted.promised_due), "law": day(counted.statutory_due)}
    return _("We promise an answer by %(promised)s; the law allows until %(law)s.") % dates


def law(request: Request, event: Event) -> str:
    """The last day the law allows; empty where none runs."""
    counted = _counted(request, event)
    return day(counted.statutory_due) if counted else NO_DATE


def calculation(request: Request, event: Event) -> tuple[str, ...]:
    """How the dates were counted, rule by rule."""
    counted = _counted(request, event)
    return tuple(counted.explanation) if counted else ()


def _counted(request: Request, event: Event) -> Deadline | None:
    terms = deadlines.terms_of(request)
    if terms is None:
        return None
    known = Event.objects.filter(request=request, kind__in=deadlines.CLOCK_KINDS, pk__lte=event.pk)
    return clock.due(request.received_at, deadlines.as_clock_events(known.only("kind", "at")), terms)
