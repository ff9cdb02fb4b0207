"""People, kinds of mail, gates and mail servers for the tests of the outbox."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from pytest_django import Settings

from portal.organisation.versions import Current
from portal.outbox import gate, kinds
from portal.outbox.gate import Verdict
from portal.outbox.kinds import Category, MailKind
from portal.outbox.models import Message
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint
from tests.outbox.sinks import Sink

TEMPLATES = Path(__file__).parent / "templates"

WORDING = "Yes, send me the newsletter. I can stop it at any time."


def yes(message: Message) -> Verdict:
    evidence = {"since": "2026-03-17T10:16:00+00:00", "wording": WORDING, "event_id": 7}
    return Verdict(True, "granted", "You asked for it.", evidence)


def no(message: Message) -> Verdict:
    return Verdict(False, "stopped", "You stopped it.")


def register_kinds() -> None:
    """One kind of mail for each category."""
    for category in Category:
        kinds.register(MailKind(f"test-{category}", category, "test/hello", nothing_more, f"Test of {category}"))


def nothing_more(message: Message) -> dict[str, Any]:
    return {"link": f"http://localhost:8000/confirm/{message.params.get('confirmation', '0')}/"}


@pytest.fixture(autouse=True)
def kinds_of_the_tests(settings: Settings) -> Iterator[None]:
    """One kind for each category, with templates of the tests; no nudges unless a test wants them."""
    settings.OUTBOX_NUDGE = False
    folders = [*settings.TEMPLATES[0]["DIRS"], TEMPLATES]
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": folders}]
    register_kinds()
    yield
    for category in Category:
        kinds.unregister(f"test-{category}")


@pytest.fixture
def allowed() -> Iterator[None]:
    """A gate that says yes to everything."""
    with gate.replaced(yes):
        yield


@pytest.fixture
def joan(db: None) -> ContactPoint:
    """Joan Archer, a customer."""
    return people.reach(Channel.EMAIL, "joan.archer@example.org", context="account", source="person")


@pytest.fixture
def marek(db: None) -> ContactPoint:
    """Marek Nowak, a prospect."""
    return people.reach(Channel.EMAIL, "marek.nowak@example.com", context="newsletter", source="person")


@pytest.fixture
def sink(settings: Settings) -> Iterator[Sink]:
    """A mail server that takes everything; its ``behaviour`` may be changed."""
    with Sink() as server:
        settings.SMTP_URL = server.url
        yield server


@pytest.fixture
def fresh() -> Callable[[Message], Message]:
    """The message as it stands in the database now."""

    def read(message: Message) -> Message:
        return Message.objects.get(pk=message.pk)

    return read


@pytest.fixture
def ready(organisation: Current, allowed: None, sink: Sink) -> Sink:
    """An organisation, a gate that says yes, and a mail server: all that a mail needs."""
    return sink
