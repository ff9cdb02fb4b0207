"""Staff see what became of each mail, without text or address, and may send failed ones again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.outbox import drainer, flows, relay
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.outbox.sinks import Sink

pytestmark = pytest.mark.django_db
Fresh = Callable[[Message], Message]
LIST = "admin:outbox_message_changelist"


@pytest.fixture
def priya(client: Client) -> User:
    """Priya, the privacy officer, signed in."""
    user = User.objects.create_user("priya@staff.example", "correct horse", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="outbox"))
    client.force_login(user)
    return user


@pytest.fixture
def refused(ready: Sink, joan: ContactPoint) -> Message:
    """A mail the server refused for good."""
    ready.behaviour.answers["rcpt"] = "550 <joan.archer@example.org> unknown"
    message = flows.enqueue("test-service", joan, params={"confirmation": "7"})
    drainer.drain()
    ready.behaviour.answers.clear()
    return message


def test_the_list_names_the_trouble_and_masks_the_address(client: Client, priya: User, refused: Message) -> None:
    page = client.get(reverse(LIST)).content.decode()
    assert "550" in page
    assert "j•••@example.org" in page
    assert "Test of service" in page
    assert "joan.archer" not in page


def test_mails_are_narrowed_by_what_staff_call_them(client: Client, priya: User, refused: Message) -> None:
    page = client.get(reverse(LIST)).content.decode()
    assert ">test-service<" not in page
    assert 'kind__exact=test-service">Test of service' in " ".join(page.split())
    assert "1 mail" in client.get(reverse(LIST), {"kind__exact": "test-service"}).content.decode()
    assert "0 mails" in client.get(reverse(LIST), {"kind__exact": "another"}).content.decode()


def test_a_mail_shows_its_verdict_and_neither_text_nor_address(client: Client, priya: User, refused: Message) -> None:
    page = client.get(reverse("admin:outbox_message_change", args=[refused.pk])).content.decode()
    assert "You asked for it." in page
    assert refused.message_id.strip("<>") in page
    assert "joan.archer" not in page
    assert "Here is your link" not in page


def test_a_failed_mail_is_sent_again(client: Client, priya: User, refused: Message, ready: Sink, fresh: Fresh) -> None:
    answer = client.post(
        reverse(LIST), {"action": "send_again", "_selected_action": [str(refused.pk)]}, follow=True
    ).content.decode()
    assert "1 mail will be tried again." in answer
    drainer.drain()
    assert fresh(refused).state == "sent"
    assert len(ready.mails) == 1

    answer = client.post(
        reverse(LIST), {"action": "send_again", "_selected_action": [str(refused.pk)]}, follow=True
    ).content.decode()
    assert "0 mails will be tried again." in answer


def test_who_may_only_look_cannot_send_again(client: Client, priya: User, refused: Message, fresh: Fresh) -> None:
    priya.user_permissions.set(Permission.objects.filter(codename="view_message"))
    assert "Send again" not in client.get(reverse(LIST)).content.decode()
    client.post(reverse(LIST), {"action": "send_again", "_selected_action": [str(refused.pk)]})
    assert fresh(refused).state == "failed"


def test_nothing_is_added_changed_or_deleted_here(client: Client, priya: User, refused: Message, fresh: Fresh) -> None:
    assert client.get(reverse("admin:outbox_message_add")).status_code == 403
    assert client.post(reverse("admin:outbox_message_delete", args=[refused.pk]), {"post": "yes"}).status_code == 403
    assert client.post(reverse("admin:outbox_message_change", args=[refused.pk]), {"state": "sent"}).status_code == 403
    assert fresh(refused).state == "failed"


def test_a_mail_nobody_asked_about_and_of_a_kind_that_is_gone_is_shown_all_the_same(
    client: Client, priya: User, joan: ContactPoint
) -> None:
    message = flows.enqueue("test-service", joan)
    Message.objects.filter(pk=message.pk).update(kind="a-kind-of-yore")
    page = client.get(reverse("admin:outbox_message_change", args=[message.pk])).content.decode()
    assert "a-kind-of-yore" in page
    assert "not asked yet" in page


def test_trouble_with_the_mail_server_is_there_to_see(client: Client, priya: User) -> None:
    relay.report_trouble("ConnectionRefusedError: nobody there")
    page = client.get(reverse("admin:outbox_relay_changelist")).content.decode()
    assert "nobody there" in page


def test_while_the_mail_server_is_in_trouble_the_list_of_mails_says_so(client: Client, priya: User) -> None:
    assert "in trouble" not in client.get(reverse(LIST)).content.decode()
    relay.report_trouble("ConnectionRefusedError: nobody there")
    page = client.get(reverse(LIST)).content.decode()
    assert "The mail server is in trouble since" in page
    assert "nobody there" in page
    relay.report_recovery()
    assert "in trouble since" not in client.get(reverse(LIST)).content.decode()
