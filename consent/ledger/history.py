"""What a person reads about themselves: every decision, newest first, and how each switch stands now."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from consent.ledger.fold import EMPTY, NEVER, Cell, Cells, latest_stop, outranks
from consent.ledger.managers import EventQuerySet
from consent.ledger.models import Event
from consent.ledger.projection import cells_of
from consent.ledger.rules import Question
from consent.ledger.stops import Reach
from consent.ledger.vocabulary import ALL_MARKETING, Key
from portal.database import database_now
from portal.organisation import versions
from portal.organisation.schema import Basis, Organisation, PurposeKind, TopicEntry
from portal.outbox.kinds import Category
from portal.subjects.flows import resolve
from portal.subjects.models import Subject


def history(subject: Subject, family: Collection[UUID] = ()) -> EventQuerySet:
    """Every event about this person and the records merged into theirs, newest first, with the wording shown.

    ``family`` are the ids of those records, if the caller has them.
    """
    records = family or resolve(subject).family()
    return Event.objects.about(records).newest_first().select_related("text", "organisation_version")


@dataclass(frozen=True, slots=True)
class Standing:
    """How one topic stands on one channel for a person, wherever they are reached.

    ``on``: the switch. ``pending``: a yes waits for its confirmation. ``paused_until`` leaves the switch as it is.
    ``since``, ``event_id`` and ``text`` (a digest) belong to what put it there; ``basis`` is a lawful basis or "".
    """

    topic: str
    channel: str
    on: bool
    pending: bool = False
    since: datetime | None = None
    event_id: int = 0
    text: str = ""
    basis: str = ""
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True)
class State:
    """All switches of a person. ``all_stopped_since`` is set while "stop all marketing" holds as the latest word."""

    switches: Mapping[tuple[str, str], Standing]
    all_stopped_since: datetime | None
    paused_until: datetime | None
    cells: Mapping[Key, Cell]

    def switch(self, topic: str, channel: str) -> Standing:
        """Raises KeyError for a topic that does not come this way."""
        return self.switches[topic, channel]


def state_of(subject: Subject) -> State:
    """How every topic of the organisation file stands for this person, channel by channel; a handful of statements."""
    current = versions.current()
    person = resolve(subject)
    cells = cells_of(person.pk)
    reach = Reach(person, current.organisation)
    now = database_now()
    switches = {}
    for code, topic in current.organisation.topics.items():
        question = Question(current.organisation, Category.MARKETING, code)
        for channel in topic.channels:
            switches[code, str(channel)] = _standing(cells, question, str(channel), now, reach)
    everything = cells.get(ALL_MARKETING, EMPTY)
    marketing = {
        code for code, topic in current.organisation.topics.items() if _is_marketing(topic, current.organisation)
    }
    said_yes_since = any(standing.on for (code, _channel), standing in switches.items() if code in marketing)
    stopped = None if said_yes_since else everything.stop
    return State(
        switches,
        stopped.on if stopped else None,
        everything.pause.until if everything.pause and everything.pause.until > now else None,
        cells,
    )


def _is_marketing(topic: TopicEntry, organisation: Organisation) -> bool:
    return organisation.purposes[topic.purpose].kind is PurposeKind.MARKETING


def _standing(cells: Cells, question: Question, channel: str, now: datetime, reach: Reach) -> Standing:
    cell = cells.get(question.own_key[channel], EMPTY)
    keys = question.stops[channel]
    pauses = [c.pause.until for key in keys if (c := cells.get(key)) and c.pause and c.pause.until > now]
    rest = max(pauses, default=None)
    found = latest_stop(cells, keys)
    suppressed_at = reach.suppressed_at(question.topic, channel)
    position = max(found[1].id if found else NEVER, suppressed_at)
    waits = cell.pending is not None and cell.pending.id > position
    if cell.consent and (position == NEVER or outranks(cell.consent, position)):
        grant = cell.consent
        return Standing(question.topic, channel, True, waits, grant.on, grant.id, grant.text, grant.basis, rest)
    if found:
        stop = found[1]
        return Standing(question.topic, channel, False, waits, stop.on, stop.id, stop.text, paused_until=rest)
    if suppressed_at != NEVER:
        return Standing(question.topic, channel, False, waits, paused_until=rest)
    joined = not reach.contexts(channel).isdisjoint(question.organisation.topics[question.topic].comes_with)
    return _without_decision(cells, question, channel, joined, rest)


def _without_decision(cells: Cells, question: Question, channel: str, joined: bool, rest: datetime | None) -> Standing:
    """Neither a yes that counts nor a stop: a recorded basis, a yes that waits, or nothing at all."""
    entry = question.organisation.topics[question.topic]
    purpose = question.organisation.purposes[entry.purpose]
    pending = cells.get(question.own_key[channel], EMPTY).pending
    if pending and not entry.confirmation:
        return Standing(question.topic, channel, True, False, pending.on, pending.id, pending.text, pending.basis, rest)
    if question.is_notice and joined:
        return Standing(question.topic, channel, True, bool(pending), basis=str(purpose.basis), paused_until=rest)
    if purpose.basis is not Basis.CONSENT and not question.is_notice:
        found = [c.established for key in question.stops[channel][-4:] if (c := cells.get(key)) and c.established]
        basis = max(found, key=lambda established: established.id, default=None)
        if basis:
            return Standing(question.topic, channel, True, bool(pending), basis.on, basis.id, "", basis.basis, rest)
    if pending:
        return Standing(question.topic, channel, False, True, pending.on, pending.id, pending.text, paused_until=rest)
    return Standing(question.topic, channel, False, paused_until=rest)
