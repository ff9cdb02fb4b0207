"""The outbox asks the ledger before every mail."""

from __future__ import annotations

from typing import Any

from consent.ledger.models import Text
from consent.ledger.permission import permission
from consent.ledger.rules import Answer
from portal.outbox.gate import Verdict
from portal.outbox.models import Message


def may_send(message: Message) -> Verdict:
    """The answer of ``permission()`` for this message, with what proves it. Called with the Subject locked."""
    answer = permission(message.contact_point, category=message.category, topic=message.topic)
    return Verdict(answer.allowed, answer.rule, answer.reason, _evidence(answer))


def _evidence(answer: Answer) -> dict[str, Any]:
    """JSON without personal data; ``wording`` is what the footer shows as the words agreed to."""
    evidence: dict[str, Any] = {}
    if answer.since is not None:
        evidence["since"] = answer.since.isoformat()
    if answer.event_id:
        evidence["event"] = answer.event_id
    if answer.text:
        evidence["text"] = answer.text
        evidence["wording"] = Text.objects.values_list("body", flat=True).get(pk=answer.text)
    return evidence
