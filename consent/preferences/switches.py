"""Switches: one for each topic and way, named ``topic.channel``, and whether each stands on for a person.

A switch stands on if the rules of the ledger let something come that way, or would but for a pause: no page says On
where nothing may be sent, nor Off where something may.
"""

from __future__ import annotations

from consent.ledger.bases import dropped
from consent.ledger.facts import fetch
from consent.ledger.models import Event
from consent.ledger.rules import Answer, Question, decide
from consent.ledger.vocabulary import ObjectKind
from consent.preferences import catalogue
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


def switched_on(person: Subject, current: Current) -> frozenset[str]:
    """The switches that stand on."""
    answers = answers_of(points_of(person), current)
    return frozenset(switch for switch, answer in answers.items() if is_on(answer))


def last_event(person: Subject) -> int:
    """The id of the latest event about this person, those of records merged into theirs included; 0 for none."""
    latest = Event.objects.about(person.family()).newest_first().values_list("pk", flat=True).first()
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


def is_on(answer: Answer | None) -> bool:
    """Whether the switch of this answer stands on."""
    return answer is not None and (answer.allowed or answer.rule == "paused")


def why(point: ContactPoint, topic: str, current: Current) -> Answer | None:
    """What the rules say about this topic to this address; None for a topic that left the file."""
    if topic not in current.organisation.topics:
        return None
    question = _question(current, topic)
    return decide(fetch([point], current.organisation)[0], question)


def points_of(person: Subject) -> list[ContactPoint]:
    found = ContactPoint.objects.current().filter(subject__in=person.family())
    return list(found.select_related("subject").order_by("created_at", "pk"))


def answers_of(points: list[ContactPoint], current: Current) -> dict[str, Answer]:
    """For each switch the best answer of the addresses on its channel."""
    found: dict[str, Answer] = {}
    facts = fetch(points, current.organisation) if points else []
    for code, topic in current.organisation.topics.items():
        question = _question(current, code)
        for fact in facts:
            if fact.channel in topic.channels:
                answer, switch = decide(fact, question), name(code, fact.channel)
                if switch not in found or (is_on(answer) and not is_on(found[switch])):
                    found[switch] = answer
    return found


def _question(current: Current, topic: str) -> Question:
    purpose = current.organisation.topics[topic].purpose
    return Question(current.organisation, Category.MARKETING, topic, dropped(current, purpose))
