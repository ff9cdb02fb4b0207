"""The preference page's verbs: save the switches, pause and end a pause, undo.

A page may be old when it is sent. So not its switches count but what the person *moved*, compared with what the page
showed; and a yes is left out if anything about that switch was decided since. A stop always counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.utils.translation import gettext as _

from consent.ledger.fold import Pause, running_pause
from consent.ledger.models import Event
from consent.ledger.record import Choice, Locked, locking, record
from consent.ledger.vocabulary import ALL_MARKETING, EVERY_CHANNEL, Decision, ObjectKind
from consent.preferences import catalogue, switches
from consent.preferences.flows import acts
from consent.preferences.switches import Board
from portal.database import database_now
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.outbox import permits
from portal.outbox.kinds import OPTIONAL
from portal.subjects import flows as subjects
from portal.subjects.models import Subject


@dataclass(frozen=True)
class Page:
    """What the page showed: switches that stood on, the ledger's last event then, and the version of the words."""

    was_on: frozenset[str]
    position: int
    organisation_version: int


@dataclass(frozen=True)
class Saved:
    """What saving came to, as names of switches. ``left`` were not applied because something changed meanwhile;
    ``position`` is the ledger's last event afterwards; ``leaving`` counts mails that may still arrive; a yes that is
    ``waiting`` was recorded, and a rule forbids to act on it for now (Article 18, the least age). What is on and
    ``resting`` starts when a pause ends, at the moment named (UTC)."""

    on: tuple[str, ...]
    off: tuple[str, ...]
    left: tuple[str, ...]
    position: int
    leaving: int = 0
    waiting: tuple[str, ...] = ()
    resting: Mapping[str, datetime] = field(default_factory=dict)

    @property
    def changed(self) -> tuple[str, ...]:
        return self.on + self.off


def save_choices(subject: Subject, on: frozenset[str], page: Page, doing: acts.Doing) -> Saved:
    """Apply what the person moved on the page. Names of switches are those of ``overview``.

    By a link, which proves nothing, only what was switched off is applied; the rest is ``left``.
    """
    with locking(subject) as person:
        organisation = person.current.organisation
        before = switches.board_of(person)
        wanted_on = _in_order(on - page.was_on, organisation)
        gone_off = _in_order(page.was_on - on, organisation)
        fresh = _fresh(person, wanted_on, page, _since(person, page)) if doing.proved and wanted_on else ()
        news = tuple(name for name in fresh if name not in before.on)
        yeses = list(_yeses(news, organisation))
        after, position = _write(person, before, yeses, gone_off, doing)
    leaving = permits.wait_for_open(person.person.pk, categories=OPTIONAL) if gone_off else 0
    return Saved(
        on=tuple(name for name in news if name in after.on),
        off=tuple(name for name in gone_off if name in before.on),
        left=tuple(name for name in wanted_on if name not in fresh),
        position=position,
        leaving=leaving,
        waiting=tuple(name for name in news if name not in after.on),
        resting=after.resting,
    )


def undo(subject: Subject, restore: Iterable[str], take: Iterable[str], position: int, doing: acts.Doing) -> Saved:
    """Put back what an act just changed: ``restore`` on, ``take`` off, unless something was decided after ``position``.

    The person's own act, made in the browser that made the change: the way back of ADR 7. It counts as proved even by
    a link, because it gives nothing that was not there.
    """
    doing = replace(doing, proved=True)
    with locking(subject) as person:
        organisation = person.current.organisation
        before = switches.board_of(person)
        wanted = tuple(name for name in _in_order(restore, organisation) if name not in before.on)
        page = Page(frozenset(), position, person.current.id)
        events = _since(person, page, _SAID_YES) if wanted else []
        back = _fresh(person, wanted, page, [event for event in events if event.pk > position])
        taken = tuple(name for name in _in_order(take, organisation) if name in before.on)
        after, position = _write(person, before, list(_yeses_again(person, back, events)), taken, doing)
    leaving = permits.wait_for_open(person.person.pk, categories=OPTIONAL) if taken else 0
    left = tuple(name for name in wanted if name not in back)
    return Saved(back, taken, left, position, leaving, resting=after.resting)


@dataclass(frozen=True)
class Paused:
    """What pausing came to. Moments are UTC: ``until`` the end of the pause that now runs, ``before`` the end of the
    one that ran already. ``event_id`` is the event of this pause; 0 if nothing changed."""

    subject_id: UUID
    until: datetime
    before: datetime | None
    event_id: int


def pause(subject: Subject, until: date, doing: acts.Doing) -> Paused:
    """No marketing until that day begins where the organisation is.

    By a link, which only takes away, a pause that runs already is made longer and never shorter (ADR 7).
    """
    with locking(subject) as person:
        before = _pause_of(person)
        zone = ZoneInfo(person.current.organisation.law.time_zone)
        moment = datetime.combine(until, time(), zone).astimezone(UTC)
        if before is not None and moment < before.until and not doing.proved:
            return Paused(person.person.pk, before.until, before.until, 0)
        events = person.record([_pausing(moment)], doing.act(_("Pause marketing"))).events
        paused = Paused(person.person.pk, moment, before.until if before else None, events[-1].pk if events else 0)
    permits.wait_for_open(paused.subject_id)
    return paused


