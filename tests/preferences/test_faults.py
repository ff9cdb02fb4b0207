"""Broker away: nobody notices. Database away: 503, and never “saved”."""

from __future__ import annotations

import time

import pytest
from django.db import OperationalError

from accounts.models import User
from consent.ledger.models import Event
from consent.ledger.record import Locked
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.preferences.conftest import JOAN, Visitor, on, unsubscribe_link
from tests.preferences.test_choosing import form
from tests.servers import Valkey


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("how", ["stop", "hang"])
def test_without_a_broker_people_ask_and_stop_as_ever(
    organisation: Current, marek: ContactPoint, visitor: Visitor, valkey: Valkey, how: str
) -> None:
    getattr(valkey, how)()
    began = time.monotonic()
    assert visitor.ask_for(JOAN, "newsletter").url == "/subscribe/asked/"
    page = visitor.client.post(unsubscribe_link(marek, "newsletter"), {"stop": "topic"})
    assert "Done. No more Open-E Newsletter." in visitor.text(page)
    assert time.monotonic() - began < 15
    assert Message.objects.filter(contact_point__identity=JOAN).count() == 1
    assert "newsletter.email" not in on(marek)


@pytest.mark.django_db
def test_without_a_database_nothing_is_called_saved(
    organisation: Current, signed_in: Visitor, joan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = form(joan, organisation, on=["newsletter.email"])

    def away(*_args: object, **_options: object) -> None:
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(Locked, "record", away)
    for path, body in (
        ("/preferences/", data),
        ("/preferences/", {"do": "stop"}),
        ("/subscribe/", {"address": JOAN, "topics": ["newsletter"], "shown": organisation.id}),
    ):
        page = signed_in.client.post(path, body)
        assert page.status_code == 503
        assert "Saved." not in signed_in.text(page)
        assert page["Retry-After"]
    assert not Event.objects.exists()
    monkeypatch.undo()
    assert "Saved." not in signed_in.see("/preferences/")
