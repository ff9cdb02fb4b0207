"""What the mails of the preferences say, in text and HTML alike, as a mail server gets them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from accounts import flows as accounts
from consent.preferences import mails
from consent.preferences.flows import mailing as flows
from consent.preferences.models import Confirmation, Mailing
from portal.database import database_now
from portal.organisation.versions import Current
from portal.outbox import drainer
from portal.outbox.models import Message
from tests.preferences.conftest import FIVE, JOAN, asked, first_topics, subscribed
from tests.smtp import SmtpSink

pytestmark = pytest.mark.django_db(transaction=True)


def parts(mail: object) -> tuple[str, str]:
    """Text and HTML."""
    text = mail.get_body(("plain",)).get_content()  # type: ignore[attr-defined]  # an EmailMessage
    html = mail.get_body(("html",)).get_content()  # type: ignore[attr-defined]
    return re.sub(r"\s+", " ", text), re.sub(r"\s+", " ", html)


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_the_question_lists_what_would_be_confirmed_and_carries_its_link_in_both_parts(
    organisation: Current, smtp_sink: SmtpSink
) -> None:
    codes = first_topics(organisation, 2)
    token = mails.token_of(asked(JOAN, *codes))
    drainer.drain()
    (mail,) = smtp_sink.to(JOAN)
    assert mail["Subject"] == f"Did you ask for mails from {organisation.organisation.name}?"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Unsubscribe"] is None
    for part in parts(mail):
        assert f"http://localhost:8000/subscribe/confirm/{token}/" in part
        for code in codes:
            topic = organisation.organisation.topics[code]
            assert f"{topic.title}, by e-mail" in part
            assert str(topic.wording).replace("'", "&#x27;") in part or str(topic.wording) in part
        assert "Not you? Do nothing, and nothing comes." in part
        assert "A confirmation is always sent" in part
        assert "If you do not confirm, we then delete it." in part


def test_an_address_that_came_by_another_form_is_not_said_to_go_with_the_question(
    organisation: Current, smtp_sink: SmtpSink
) -> None:
    accounts.reach(JOAN)
    asked(JOAN, "newsletter")
    drainer.drain()
    for part in parts(smtp_sink.to(JOAN)[0]):
        assert "The question until" in part
        assert "Not you? Then for 28 days from now at most." in part


def test_one_topic_is_named_in_the_subject(organisation: Current, smtp_sink: SmtpSink) -> None:
    asked(JOAN, "newsletter")
    drainer.drain()
    assert smtp_sink.to(JOAN)[0]["Subject"] == "Did you ask for Open-E Newsletter?"


@pytest.mark.parametrize("how", ["confirmed", "expired", "deleted"])
def test_a_question_that_lost_its_point_is_not_sent(organisation: Current, smtp_sink: SmtpSink, how: str) -> None:
    asked(JOAN, "newsletter")
    now = database_now()
    if how == "confirmed":
        Confirmation.objects.update(used_at=now)
    elif how == "expired":
        Confirmation.objects.update(expires_at=now - timedelta(seconds=1))
    else:
        Confirmation.objects.all().delete()
    drainer.drain()
    assert not smtp_sink.mails
    assert Message.objects.get().state == "withheld"


def test_a_mailing_carries_its_paragraphs_its_reason_and_the_ways_out(
    organisation: Current, smtp_sink: SmtpSink
) -> None:
    subscribed(JOAN, "newsletter")
    Message.objects.all().delete()
    body = "Dear reader,\r\n\r\nversion 8 is <here>.\nIt is faster.\n\n\n"
    one = Mailing.objects.create(topic_id="newsletter", subject_line="Version 8", body=body)
    flows.send(one)
    flows.send_all()
    drainer.drain()
    (mail,) = smtp_sink.to(JOAN)
    assert mail["Subject"] == "Version 8"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    text, html = parts(mail)
    assert "version 8 is <here>. It is faster." in text
    assert "version 8 is &lt;here&gt;.<br>It is faster.</p>" in html
    for part in (text, html):
        assert "Yes, send me the Open-E Newsletter about twice a month." in part
        assert "http://localhost:8000/unsubscribe/" in part
        assert "http://localhost:8000/preferences/" in part


def test_a_mailing_that_was_deleted_is_not_sent(organisation: Current, smtp_sink: SmtpSink) -> None:
    subscribed(JOAN, "newsletter")
    Message.objects.all().delete()
    one = Mailing.objects.create(topic_id="newsletter", subject_line="Version 8", body="Here.")
    flows.send(one)
    flows.send_all()
    Mailing.objects.all().delete()
    drainer.drain()
    assert not smtp_sink.mails
