"""A mail is sent: once, under a permit, and its row says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction

from portal.database import database_now
from portal.outbox import drainer, flows, gate, kinds, outcomes, relay
from portal.outbox.gate import Verdict
from portal.outbox.kinds import Category, MailKind, NoLongerNeeded
from portal.outbox.models import Message
from portal.outbox.permits import Permit
from portal.subjects.models import ContactPoint
from tests.outbox.conftest import no, yes
from tests.outbox.sinks import Sink

pytestmark = pytest.mark.django_db
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
    assert str(drainer.drain()) == "nothing to send"
    assert len(ready.mails) == 1


def test_a_mail_whose_cause_is_rolled_back_is_never_sent(ready: Sink, joan: ContactPoint) -> None:
    with transaction.atomic():
        flows.enqueue("test-service", joan)
        transaction.set_rollback(True)

    assert str(drainer.drain()) == "nothing to send"
    assert ready.taken == []


def test_a_mail_waits_for_its_time(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    later = flows.enqueue("test-service", joan, run_at=database_now() + timedelta(seconds=0.4))

    drainer.drain()
    assert fresh(later).state == "queued"
    assert ready.taken == []

    Message.objects.filter(pk=later.pk).update(run_at=database_now())
    drainer.drain()
    assert fresh(later).state == "sent"


def test_many_mails_share_one_connection_that_ends_with_the_drain(ready: Sink, joan: ContactPoint) -> None:
    for _ in range(5):
        flows.enqueue("test-service", joan)

    assert drainer.drain().results["sent"] == 5
    assert ready.verbs["connect"] == 1
    assert ready.verbs["ehlo"] == 1
    assert ready.verbs["quit"] == 1
    assert ready.verbs["rset"] == 0


def test_nothing_due_means_nobody_is_called(ready: Sink) -> None:
    drainer.drain()
    assert ready.verbs["connect"] == 0


def test_mails_people_wait_for_go_before_a_broadcast(ready: Sink, joan: ContactPoint, marek: ContactPoint) -> None:
    flows.enqueue_many("test-marketing", [marek] * 3, topic="newsletter")
    flows.enqueue("test-security", joan)

    drainer.drain()

    assert ready.taken[0].recipient == "joan.archer@example.org"
    assert len(ready.taken) == 4


def test_a_broadcast_is_written_in_pieces(ready: Sink, joan: ContactPoint, marek: ContactPoint) -> None:
    assert flows.enqueue_many("test-marketing", iter([joan, marek, joan]), topic="newsletter", at_once=2) == 3
    assert Message.objects.filter(bulk=True, topic="newsletter").count() == 3
    assert len(set(Message.objects.values_list("message_id", flat=True))) == 3


def test_without_a_gate_nothing_is_sent(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    message = flows.enqueue("test-security", joan)

    with gate.replaced(None):
        drainer.drain()

    assert ready.taken == []
    assert fresh(message).state == "withheld"
    assert fresh(message).verdict["rule"] == "no-gate"  # type: ignore[index]


def test_a_no_withholds_the_mail_with_its_rule(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    message = flows.enqueue("test-marketing", joan, topic="newsletter")

    with gate.replaced(no):
        assert str(drainer.drain()) == "1 withheld"

    assert ready.taken == []
    withheld = fresh(message)
    assert withheld.verdict == {"allowed": False, "rule": "stopped", "reason": "You stopped it.", "evidence": {}}
    assert withheld.permit_until is None


def test_a_gate_that_fails_holds_up_its_own_mail_only(
    ready: Sink, joan: ContactPoint, marek: ContactPoint, fresh: Fresh
) -> None:
    stuck, other = flows.enqueue("test-service", joan), flows.enqueue("test-service", marek)

    def shaky(message: Message) -> Verdict:
        if message.pk == stuck.pk:
            Message.objects.raw("SELECT nonsense FROM nowhere")[0]
        return yes(message)

    with gate.replaced(shaky):
        drainer.drain()

    assert fresh(other).state == "sent"
    waiting = fresh(stuck)
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert waiting.last_error.startswith("No verdict: ")
    assert waiting.run_at > database_now()


def test_trouble_with_the_next_mail_does_not_lose_the_outcome_of_the_last(
    ready: Sink, joan: ContactPoint, marek: ContactPoint, fresh: Fresh
) -> None:
    first = flows.enqueue("test-service", joan)
    flows.enqueue("test-service", marek)

    def second_fails(message: Message) -> Verdict:
        if message.pk != first.pk:
            raise RuntimeError("the gate broke")
        return yes(message)

    with gate.replaced(second_fails):
        drainer.drain()

    assert fresh(first).state == "sent"
    assert len(ready.to("joan.archer@example.org")) == 1


def test_the_mail_is_written_in_the_language_the_person_has_at_sending(
    ready: Sink, joan: ContactPoint, fresh: Fresh
) -> None:
    message = flows.enqueue("test-service", joan)
    joan.subject.language = "de"
    joan.subject.save()

    drainer.drain()

    assert fresh(message).language == "de"
    assert 'lang="de"' in ready.taken[0].mail.get_body(("html",)).get_content()  # type: ignore[union-attr]


def test_a_mail_that_lost_its_point_is_withheld(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    def expired(message: Message) -> dict[str, object]:
        raise NoLongerNeeded("The code has expired.")

    kinds.register(MailKind("test-expired", Category.SECURITY, "test/hello", expired, "Code"))
    message = flows.enqueue("test-expired", joan)
    try:
        drainer.drain()
    finally:
        kinds.unregister("test-expired")

    assert ready.taken == []
    assert (fresh(message).state, fresh(message).last_error) == ("withheld", "The code has expired.")


def test_a_mail_that_cannot_be_written_is_tried_again(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    kinds.register(MailKind("test-broken", Category.SERVICE, "test/not-there", lambda _: {}, "Broken"))
    message = flows.enqueue("test-broken", joan)
    try:
        drainer.drain()
    finally:
        kinds.unregister("test-broken")

    assert ready.taken == []
    assert fresh(message).state == "queued"
    assert fresh(message).last_error == "It could not be written: TemplateDoesNotExist."


def test_an_address_given_up_gets_security_notices_alone(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    joan.retired_at = database_now()
    joan.save()
    invoice, warning = flows.enqueue("test-service", joan), flows.enqueue("test-security", joan)

    drainer.drain()

    assert fresh(invoice).verdict["rule"] == "address-given-up"  # type: ignore[index]
    assert [mail["Message-ID"] for mail in ready.mails] == [warning.message_id]


def test_staff_send_a_failed_mail_again(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    ready.behaviour.answers["rcpt"] = "550 no such person"
    message = flows.enqueue("test-service", joan)
    drainer.drain()
    assert fresh(message).state == "failed"
    del ready.behaviour.answers["rcpt"]

    assert flows.send_again([message]) == 1
    drainer.drain()

    assert fresh(message).state == "sent"
    assert flows.send_again([message]) == 0


def test_the_command_sends_what_is_due(ready: Sink, joan: ContactPoint) -> None:
    flows.enqueue("test-service", joan)
    out = StringIO()

    call_command("drainoutbox", stdout=out)

    assert out.getvalue() == "1 sent\n"


def test_the_command_says_when_the_mail_server_is_left_alone(ready: Sink, joan: ContactPoint) -> None:
    relay.report_trouble("It smokes.")

    with pytest.raises(CommandError, match="left alone"):
        call_command("drainoutbox")


def test_an_outcome_that_comes_after_its_permit_changes_nothing(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    message = flows.enqueue("test-service", joan)
    slow = drainer.Drainer(10)
    permit = slow._advance()
    assert isinstance(permit, Permit)
    Message.objects.filter(pk=message.pk).update(run_at=database_now())  # its permit has run out meanwhile
    drainer.drain()
    assert (fresh(message).state, fresh(message).attempts) == ("sent", 2)

    assert not outcomes.store(permit, outcomes.failed("too late"))

    assert fresh(message).state == "sent"


def test_a_mail_whose_last_attempt_was_cut_off_is_given_to_staff(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    message = flows.enqueue("test-service", joan)
    Message.objects.filter(pk=message.pk).update(state="handing_over", attempts=10, permit_until=database_now())

    drainer.drain()

    assert ready.taken == []
    assert fresh(message).state == "failed"
