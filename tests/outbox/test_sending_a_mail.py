"""A mail is sent: once, under a permit, and its row says so."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import transaction

from portal.outbox import drainer, flows, gate, kinds
from portal.outbox.gate import Verdict
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.outbox.conftest import no
from tests.outbox.sinks import Sink

pytestmark = pytest.mark.django_db(transaction=True)
Fresh = Callable[[Message], Message]


def test_a_mail_is_sent_and_its_row_says_so(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    message = flows.enqueue("test-service", joan)

    drained = drainer.drain()

    assert str(drained) == "1 sent"
    assert [mail["Message-ID"] for mail in ready.to("joan.archer@example.org")] == [message.message_id]
    sent = fresh(message)
    assert (sent.state, sent.attempts, sent.last_error) == ("sent", 1, "")
    assert sent.sent_at is not None
    assert sent.verdict is not None
    assert sent.verdict["rule"] == "granted"
    assert drainer.drain().results == {}
    assert len(ready.mails) == 1
