"""A mailing reaches everybody its topic may reach at that moment, once, however often it is cut off; nobody else."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import ValidationError
from django.template import Context, Template
from django.template.loader import get_template
from django.test import Client
from django.utils.html import escape, strip_tags

from accounts import flows as accounts
from accounts.groups import AUDITOR, PRIVACY_OFFICER
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
    flows.send(one)
    flows.send_all()
    with pytest.raises(ValidationError, match="already sent"):
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


@pytest.fixture
def priya(organisation: Current, client: Client) -> Client:
    """The privacy officer, with the rights of her group and no others."""
    officer = accounts.open_account("priya@desk.example", None, staff=True, groups=(PRIVACY_OFFICER,))
    client.force_login(officer, "allauth.account.auth_backends.AuthenticationBackend")
    return client


MAILINGS = "/admin/consent_preferences/mailing/"


def test_staff_write_look_and_send_it_in_the_admin(priya: Client, readers: list[ContactPoint]) -> None:
    data = {"topic": "newsletter", "subject_line": "Version 8", "body": "It is faster."}
    assert priya.post(f"{MAILINGS}add/", data).status_code == 302
    one = Mailing.objects.get()
    assert f'href="{MAILINGS}{one.pk}/send/"' in priya.get(f"{MAILINGS}{one.pk}/change/").content.decode()
    assert priya.get(f"{MAILINGS}{one.pk}/send/").status_code == 200
    assert Mailing.objects.get().state == "draft"
    page = priya.post(f"{MAILINGS}{one.pk}/send/", follow=True)
    assert "Version 8 is being sent. A worker begins" in page.content.decode()
    flows.send_all()
    assert len(recipients()) == 7
    page = priya.post(f"{MAILINGS}{one.pk}/change/", {**data, "body": "Changed."})
    assert page.status_code == 403
    one.refresh_from_db()
    assert one.body == "It is faster."
    listed = priya.get("/admin/consent_preferences/confirmation/")
    assert listed.status_code == 200
    assert b"Add confirmation" not in listed.content


def test_before_sending_it_says_how_many_get_it_and_whom_each_rule_leaves_out(
    priya: Client, readers: list[ContactPoint]
) -> None:
    stopping.stop_everything(readers[2].subject, own_page())
    one = mailing()
    page = " ".join(priya.get(f"{MAILINGS}{one.pk}/send/").content.decode().split())
    assert "6 people may receive it now." in page
    assert "<td>stopped all marketing</td><td>1</td>" in page
    assert "<td>never asked for it</td>" in page
    assert flows.audience(one).may == 6
    assert not flows.audience(one).partial
    assert flows.audience(one, limit=2).partial


def test_the_result_says_who_was_left_out_by_which_rule(
    priya: Client, readers: list[ContactPoint], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "PAGE", 2)
    stopping.stop_everything(readers[2].subject, own_page())
    stopping.stop_everything(readers[5].subject, own_page())
    one = mailing()
    before = flows.audience(one)
    flows.send(one)
    flows.send_all()
    one.refresh_from_db()
    assert (one.queued, one.left_out) == (before.may, before.left_out)
    assert "stopped all marketing: 2" in priya.get(f"{MAILINGS}{one.pk}/change/").content.decode()


def test_sent_twice_at_the_desk_it_says_so(priya: Client, readers: list[ContactPoint]) -> None:
    one = mailing()
    priya.post(f"{MAILINGS}{one.pk}/send/")
    for answer in (
        priya.post(f"{MAILINGS}{one.pk}/send/", follow=True),
        priya.get(f"{MAILINGS}{one.pk}/send/", follow=True),
    ):
        assert "It was already sent." in answer.content.decode()


def test_the_form_for_a_new_one_offers_what_comes_by_mail_and_shows_no_dates(
    priya: Client, organisation: Current
) -> None:
    page = priya.get(f"{MAILINGS}add/").content.decode()
    assert "DatabaseDefault" not in page
    assert "Written at" not in page
    offered = set(re.findall(r'<option value="([^"]+)"', page))
    topics = organisation.organisation.topics
    assert offered == {code for code, topic in topics.items() if "email" in topic.channels}


def test_who_saves_a_mailing_is_led_to_the_look_before_sending(priya: Client) -> None:
    written = {"topic": mailing().topic_id, "subject_line": "Version 9", "body": "It is out."}
    for path in (f"{MAILINGS}add/", MAILINGS + "{pk}/change/"):
        pk = getattr(Mailing.objects.filter(subject_line="Version 9").first(), "pk", "")
        answer = priya.post(path.format(pk=pk), written, follow=True)
        one = Mailing.objects.get(subject_line="Version 9")
        assert answer.redirect_chain[0][0] == f"{MAILINGS}{one.pk}/send/"
        assert "may receive it now" in answer.text
        assert one.state == Mailing.State.DRAFT


def test_addresses_in_the_text_become_links_and_nothing_else_does(
    readers: list[ContactPoint],
) -> None:
    one = mailing()
    one.body = 'See https://example.org/news?a=1&b=2 <script>alert("x")</script> (or https://example.org/a_(b)). Bye.'
    html = Template("{% load linked %}{{ text|linked|linebreaksbr }}").render(Context({"text": one.body}))
    mail = get_template("mail/preferences/mailing.html").template.source  # type: ignore[attr-defined]  # Django's own
    assert "{{ paragraph|linked|linebreaksbr }}" in mail
    assert strip_tags(html) == escape(one.body), "no sign is lost"
    assert ">https://example.org/a_(b)</a>). Bye." in html
    assert '<a href="https://example.org/news?a=1&amp;b=2"' in html
    assert "<script>" not in html


def test_who_may_not_change_mailings_cannot_send_one(organisation: Current, client: Client) -> None:
    auditor = accounts.open_account("audit@desk.example", None, staff=True, groups=(AUDITOR,))
    client.force_login(auditor, "allauth.account.auth_backends.AuthenticationBackend")
    one = mailing()
    assert client.post(f"{MAILINGS}{one.pk}/send/").status_code == 403
    assert client.get(f"{MAILINGS}nonsense/send/").status_code == 404
    assert "Look at it and send" not in client.get(f"{MAILINGS}{one.pk}/change/").content.decode()


def test_staff_are_told_why_a_mailing_cannot_be_sent(
    priya: Client, organisation: Current, readers: list[ContactPoint]
) -> None:
    one = mailing()
    new_version(organisation, without_topic("newsletter"))
    words = "This topic is not offered by e-mail, or not any more."
    assert words in priya.get(f"{MAILINGS}{one.pk}/send/").content.decode()
    assert words in priya.post(f"{MAILINGS}{one.pk}/send/", follow=True).content.decode()


def test_the_list_of_mails_names_the_mailing(priya: Client, readers: list[ContactPoint]) -> None:
    one = mailing()
    flows.send(one)
    flows.send_all()
    assert "Mailing: Version 8 is here" in priya.get("/admin/outbox/message/").content.decode()
