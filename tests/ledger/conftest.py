"""Joan, Marek and Priya as the ledger meets them, and short words for what they do."""

from collections.abc import Callable
from typing import Any

import pytest

from consent.ledger import record as door
from consent.ledger.choices import Act, Choice, Recorded
from consent.ledger.texts import Shown
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from portal.organisation.versions import Current
from portal.subjects import flows
from portal.subjects.models import ContactPoint, Subject

JOAN = "joan.archer@example.org"
MAREK = "marek.nowak@example.com"
WORDING = Shown("en-gb", "Yes, send me the newsletter.")


def act(**changes: Any) -> Act:
    """Signed in, on the preference page; anything else by name."""
    return Act(**{"method": Method.PREFERENCE_CENTRE, "actor": Actor.PERSON, "proved": True, "text": WORDING, **changes})


def choice(decision: Decision, code: str = "newsletter", channel: str = "email", kind: ObjectKind = ObjectKind.TOPIC, **rest: Any) -> Choice:
    return Choice(kind, code, channel, decision, **rest)


STOP_EVERYTHING = Choice(ObjectKind.MARKETING, "", "", Decision.OBJECTED)


@pytest.fixture
def joan_mail(organisation: Current) -> ContactPoint:
    return flows.reach("email", JOAN, context=_marketing_context(organisation), source=next(iter(organisation.organisation.sources)))


@pytest.fixture
def joan(joan_mail: ContactPoint) -> Subject:
    return joan_mail.subject


@pytest.fixture
def marek_mail(organisation: Current) -> ContactPoint:
    return flows.reach("email", MAREK, context=_marketing_context(organisation), source=next(iter(organisation.organisation.sources)))


@pytest.fixture
def marek(marek_mail: ContactPoint) -> Subject:
    return marek_mail.subject


def _marketing_context(current: Current) -> str:
    return next(code for code, context in current.organisation.contexts.items() if context.marketing and not context.only_for)


@pytest.fixture
def says() -> Callable[..., Recorded]:
    """``says(joan, Decision.GRANTED)``: one choice of a person, signed in."""

    def say(person: Subject, *what: Choice | Decision, **how: Any) -> Recorded:
        choices = [one if isinstance(one, Choice) else choice(one) for one in what]
        return door.record(person, choices, act(**how))

    return say
