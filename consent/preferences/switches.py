"""Switches: one for each topic and way, named ``topic.channel``, and whether each stands on for a person.

A switch stands on if the rules of the ledger let something come that way, or would but for a pause: no page says On
where nothing may be sent, nor Off where something may.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property, lru_cache
from uuid import UUID

from consent.ledger import projection
from consent.ledger.bases import Dropped, all_dropped
from consent.ledger.facts import fetch
from consent.ledger.fold import Cells
from consent.ledger.models import Event
from consent.ledger.record import Locked
from consent.ledger.rules import Answer, Facts, Question, decide
from consent.ledger.stops import Reach
from consent.ledger.vocabulary import ObjectKind
from consent.preferences import catalogue
from portal.database import database_now
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current
from portal.outbox.kinds import Category
from portal.subjects.models import ContactPoint, Subject


def name(topic: str, channel: str) -> str:
    """The name of a switch. Codes of topics hold no dots."""
    return f"{topic}.{channel}"


def parts(switch: str) -> tuple[str, str]:
    """Topic and channel of a switch."""
    topic, _dot, channel = switch.rpartition(".")
    return topic, channel


def names(organisation: Organisation) -> tuple[str, ...]:
    """All switches, in the order of the page."""
    return tuple(name(code, channel) for code, topic in organisation.topics.items() for channel in topic.channels)


@dataclass(frozen=True)
class Board:
    """All switches of one person, from facts that were read once. ``cells`` are what the ledger's events add up to."""

    current: Current
    cells: Cells
    facts: Mapping[UUID, Facts]
    now: datetime

    @cached_property
    def answers(self) -> Mapping[str, Answer]:
        """For each switch the best answer of the addresses on its channel."""
        found: dict[str, Answer] = {}
        for code, question in _questions(self.current).items():
            for facts in self.facts.values():
                if question.entry is not None and facts.channel in question.entry.channels:
                    answer, switch = decide(facts, question), name(code, facts.channel)
                    if switch not in found or (is_on(answer) and not is_on(found[switch])):
                        found[switch] = answer
        return found

    @cached_property
    def on(self) -> frozenset[str]:
        """The switches that stand on."""
        return frozenset(switch for switch, answer in self.answers.items() if is_on(answer))

    @property
    def resting(self) -> Mapping[str, datetime]:
        """The switches that stand on and are held back by a pause, each with its end (UTC)."""
        return {
            switch: answer.until
            for switch, answer in self.answers.items()
            if answer.rule == "paused" and answer.until is not None
        }

    @property
    def channels(self) -> frozenset[str]:
        """The ways the person is reached."""
        return frozenset(facts.channel for facts in self.facts.values())

    def at(self, point: ContactPoint, topic: str) -> Answer | None:
        """The answer for one address; None if it was given up, or the topic left the file."""
        question = _questions(self.current).get(topic)
        return decide(self.facts[point.pk], question) if question and point.pk in self.facts else None

    def after(self, cells: Cells, context: str = "", channels: Collection[str] = ()) -> Board:
        """The same once more has been recorded, and the addresses on ``channels`` are known from ``context`` too.

        Suppressions are not read again: each new one lies where a stop in ``cells`` does.
        """
        facts = {
            pk: replace(
                one, cells=cells, contexts=(*one.contexts, context) if one.channel in channels else one.contexts
            )
            for pk, one in self.facts.items()
        }
        return Board(self.current, cells, facts, self.now)


def board(person: Subject, current: Current) -> Board:
    """The switches of a person as they are now; ``person`` speaks for themselves, and was just read."""
    points = Reach(person, current.organisation).contact_points
    return _board(points, current, projection.cells_of(person.pk))


def board_of(person: Locked) -> Board:
    """The same of somebody who is locked: as they stand before anything more is recorded."""
    return _board(person.reach.contact_points, person.current, dict(person.cells))


def _board(points: Sequence[ContactPoint], current: Current, cells: Cells) -> Board:
    now = database_now()
    found = fetch(points, current.organisation, now=now, known=cells) if points else []
    return Board(current, cells, {point.pk: facts for point, facts in zip(points, found, strict=True)}, now)


def is_on(answer: Answer | None) -> bool:
    """Whether the switch of this answer stands on."""
    return answer is not None and (answer.allowed or answer.rule == "paused")


def last_event(family: Collection[UUID]) -> int:
    """The id of the latest event about a person and the records merged into theirs; 0 for none."""
    latest = Event.objects.about(family).newest_first().values_list("pk", flat=True).first()
    return latest or 0


def reaches(event: Event, topic: str, channel: str, organisation: Organisation) -> bool:
    """Whether an event decides something about this topic on this channel; merges touch everything."""
    if event.channel not in {"", channel}:
        return False
    match event.kind:
        case ObjectKind.TOPIC:
            return event.code == topic
        case ObjectKind.PURPOSE:
            return event.code == organisation.topics[topic].purpose
        case ObjectKind.MARKETING:
            return not event.code and catalogue.is_marketing(organisation, topic)
    return False


def _questions(current: Current) -> Mapping[str, Question]:
    """The question of each topic, by code."""
    return _prepared(current, tuple(sorted(all_dropped(current).items())))


@lru_cache(maxsize=4)
def _prepared(current: Current, dropped: tuple[tuple[str, Dropped], ...]) -> Mapping[str, Question]:
    """Once for each version: preparing a question takes longer than answering it."""
    given_up = dict(dropped)
    return {
        code: Question(current.organisation, Category.MARKETING, code, given_up.get(topic.purpose, ()))
        for code, topic in current.organisation.topics.items()
    }