def undo_pause(subject: Subject, paused: Paused, doing: acts.Doing) -> bool:
    """The pause becomes what it was before ``paused``, unless it was changed again since; says whether it did.

    Like :func:`undo` it is the person's own act, by a link too: it gives nothing that was not there.
    """
    doing = replace(doing, proved=True)
    with locking(subject) as person:
        running = _pause_of(person)
        if running is None or running.id != paused.event_id:
            return False
        before = paused.before
        back = _pausing(before) if before is not None and before > database_now() else _RESUMED
        person.record([back], doing.act(_("Undo this")))
    return True


def resume(subject: Subject, doing: acts.Doing) -> None:
    """The pause ends now."""
    record(subject, [_RESUMED], doing.act(_("End the pause now")))


_SAID_YES = Q(kind=ObjectKind.TOPIC, decision__in=(Decision.GRANTED, Decision.CONFIRMED))
_RESUMED = Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.RESUMED)


def _pausing(until: datetime) -> Choice:
    return Choice(ObjectKind.MARKETING, "", EVERY_CHANNEL, Decision.PAUSED, until=until)


def _pause_of(person: Locked) -> Pause | None:
    """The pause of all marketing that runs now."""
    return running_pause(person.cells, [ALL_MARKETING], database_now())


def _since(person: Locked, page: Page, or_else: Q | None = None) -> list[Event]:
    """What was decided about the person since the page was made, and what ``or_else`` asks for; oldest first."""
    wanted = Q(pk__gt=page.position)
    events = Event.objects.about(person.person.family()).filter(wanted | or_else if or_else else wanted)
    return list(events.oldest_first())


def _fresh(person: Locked, names: tuple[str, ...], page: Page, since: Sequence[Event]) -> tuple[str, ...]:
    """The switches of which no word changed, and nothing that reaches them was decided, since the page was made."""
    return tuple(name for name in names if _as_shown(person.current, *switches.parts(name), page, since))


def _as_shown(current: versions.Current, topic: str, channel: str, page: Page, since: Iterable[Event]) -> bool:
    decided = any(switches.reaches(event, topic, channel, current.organisation) for event in since)
    return not decided and catalogue.same_words(page.organisation_version, current, [topic])


def _write(
    person: Locked, before: Board, on: Sequence[Choice], off: tuple[str, ...], doing: acts.Doing
) -> tuple[Board, int]:
    """One act for all that was moved; returns how the switches stand afterwards, and the ledger's last event."""
    organisation = person.current.organisation
    context, source = catalogue.way_in(organisation)
    channels = {choice.channel for choice in on}
    if on:
        # The addresses are now known from here too: known only from a forum, say, nothing could be sent to them.
        points = [point for point in person.reach.contact_points if point.channel in channels]
        subjects.note_provenance(points, context=context, source=source)
    events = person.record([*on, *_noes(off, person)], doing.act()).events
    position = events[-1].pk if events else switches.last_event(person.person.family())
    return before.after(person.cells, context, channels), position


def _yeses(names: Iterable[str], organisation: Organisation) -> Iterator[Choice]:
    for name in names:
        topic, channel = switches.parts(name)
        yield acts.yes(organisation, topic, channel)


def _yeses_again(person: Locked, names: Iterable[str], events: Iterable[Event]) -> Iterator[Choice]:
    """The words pressed were those of the undo; ``restores`` is the yes that had stood there, with its own words."""
    yeses = (event for event in events if event.decision in (Decision.GRANTED, Decision.CONFIRMED))
    earlier = {(event.code, event.channel): event.pk for event in yeses}
    for choice in _yeses(names, person.current.organisation):
        before = earlier.get((choice.code, choice.channel))
        details = {"restores": before} if before else {}
        yield replace(choice, text=acts.shown(_("Undo this")), details=details)


def _noes(names: Iterable[str], person: Locked) -> Iterator[Choice]:
    organisation = person.current.organisation
    for topic, channels in _by_topic(names):
        words = acts.words_of_switch_off(str(organisation.topics[topic].title), channels)
        yield from (replace(acts.no(organisation, topic, channel, person.cells), text=words) for channel in channels)


def _by_topic(names: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    topics: dict[str, list[str]] = {}
    for name in names:
        topic, channel = switches.parts(name)
        topics.setdefault(topic, []).append(channel)
    yield from topics.items()


def _in_order(names: Iterable[str], organisation: Organisation) -> tuple[str, ...]:
    """Switches as the page has them; those of topics that left the file are left out."""
    wanted = set(names)
    return tuple(name for name in switches.names(organisation) if name in wanted)
