"""A mailing reaches everybody its topic may reach at that moment, once, however often it is cut off; nobody else."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError
from django.test import Client

from accounts import flows as accounts
from consent.preferences import tasks
from consent.preferences.flows import mailing as flows
from consent.preferences.flows import stopping
from consent.preferences.models import Mailing
from portal.organisation.models import Topic
from portal.organisation.versions import Current
from portal.outbox import flows as outbox
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint
from tests.preferences.conftest import JOAN, MAREK, join_the_forum, new_version, own_page, subscribed, without_topic

pytestmark = pytest.mark.django_db


@pytest.fixture
def readers(organisation: Current) -> list[ContactPoint]:
    """Joan, Marek and five more read the newsletter; Priya asked for webinars only."""
    subscribed("priya@staff.example", "webinars")
    addresses = [JOAN, MAREK, *(f"reader{number}@example.net" for number in range(5))]
    return [subscribed(address, "newsletter") for address in addresses]


def mailing(topic: str = "newsletter") -> Mailing:
    return Mailing.objects.create(topic_id=topic, subject_line="Version 8 is here", body="Dear reader,\n\nit runs.")


def recipients() -> list[str]:
    return sorted(
        Message.objects.filter(kind__startswith="preferences-mail").values_list("contact_point__identity", flat=True)
    )


def test_everybody_whom_the_topic_may_reach_gets_one(readers: list[ContactPoint]) -> None:
    stopping.stop_everything(readers[2].subject, own_page())
    one = mailing()
    flows.send(one)
    assert flows.send_all() == 6
    one.refresh_from_db()
    assert (one.state, one.queued) == ("sent", 6)
    assert one.finished_at is not None
    assert recipients() == sorted(point.identity for point in readers if point != readers[2])
    message = Message.objects.filter(kind="preferences-mailing").latest("created_at")
    assert (message.category, message.topic, message.params) == ("marketing", "newsletter", {"mailing": str(one.pk)})


def test_sending_twice_sends_once(readers: list[ContactPoint]) -> None:
    one = mailing()
    for _time in range(2):
        flows.send(one)
        flows.send_all()
    assert len(recipients()) == 7


def test_cut_off_anywhere_it_goes_on_without_a_second_mail_to_anybody(
    readers: list[ContactPoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "PAGE", 2)
    one, real, calls = mailing(), outbox.enqueue_many, 0
    flows.send(one)

    def cut_off(*args: object, **options: object) -> int:
        nonlocal calls
        calls += 1
        made = real(*args, **options)  # type: ignore[arg-type]  # passed on as they are
        if calls == 2:
            raise ConnectionError("the worker is gone")
        return made

    monkeypatch.setattr(outbox, "enqueue_many", cut_off)
    with pytest.raises(ConnectionError):
        flows.send_all()
    assert len(recipients()) < 7
    flows.send_all()
    assert recipients() == sorted(point.identity for point in readers)


def test_out_of_time_it_stops_between_pages_and_the_next_run_goes_on(
    readers: list[ContactPoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "PAGE", 3)
    one = mailing()
    flows.send(one)
    assert flows.send_all(seconds=0) == 0
    flows.send_page(one.pk)
    one.refresh_from_db()
    assert one.state == "sending"
    assert one.reached is not None
    tasks.send_mailing.run()
    assert len(recipients()) == 7


def test_a_topic_that_is_a_notice_is_sent_as_one(organisation: Current) -> None:
    join_the_forum(subscribed(JOAN, "newsletter"), organisation)
    one = mailing("forum-answers")
    flows.send(one)
    flows.send_all()
    assert Message.objects.get(kind="preferences-notice").category == "notice"


def test_a_retired_topic_cannot_be_sent(organisation: Current, readers: list[ContactPoint]) -> None:
    one = mailing()
    new_version(organisation, without_topic("newsletter"))
    with pytest.raises(ValidationError):
        flows.send(one)
    one.refresh_from_db()
    assert one.state == "draft"


@pytest.mark.parametrize("line", ["Hello\r\nBcc: all@example.org", "Hello\nworld", "Tab\there"])
def test_a_subject_line_is_one_line(organisation: Current, line: str) -> None:
    with pytest.raises(ValidationError, match="Write it on one line"):
        Mailing(topic=Topic.objects.get(pk="newsletter"), subject_line=line, body="x").full_clean()


def test_staff_write_and_send_it_in_the_admin(readers: list[ContactPoint]) -> None:
    priya = accounts.open_account("priya@desk.example", "green kettle on Tuesdays", superuser=True)
    client = Client()
    client.force_login(priya, "allauth.account.auth_backends.AuthenticationBackend")
    data = {"topic": "newsletter", "subject_line": "Version 8", "body": "It is faster."}
    assert client.post("/admin/consent_preferences/mailing/add/", data).status_code == 302
    one = Mailing.objects.get()
    action = {"action": "send", "_selected_action": [str(one.pk)]}
    page = client.post("/admin/consent_preferences/mailing/", action, follow=True)
    assert "Version 8 is being sent." in page.content.decode()
    flows.send_all()
    assert len(recipients()) == 7
    page = client.post(f"/admin/consent_preferences/mailing/{one.pk}/change/", {**data, "body": "Changed."})
    assert page.status_code == 403
    one.refresh_from_db()
    assert one.body == "It is faster."
    listed = client.get("/admin/consent_preferences/confirmation/")
    assert listed.status_code == 200
    assert b"Add confirmation" not in listed.content


def test_staff_are_told_why_a_mailing_cannot_be_sent(organisation: Current, readers: list[ContactPoint]) -> None:
    one = mailing()
    new_version(organisation, without_topic("newsletter"))
    priya = accounts.open_account("priya@desk.example", "green kettle on Tuesdays", superuser=True)
    client = Client()
    client.force_login(priya, "allauth.account.auth_backends.AuthenticationBackend")
    action = {"action": "send", "_selected_action": [str(one.pk)]}
    page = client.post("/admin/consent_preferences/mailing/", action, follow=True)
    assert "This topic is not offered by e-mail, or not any more." in page.content.decode()
