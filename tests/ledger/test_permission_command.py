"""``manage.py permission``: staff ask at the command line what the outbox asks."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.subjects.models import Subject
from tests.ledger.acting import JOAN, STOP_ALL, says, yes_to


def ask(*words: str) -> str:
    out = StringIO()
    call_command("permission", *words, stdout=out, no_color=True)
    return out.getvalue()


def test_every_topic_of_the_channel(joan: Subject) -> None:
    says(joan, STOP_ALL)
    says(joan, yes_to("newsletter"))
    lines = ask(JOAN).splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("yes newsletter email [consent] You said yes to this on ")
    assert lines[3].startswith("no  promotions email [stopped] You stopped all marketing on ")
    assert JOAN not in "".join(lines)


def test_one_topic_as_json(joan: Subject) -> None:
    [event] = says(joan, yes_to("newsletter")).events
    [answer] = json.loads(ask(JOAN.upper().replace("EXAMPLE.ORG", "example.org"), "newsletter", "email", "--json"))
    assert answer == {
        "topic": "newsletter",
        "channel": "email",
        "allowed": True,
        "rule": "consent",
        "reason": answer["reason"],
        "since": event.occurred_at.isoformat(),
        "event": event.pk,
        "text": event.text_id,
    }


def test_another_category(joan: Subject) -> None:
    assert ask(JOAN, "", "email", "--category", "security").startswith("yes - email [always-sent]")


def test_an_address_nobody_knows(joan: Subject) -> None:
    [answer] = json.loads(ask("nobody@example.org", "newsletter", "--json"))
    assert (answer["allowed"], answer["rule"], answer["since"], answer["event"], answer["text"]) == (
        False, "unknown-address", None, None, None,
    )  # fmt: skip


def test_what_is_no_address(joan: Subject) -> None:
    with pytest.raises(CommandError, match="exactly one @"):
        ask("joan.archer")
