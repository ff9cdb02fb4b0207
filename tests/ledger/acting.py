"""Short words for what people do, so that tests read as sentences."""

from __future__ import annotations

from typing import Any

from consent.ledger.choices import Act, Choice, Recorded
from consent.ledger.permission import permission
from consent.ledger.record import record
from consent.ledger.rules import Answer
from consent.ledger.texts import Shown
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from portal.subjects import flows
from portal.subjects.models import ContactPoint, Subject

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"
WORDING = Shown("en-gb", "Yes, send me this.")
NEW_WORDING = Shown("en-gb", "Yes, send me this, and the best of the blog.")

STOP_ALL = Choice(ObjectKind.MARKETING, "", "", Decision.OBJECTED)

ON_A_FORM: dict[str, Any] = {"method": Method.FORM, "proved": False}
FROM_A_LIST: dict[str, Any] = {"method": Method.IMPORT, "actor": Actor.STAFF, "proved": False}
FROM_A_CONFIRMED_LIST: dict[str, Any] = {"method": Method.IMPORT, "actor": Actor.STAFF, "proved": True}
FROM_A_SYSTEM: dict[str, Any] = {"method": Method.API, "actor": Actor.PERSON, "proved": True}
BY_STAFF: dict[str, Any] = {"method": Method.STAFF, "actor": Actor.STAFF, "proved": False}
BY_CONFIRMATION_MAIL: dict[str, Any] = {"method": Method.CONFIRMATION_MAIL, "proved": True}
BY_ONE_CLICK: dict[str, Any] = {"method": Method.ONE_CLICK, "proved": False, "text": None}
BY_TIME: dict[str, Any] = {"method": Method.SYSTEM, "actor": Actor.SYSTEM, "proved": False, "text": None}


def act(**how: Any) -> Act:
    """Signed in, on the preference page; anything else by name."""
    usual: dict[str, Any] = {"method": Method.PREFERENCE_CENTRE, "actor": Actor.PERSON, "proved": True, "text": WORDING}
    return Act(**(usual | how))


def to(topic: str, decision: Decision, channel: str = "email", **rest: Any) -> Choice:
    """A choice about a topic."""
    return Choice(ObjectKind.TOPIC, topic, channel, decision, **rest)


def yes_to(topic: str, channel: str = "email") -> Choice:
    return to(topic, Decision.GRANTED, channel)


def no_to(topic: str, channel: str = "email") -> Choice:
    return to(topic, Decision.WITHDRAWN, channel)


def confirm(topic: str, channel: str = "email", **details: Any) -> Choice:
    return to(topic, Decision.CONFIRMED, channel, details=details)


def says(person: Subject, *choices: Choice, **how: Any) -> Recorded:
    """``says(joan, yes_to("newsletter"))``: signed in unless ``how`` says otherwise."""
    return record(person, choices, act(**how))


def may_send(point: ContactPoint, topic: str, category: str = "marketing") -> Answer:
    return permission(point, category=category, topic=topic)


def reach(address: str, context: str, channel: str = "email", source: str = "you", **rest: Any) -> ContactPoint:
    return flows.reach(channel, address, context=context, source=source, **rest)
