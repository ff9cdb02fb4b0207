"""TLS from the start or by STARTTLS, verified; and signing in. A fault in any of these is ours, not a mail's."""

from __future__ import annotations

import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from portal.organisation.versions import Current
from portal.outbox import drainer, flows, smtp
from portal.outbox.models import Message
from portal.outbox.smtp import Server
from portal.subjects.models import ContactPoint
from tests.outbox.sinks import Behaviour, Sink

pytestmark = pytest.mark.django_db
Fresh = Callable[[Message], Message]
CERTIFICATE = Path(__file__).parent / "localhost.pem"
"""Made for these tests: for localhost and 127.0.0.1, with its key, trusted by nobody else."""

USER, PASSWORD = "portal", "p@ss/word:1"


def server_side() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(CERTIFICATE)
    return context


@pytest.fixture
def trusted(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """We trust the certificate of the tests."""
    monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
    smtp.tls_context.cache_clear()
    yield
    smtp.tls_context.cache_clear()


@pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
def test_a_mail_goes_over_verified_tls_with_a_login(
    organisation: Current, allowed: None, trusted: None, joan: ContactPoint, settings: Settings, scheme: str
) -> None:
    behaviour = Behaviour(tls=server_side(), tls_at_once=scheme == "smtps", login=(USER, PASSWORD))
    with Sink(behaviour) as sink:
        settings.SMTP_URL = f"{scheme}://{USER}:p%40ss%2Fword%3A1@127.0.0.1:{sink.port}"
        flows.enqueue("test-service", joan)
        flows.enqueue("test-service", joan)

        assert str(drainer.drain()) == "2 sent"

    assert sink.verbs["connect"] == 1
    assert sink.verbs["auth"] == 1
    assert sink.verbs["starttls"] == (0 if scheme == "smtps" else 1)
    assert len(sink.mails) == 2


@pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
def test_a_certificate_nobody_vouches_for_is_refused(
    organisation: Current, allowed: None, joan: ContactPoint, fresh: Fresh, settings: Settings, scheme: str
) -> None:
    with Sink(Behaviour(tls=server_side(), tls_at_once=scheme == "smtps")) as sink:
        settings.SMTP_URL = f"{scheme}://127.0.0.1:{sink.port}"
        message = flows.enqueue("test-service", joan)

        assert "SSLCertVerificationError" in drainer.drain().trouble

    assert sink.taken == []
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 0)


def test_without_starttls_nothing_goes_in_the_clear(
    ready: Sink, trusted: None, joan: ContactPoint, settings: Settings
) -> None:
    settings.SMTP_URL = f"smtp+tls://127.0.0.1:{ready.port}"
    flows.enqueue("test-service", joan)
    assert "STARTTLS" in drainer.drain().trouble
    assert ready.taken == []


def test_a_wrong_password_stops_us_and_costs_no_mail_an_attempt(
    ready: Sink, joan: ContactPoint, fresh: Fresh, settings: Settings
) -> None:
    ready.behaviour.login = (USER, PASSWORD)
    settings.SMTP_URL = f"smtp://{USER}:wrong@127.0.0.1:{ready.port}"
    message = flows.enqueue("test-service", joan)

    drained = drainer.drain()

    assert "535" in drained.trouble
    assert "wrong@" not in drained.trouble
    assert (fresh(message).state, fresh(message).attempts) == ("queued", 0)


@pytest.mark.parametrize("scheme", ["smtps", "smtp+tls"])
@pytest.mark.parametrize("verb", ["mail", "data"])
def test_dripping_under_tls_is_cut_as_well(
    organisation: Current, allowed: None, trusted: None, joan: ContactPoint, settings: Settings, scheme: str, verb: str
) -> None:
    settings.OUTBOX_CONVERSATION_SECONDS = 0.6
    behaviour = Behaviour(tls=server_side(), tls_at_once=scheme == "smtps", drip={verb: 0.15})
    with Sink(behaviour) as sink:
        settings.SMTP_URL = f"{scheme}://127.0.0.1:{sink.port}"
        flows.enqueue("test-service", joan)

        started = time.monotonic()
        assert "before the mail was given" in drainer.drain().trouble
        assert time.monotonic() - started < 15

    assert sink.ends == []


def test_a_server_that_never_shakes_hands_is_cut(
    organisation: Current, allowed: None, trusted: None, joan: ContactPoint, settings: Settings
) -> None:
    settings.OUTBOX_CONVERSATION_SECONDS = 0.5
    with Sink(Behaviour(hang={"greeting"})) as sink:
        settings.SMTP_URL = f"smtps://127.0.0.1:{sink.port}"
        flows.enqueue("test-service", joan)
        started = time.monotonic()
        assert drainer.drain().trouble
        assert time.monotonic() - started < 15


def test_the_address_of_the_server_is_read_and_its_password_never_shown() -> None:
    server = Server.at("smtp+tls://us%40er:se%3Acret@mail.example.org", "portal.example.org")
    assert (server.host, server.port, server.user, server.password) == ("mail.example.org", 587, "us@er", "se:cret")
    assert repr(server) == "<smtp+tls://mail.example.org:587>"
    assert Server.at("smtp://", "x").host == "localhost"
    assert Server.at("smtps://[::1]", "x").port == 465
