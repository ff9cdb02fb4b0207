"""Several drainers, merges and faults of the database: a drainer passes over what is held, and keeps what it knows."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from django.db import OperationalError, connection

from portal.database import database_now
from portal.outbox import drainer, flows
from portal.outbox.managers import NextDue
from portal.outbox.models import Message
from portal.outbox.permits import Permit
from portal.outbox.smtp import Bound, Connection
from portal.subjects.models import ContactPoint, Subject
from tests.outbox.sinks import Sink

Fresh = Callable[[Message], Message]
Claim = Callable[[NextDue], object]


def claims(monkeypatch: pytest.MonkeyPatch, *first: Callable[[Claim, NextDue], object]) -> None:
    """The first claims go otherwise; those after them as ever."""
    honest, left = NextDue.claim, list(first)

    def claim(self: NextDue) -> object:
        return left.pop(0)(honest, self) if left else honest(self)

    monkeypatch.setattr(NextDue, "claim", claim)


@pytest.mark.django_db
def test_what_others_hold_is_tried_again_before_the_drain_ends(
    ready: Sink, joan: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    flows.enqueue("test-service", joan)
    claims(monkeypatch, *[lambda honest, due: None] * 4)
    assert str(drainer.drain()) == "1 sent"


@pytest.mark.django_db
def test_what_others_keep_is_left_to_them(ready: Sink, joan: ContactPoint, monkeypatch: pytest.MonkeyPatch) -> None:
    flows.enqueue("test-service", joan)
    claims(monkeypatch, *[lambda honest, due: None] * 100)
    assert str(drainer.drain()) == "nothing to send"


@pytest.mark.django_db
def test_a_database_in_trouble_ends_the_drain_and_the_last_outcome_is_kept(
    ready: Sink, joan: ContactPoint, monkeypatch: pytest.MonkeyPatch, fresh: Fresh
) -> None:
    message = flows.enqueue("test-service", joan)

    def broken(honest: Claim, due: NextDue) -> object:
        raise OperationalError("the database stumbled")

    claims(monkeypatch, lambda honest, due: honest(due), broken)
    with pytest.raises(OperationalError):
        drainer.drain()

    assert fresh(message).state == "sent"
    assert len(ready.taken) == 1


@pytest.mark.django_db
def test_an_outcome_that_comes_too_late_is_logged(
    ready: Sink, joan: ContactPoint, caplog: pytest.LogCaptureFixture, fresh: Fresh
) -> None:
    message = flows.enqueue("test-service", joan)
    slow = drainer.Drainer(10)
    permit = slow._advance()
    assert isinstance(permit, Permit)
    slow._send(permit, Bound(10))
    Message.objects.filter(pk=message.pk).update(permit_until=database_now())
    with caplog.at_level(logging.WARNING):
        slow.close()
    assert "came after its permit" in caplog.text
    assert fresh(message).state == "handing_over"


@pytest.mark.django_db
def test_a_server_that_goes_away_between_two_mails_costs_no_attempt(
    ready: Sink, joan: ContactPoint, fresh: Fresh
) -> None:
    ready.behaviour.drop.add("mail")
    ready.behaviour.answers["greeting"] = lambda _: "554 gone" if ready.verbs["connect"] > 1 else ""
    message = flows.enqueue("test-service", joan)
    assert "gone" in drainer.drain().trouble
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 0)


@pytest.mark.django_db
def test_a_connection_that_breaks_while_the_mail_is_given_means_again(
    ready: Sink, joan: ContactPoint, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = Connection.send

    def send(self: Connection, data: bytes | str) -> None:
        if isinstance(data, bytes):
            self.close()
        honest(self, data)

    monkeypatch.setattr(Connection, "send", send)
    message = flows.enqueue("test-service", joan)
    assert "while the mail was being given" in drainer.drain().trouble
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 1)


if connection.vendor == "postgresql":  # SQLite has no row locks to pass over: its writers wait in line

    @pytest.mark.django_db(transaction=True)
    def test_a_locked_person_or_message_is_passed_over(ready: Sink, joan: ContactPoint, marek: ContactPoint) -> None:
        hers, his = flows.enqueue("test-service", joan), flows.enqueue("test-service", marek)
        other = connection.copy()
        try:
            other.set_autocommit(False)
            with other.cursor() as cursor:
                table = Subject._meta.db_table
                cursor.execute(f"SELECT 1 FROM {table} WHERE id = %s FOR NO KEY UPDATE", [joan.subject_id])
            assert str(drainer.drain()) == "1 sent"
            assert [one.mail["Message-ID"] for one in ready.taken] == [his.message_id]
        finally:
            other.rollback()
            other.close()
        drainer.drain()
        assert ready.taken[-1].mail["Message-ID"] == hers.message_id
