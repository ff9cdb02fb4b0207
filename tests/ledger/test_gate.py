"""The outbox asks the ledger before every mail, and keeps the answer with its evidence."""

import json

from consent.ledger import gate
from portal.outbox import gate as door
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import STOP_ALL, WORDING, says, yes_to


def message(point: ContactPoint, **changes: str) -> Message:
    return Message(**({"contact_point": point, "category": "marketing", "topic": "newsletter", "kind": "x"} | changes))


def test_the_ledger_keeps_the_door() -> None:
    assert door.registered() is gate.may_send


def test_a_yes_opens_it_with_its_words_and_date(joan: Subject, joans_mail: ContactPoint) -> None:
    [event] = says(joan, yes_to("newsletter")).events
    verdict = door.ask(message(joans_mail))
    assert (verdict.allowed, verdict.rule) == (True, "consent")
    assert verdict.evidence == {
        "since": event.occurred_at.isoformat(),
        "event": event.pk,
        "text": WORDING.digest,
        "wording": WORDING.body,
    }
    assert json.loads(json.dumps(verdict.as_json())) == verdict.as_json()


def test_a_stop_closes_it(joan: Subject, joans_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"))
    says(joan, STOP_ALL)
    verdict = door.ask(message(joans_mail))
    assert (verdict.allowed, verdict.rule) == (False, "stopped")
    assert verdict.reason.startswith("You stopped all marketing on ")


def test_security_mail_needs_no_evidence(joans_mail: ContactPoint) -> None:
    verdict = door.ask(message(joans_mail, category="security", topic=""))
    assert (verdict.allowed, verdict.rule, verdict.evidence) == (True, "always-sent", {})
