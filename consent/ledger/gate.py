"""The outbox asks the ledger before every mail."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from consent.ledger.models import Text
from consent.ledger.permission import permission_of
from consent.ledger.rules import Answer
from portal.outbox.gate import Verdict
from portal.outbox.models import Message


def may_send(message: Message) -> Verdict:
    """The answer of ``permission()`` for this message, with what proves it.

    Called with the Subject locked; address and person were read under that lock, and are not read again.
    """
    answer = permission_of(message.contact_point, category=message.category, topic=message.topic, now=message.now)
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
        evidence["wording"] = _wording(answer.text)
    return evidence


@lru_cache(maxsize=64)
def _wording(digest: str) -> str:
    """A wording never changes: it is named by its own digest. In a broadcast most people agreed to the same one."""
    return Text.objects.values_list("body", flat=True).get(pk=digest)
