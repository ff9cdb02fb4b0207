"""What may stand in a row, and what may not."""

from __future__ import annotations

import pytest
from django.core import mail
from pytest_django import Settings

from portal.outbox import flows, kinds
from portal.outbox.backend import DirectMailRefused, RefuseDirectMail
from portal.outbox.kinds import Category, MailKind, UnknownKind
from portal.outbox.models import Message
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", sorted(flows.NEVER_IN_A_ROW))
def test_secrets_do_not_enter_a_row(joan: ContactPoint, name: str) -> None:
    with pytest.raises(ValueError, match="derive this at sending"):
        flows.enqueue("test-security", joan, params={name: "123456"})
    assert Message.objects.count() == 0


def test_an_unknown_kind_is_refused(joan: ContactPoint) -> None:
    with pytest.raises(UnknownKind, match="no-such-mail"):
        flows.enqueue("no-such-mail", joan)


def test_a_mail_goes_to_e_mail_addresses_only(db: None) -> None:
    phone = people.reach(Channel.PHONE, "+44 20 7946 0000", context="account", source="person")
    with pytest.raises(ValueError, match="channel phone"):
        flows.enqueue("test-service", phone)


def test_a_kind_is_registered_once(db: None) -> None:
    taken = kinds.get("test-service")
    assert kinds.register(taken) is taken
    with pytest.raises(ValueError, match="already a kind"):
        kinds.register(MailKind("test-service", Category.MARKETING, "test/hello", lambda _: {}, "Another"))


def test_what_can_be_switched_off_never_goes_first(joan: ContactPoint) -> None:
    last = {category for category in Category if flows.enqueue(f"test-{category}", joan).bulk}
    assert last == {Category.NOTICE, Category.MARKETING}


def test_the_message_id_names_the_portal_and_nobody(joan: ContactPoint) -> None:
    message = flows.enqueue("test-service", joan)
    assert message.message_id == f"<{message.id.hex}@localhost>"


def test_djangos_own_mail_functions_are_closed(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "portal.outbox.backend.RefuseDirectMail"
    with pytest.raises(DirectMailRefused, match="enqueue") as refusal:
        mail.send_mail("Hello", "text", None, ["joan.archer@example.org"])
    assert "joan" not in str(refusal.value)
    assert RefuseDirectMail().open() is None
