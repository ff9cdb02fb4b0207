"""A mail server that refuses, hangs, drips, drops or lies: nothing is lost, and nothing is sent after its time."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from pytest_django import Settings

from portal.database import database_now
from portal.outbox import drainer, flows, outcomes, relay
from portal.outbox.models import Message, Relay
from portal.outbox.smtp import Bound, Connection, Server
from portal.subjects.models import ContactPoint
from tests.outbox.sinks import Sink

pytestmark = pytest.mark.django_db
Fresh = Callable[[Message], Message]
BOUND = 0.6
SLOW_MACHINE = 10  # the server would hang for ever


@pytest.fixture
def short(settings: Settings) -> None:
    """Conversations of well under a second, so that the tests do not wait."""
    settings.OUTBOX_CONVERSATION_SECONDS = BOUND


def again(message: Message) -> str:
    """Everything is over and forgiven: the mail server is well, and the mail is due."""
    Relay.objects.all().delete()
    Message.objects.filter(pk=message.pk, state="queued").update(run_at=database_now())
    return str(drainer.drain())


@pytest.mark.parametrize("verb", ["rcpt", "data", "end"])
@pytest.mark.parametrize("code", [500, 550, 554])
def test_a_refusal_for_good_goes_to_staff(ready: Sink, joan: ContactPoint, fresh: Fresh, verb: str, code: int) -> None:
    ready.behaviour.answers[verb] = f"{code} 5.1.1 <joan.archer@example.org> unknown"
    message = flows.enqueue("test-service", joan)

    assert str(drainer.drain()) == "1 failed"

    failed = fresh(message)
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert f"{code} 5.1.1" in failed.last_error
    assert "joan.archer" not in failed.last_error
    assert "j•••@example.org" in failed.last_error
    assert ready.taken == []
    assert not Relay.objects.filter(failures__gt=0).exists()


@pytest.mark.parametrize("verb", ["mail", "rcpt", "data", "end"])
def test_a_refusal_for_now_is_tried_again_with_the_same_message_id(
    ready: Sink, joan: ContactPoint, fresh: Fresh, verb: str
) -> None:
    ready.behaviour.answers[verb] = "451 4.7.1 greylisted"
    message = flows.enqueue("test-service", joan)

    assert str(drainer.drain()) == "1 retry"
    waiting = fresh(message)
    assert (waiting.state, waiting.attempts) == ("queued", 1)
    assert timedelta(seconds=11) < waiting.run_at - database_now() < timedelta(seconds=19)

    ready.behaviour.answers.clear()
    assert again(message) == "1 sent"
    assert [mail["Message-ID"] for mail in ready.mails] == [message.message_id]


def test_a_refused_mail_leaves_the_connection_good_for_the_next(
    ready: Sink, joan: ContactPoint, marek: ContactPoint, fresh: Fresh
) -> None:
    ready.behaviour.answers["rcpt"] = lambda line: "550 unknown" if "joan" in line else ""
    before = database_now() - timedelta(seconds=1)  # SQLite's clock has milliseconds, in which both could be written
    refused, good = flows.enqueue("test-service", joan, run_at=before), flows.enqueue("test-service", marek)

    drainer.drain()

    assert (fresh(refused).state, fresh(good).state) == ("failed", "sent")
    assert (ready.verbs["connect"], ready.verbs["rset"]) == (1, 1)


@pytest.mark.parametrize("code", ["451", "550"])
def test_attempts_end_and_staff_get_the_mail(
    ready: Sink, joan: ContactPoint, fresh: Fresh, settings: Settings, code: str
) -> None:
    settings.OUTBOX_MAX_ATTEMPTS = 3
    ready.behaviour.answers["mail"] = f"{code} we do not know your sender"
    message = flows.enqueue("test-service", joan)

    states = []
    for _ in range(4):
        again(message)
        states.append((fresh(message).state, fresh(message).attempts))

    assert states == [("queued", 1), ("queued", 2), ("failed", 3), ("failed", 3)]


@pytest.mark.parametrize(
    ("verb", "answer"),
    [
        ("greeting", "554 go away"),
        ("greeting", "421 too busy"),
        ("mail", "530 5.7.0 authentication required"),
        ("mail", "421 shutting down"),
        ("rcpt", "421 shutting down"),
    ],
)
def test_a_refusal_of_us_stops_the_drain_and_costs_no_mail_an_attempt(
    ready: Sink, joan: ContactPoint, marek: ContactPoint, fresh: Fresh, verb: str, answer: str
) -> None:
    ready.behaviour.answers[verb] = answer
    first, second = flows.enqueue("test-service", joan), flows.enqueue("test-service", marek)

    drained = drainer.drain()

    assert answer.split(" ", 1)[1] in drained.trouble
    assert [(fresh(one).state, fresh(one).attempts) for one in (first, second)] == [("queued", 0)] * 2
    assert Relay.objects.get().failures == 1
    calls = ready.verbs["connect"]
    assert "left alone" in drainer.drain().trouble
    assert ready.verbs["connect"] == calls

    ready.behaviour.answers.clear()
    again(first)
    assert (fresh(first).state, fresh(second).state) == ("sent", "sent")


def test_a_server_that_is_not_there_costs_no_mail_an_attempt(
    ready: Sink, joan: ContactPoint, fresh: Fresh, settings: Settings
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        settings.SMTP_URL = f"smtp://127.0.0.1:{free.getsockname()[1]}"
    message = flows.enqueue("test-service", joan)

    assert "ConnectionRefusedError" in drainer.drain().trouble

    assert (fresh(message).state, fresh(message).attempts) == ("queued", 0)


def test_the_pause_grows_and_ends_with_the_first_mail_taken(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    pauses = []
    for _ in range(6):
        relay.report_trouble("It smokes. Ask joan.archer@example.org")
        until = Relay.objects.get().paused_until
        assert until is not None
        pauses.append(round((until - database_now()).total_seconds()))
    assert pauses == [5, 10, 20, 40, 60, 60]
    assert "joan" not in Relay.objects.get().trouble

    Relay.objects.update(paused_until=database_now())
    flows.enqueue("test-service", joan)
    assert str(drainer.drain()) == "1 sent"

    well = Relay.objects.get()
    assert (well.failures, well.paused_until, well.trouble, well.since) == (0, None, "", None)
    assert str(well) == "no trouble"


@pytest.mark.parametrize("verb", ["greeting", "ehlo"])
def test_a_server_that_hangs_before_any_mail_holds_us_no_longer_than_the_bound(
    ready: Sink, short: None, joan: ContactPoint, fresh: Fresh, verb: str
) -> None:
    ready.behaviour.hang.add(verb)
    message = flows.enqueue("test-service", joan)

    started = time.monotonic()
    drained = drainer.drain()

    assert time.monotonic() - started < BOUND + SLOW_MACHINE
    assert drained.trouble
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 0)


@pytest.mark.parametrize("verb", ["mail", "rcpt", "data"])
@pytest.mark.parametrize("how", ["hang", "drip"])
def test_a_server_that_dawdles_is_cut_and_gets_nothing_more(
    ready: Sink, short: None, joan: ContactPoint, fresh: Fresh, verb: str, how: str
) -> None:
    if how == "hang":
        ready.behaviour.hang.add(verb)
    else:
        ready.behaviour.drip[verb] = 0.15  # each byte in good time, the answer never
    message = flows.enqueue("test-service", joan)

    started = time.monotonic()
    drained = drainer.drain()

    assert time.monotonic() - started < BOUND + SLOW_MACHINE
    assert "before the mail was given" in drained.trouble
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 1)
    time.sleep(0.3)
    assert ready.ends == []


def test_a_server_that_takes_a_little_over_every_verb_is_cut_too(
    ready: Sink, short: None, joan: ContactPoint, fresh: Fresh
) -> None:
    # Each verb is far below the bound, all of them together are above: a time limit on each would never end it.
    ready.behaviour.delay = {"mail": BOUND * 0.4, "rcpt": BOUND * 0.4, "data": BOUND * 0.4}
    message = flows.enqueue("test-service", joan)

    drainer.drain()

    assert fresh(message).state == "queued"
    assert ready.taken == []
    assert ready.ends == []


@pytest.mark.parametrize("how", ["hang", "drop"])
def test_no_answer_after_the_mail_was_given_means_once_more_under_the_same_message_id(
    ready: Sink, short: None, joan: ContactPoint, fresh: Fresh, how: str
) -> None:
    getattr(ready.behaviour, how).add("end")
    message = flows.enqueue("test-service", joan)

    assert "may have arrived" in drainer.drain().trouble
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 1)

    getattr(ready.behaviour, how).clear()
    assert again(message) == "1 sent"
    assert [one.mail["Message-ID"] for one in ready.taken] == [message.message_id] * 2


@pytest.mark.parametrize("verb", ["mail", "rcpt", "data"])
def test_a_server_that_drops_before_the_mail_is_called_again_once(
    ready: Sink, joan: ContactPoint, fresh: Fresh, verb: str
) -> None:
    ready.behaviour.drop.add(verb)
    message = flows.enqueue("test-service", joan)

    assert "before the mail was given" in drainer.drain().trouble

    assert ready.verbs["connect"] == 2
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 1)
    ready.behaviour.drop.clear()
    assert again(message) == "1 sent"


def test_a_server_that_takes_two_mails_a_connection_gets_them_two_by_two(ready: Sink, joan: ContactPoint) -> None:
    ready.behaviour.mails_a_connection = 2
    for _ in range(5):
        flows.enqueue("test-service", joan)

    assert str(drainer.drain()) == "5 sent"
    assert ready.verbs["connect"] == 3
    assert len({mail["Message-ID"] for mail in ready.mails}) == len(ready.mails) == 5


def test_a_dawdling_server_delays_a_mail_without_spending_it(
    ready: Sink, joan: ContactPoint, fresh: Fresh, settings: Settings
) -> None:
    ready.behaviour.delay = dict.fromkeys(("greeting", "ehlo", "mail", "rcpt", "data", "end"), 0.02)
    message = flows.enqueue("test-service", joan)
    assert str(drainer.drain()) == "1 sent"
    assert fresh(message).attempts == 1


def test_garbage_for_an_answer_is_no_yes(ready: Sink, joan: ContactPoint, fresh: Fresh) -> None:
    ready.behaviour.answers["end"] = "what?"
    message = flows.enqueue("test-service", joan)
    drainer.drain()
    assert fresh(message).state == "queued"
    assert ready.mails == []


def test_a_resolver_that_takes_too_long_leaves_no_time_to_send(
    ready: Sink, short: None, joan: ContactPoint, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = socket.getaddrinfo

    def slow(*args: object, **kwargs: object) -> object:
        time.sleep(BOUND + 0.1)
        return honest(*args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    message = flows.enqueue("test-service", joan)

    assert "TimeoutError" in drainer.drain().trouble

    assert fresh(message).state == "queued"
    assert ready.verbs["connect"] == 0


def test_a_name_without_addresses_is_trouble(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(socket, "getaddrinfo", lambda *args: [])
        with pytest.raises(OSError, match="no address"):
            Connection(Server.at("smtp://mail.example.org", "portal"), Bound(1))


def test_a_conversation_given_up_is_reset_so_that_the_kernel_delivers_nothing_later() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, ThreadPoolExecutor(1) as helper:
        client = helper.submit(Connection, Server.at(f"smtp://127.0.0.1:{server.getsockname()[1]}", "portal"), Bound(5))
        peer, _ = server.accept()
        with peer:
            peer.settimeout(5)
            peer.sendall(b"220 hello\r\n")
            peer.recv(1000)
            peer.sendall(b"250 hello\r\n")
            connection = client.result()
            connection.send(b"MAIL FROM:<a@example.org>\r\n")

            connection.close()

            with pytest.raises(ConnectionResetError):
                receive_all(peer)


def receive_all(peer: socket.socket) -> None:
    """Reads until the other side ends the connection, in peace or not."""
    while peer.recv(1000):
        pass


def test_waits_grow_and_are_never_quite_the_same() -> None:
    waits = [outcomes.wait_after(attempt) for attempt in range(1, 9)]
    assert waits == sorted(waits)
    assert timedelta(seconds=12) <= waits[0] <= timedelta(seconds=18)
    assert max(waits) <= outcomes.LONGEST_WAIT * 1.2
    assert len({outcomes.wait_after(3) for _ in range(10)}) > 1


def test_errors_are_kept_without_addresses_and_in_one_line() -> None:
    kept = outcomes.scrubbed("550 <marek.nowak@example.com>:\r\n unknown\x00" + "x" * 900)
    assert kept.startswith("550 <m•••@example.com>:  unknown xxx")
    assert len(kept) == 500


def test_a_mailbox_quoted_without_its_domain_is_masked_too() -> None:
    kept = outcomes.scrubbed("550 joan.archer: no such user; Joan.Archer2 is", "joan.archer@example.org")
    assert kept == "550 j•••: no such user; Joan.Archer2 is"


@pytest.mark.django_db
def test_neither_row_nor_log_nor_relay_holds_the_address_a_server_quotes(
    ready: Sink, joan: ContactPoint, caplog: pytest.LogCaptureFixture
) -> None:
    ready.behaviour.answers["rcpt"] = lambda _: "421 <joan.archer@example.org>: joan.archer is over quota"
    message = flows.enqueue("test-service", joan)
    drained = drainer.drain()
    message.refresh_from_db()
    for kept in (message.last_error, Relay.objects.get().trouble, caplog.text, str(drained)):
        assert "over quota" in kept
        assert "joan.archer" not in kept
