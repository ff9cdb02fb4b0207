"""What a mail of a broadcast costs the database: a fixed number of statements, counted with the ledger's own gate."""

from __future__ import annotations

from functools import lru_cache

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from consent.preferences import mails
from consent.preferences.models import Mailing
from portal.organisation.versions import Current
from portal.outbox import drainer
from portal.outbox.models import Message
from tests.outbox.readers import broadcast, readers
from tests.outbox.sinks import Sink

STATEMENTS = 9
"""BEGIN, the last mail's outcome, the claim; for the gate the organisation's version, decisions, contexts and
suppressions; the permit, COMMIT."""


def statements(count: int) -> int:
    """Of one drain that sends so many mails."""
    broadcast(readers(count, name=f"one-of-{count}-"))
    with CaptureQueriesContext(connection) as asked:
        assert str(drainer.drain()) == f"{count} sent"
    return len(asked)


@pytest.mark.django_db(transaction=True)
def test_each_further_mail_of_a_broadcast_costs_the_same_few_statements(
    organisation: Current, sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is asked by the second, and not by the mail, depends on how busy the machine is: it is left out.
    monkeypatch.setattr(drainer, "LOOK_FOR_URGENT_EVERY", 3600)
    mailing = lru_cache(lambda pk: Mailing.objects.get(pk=pk))
    monkeypatch.setattr(mails, "_mailing_at", lambda pk, _second: mailing(pk))
    statements(1)  # compiles what is compiled once
    assert statements(9) - statements(4) <= 5 * STATEMENTS
    assert Message.objects.filter(state="sent").count() == 14
