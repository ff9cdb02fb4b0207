"""What a mail looks like on the wire: headers, both parts, nothing smuggled in."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from html import unescape
from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from portal.database import database_now
from portal.organisation import loader
from portal.organisation.schema import Period, RetentionStart
from portal.organisation.versions import Current
from portal.outbox import compose, drainer, flows, keeping, kinds, links
from portal.outbox.compose import Unsendable
from portal.outbox.kinds import Category, MailKind
from portal.outbox.models import Message
from portal.outbox.permits import Permit
from portal.subjects import flows as people
from portal.subjects.models import Channel, ContactPoint
from tests.outbox.conftest import WORDING, yes
from tests.outbox.sinks import Sink

pytestmark = pytest.mark.django_db
Fresh = Callable[[Message], Message]


def written(message: Message) -> EmailMessage:
    """The mail as it would be sent."""
    now = database_now()
    permit = Permit(Message.objects.for_sending().get(pk=message.pk), yes(message), now, now)
    return message_from_bytes(compose.Composer().letter(permit).content, policy=policy.default)


def text_of(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    assert part is not None
    content: str = part.get_content()
    return content


@pytest.fixture
def temporary_kind() -> Iterator[Callable[..., str]]:
    """Registers a kind for one test and returns its code."""
    codes: list[str] = []

    def register(context: dict[str, Any], category: Category = Category.SERVICE, template: str = "test/hello") -> str:
        code = f"test-{len(codes)}-once"
        kinds.register(MailKind(code, category, template, lambda _: dict(context), "Once"))
        codes.append(code)
        return code

    yield register
    for code in codes:
        kinds.unregister(code)


@pytest.mark.parametrize("category", list(Category))
def test_each_category_has_its_sender_and_headers(
    organisation: Current, joan: ContactPoint, category: Category
) -> None:
    mail = written(flows.enqueue(f"test-{category}", joan, topic=next(iter(organisation.organisation.topics))))
    settings_of_mail = organisation.organisation.mail

    optional = category in {Category.NOTICE, Category.MARKETING}
    sender = settings_of_mail.marketing_address if optional else settings_of_mail.service_address
    assert mail["From"].addresses[0].addr_spec == sender
    assert mail["From"].addresses[0].display_name == settings_of_mail.sender_name
    assert mail["To"] == "joan.archer@example.org"
    assert mail["Reply-To"] == settings_of_mail.reply_to
    assert mail["Subject"] == f"Hello from {organisation.organisation.name}"
    for name in ("List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"):
        assert len(mail.get_all(name, [])) == (1 if optional else 0)
    automatic = category in {Category.CONFIRMATION, Category.SERVICE, Category.SECURITY}
    assert mail["Auto-Submitted"] == ("auto-generated" if automatic else None)


def test_one_click_names_this_person_and_this_topic(organisation: Current, joan: ContactPoint) -> None:
    code, topic = next(iter(organisation.organisation.topics.items()))
    mail = written(flows.enqueue("test-marketing", joan, topic=code))

    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    page, by_mail = str(mail["List-Unsubscribe"]).split(", ")
    assert f"List-Unsubscribe: {page},\r\n <mailto:" in mail.as_string(policy=policy.SMTP.clone(refold_source="none"))
    token = re.fullmatch(r"<http://localhost:8000/unsubscribe/([\w-]+)/>", page)
    assert token is not None
    assert links.read("unsubscribe", token[1]) == (str(joan.pk), code)
    assert by_mail.startswith(f"<mailto:{organisation.organisation.mail.reply_to}?subject=unsubscribe%20")
    assert str(mail["List-Id"]) == f"{topic.title} <{code}.{organisation.organisation.mail.list_domain}>"


def test_text_and_html_carry_the_same_links(organisation: Current, joan: ContactPoint) -> None:
    mail = written(flows.enqueue("test-marketing", joan, topic=next(iter(organisation.organisation.topics))))
    urls = re.compile(r"https?://[^\s\"<>]+")
    in_text, in_html = set(urls.findall(text_of(mail, "plain"))), set(urls.findall(text_of(mail, "html")))
    assert in_text == in_html
    assert "http://localhost:8000/confirm/0/" in in_text


def test_the_foot_answers_why_did_i_get_this(organisation: Current, joan: ContactPoint) -> None:
    mail = written(flows.enqueue("test-marketing", joan, topic=next(iter(organisation.organisation.topics))))
    for kind in ("plain", "html"):
        foot = text_of(mail, kind)
        assert "why did i get this?" in foot.lower()
        assert "You asked for it." in foot
        assert WORDING in foot
        assert "Since 17 March 2026." in foot
        assert organisation.organisation.controller.legal_name in foot
        assert "Complain: " in foot
        assert "How long:" in foot
        assert keeping.address(organisation.organisation, until_stopped=True) in unescape(foot)


@pytest.mark.parametrize("organisation", ["openitio", "open-e"], indirect=True)
def test_the_foot_names_who_carries_the_mail_and_no_other_processor(organisation: Current, joan: ContactPoint) -> None:
    recipients = organisation.organisation.recipients.values()
    foot = text_of(written(flows.enqueue("test-service", joan)), "plain").partition("Who receives it:")[2]
    named = foot.partition("\n")[0]
    assert {f"{one.title} (on our orders only)" in named for one in recipients if one.carries_mail} == {True}
    assert {str(one.title) in named for one in recipients if not one.carries_mail} == {False}


def test_the_foot_says_the_day_once(organisation: Current, joan: ContactPoint, monkeypatch: pytest.MonkeyPatch) -> None:
    said = yes(flows.enqueue("test-service", joan))
    monkeypatch.setattr("tests.outbox.test_letters.yes", lambda _: replace(said, reason="You agreed on 17 March 2026."))
    foot = text_of(written(flows.enqueue("test-service", joan)), "plain")
    assert foot.count("17 March 2026") == 1


def test_links_lead_to_the_configured_portal_and_stop_what_they_say(
    organisation: Current, joan: ContactPoint, settings: Settings
) -> None:
    settings.BASE_URL = "https://privacy.example.org"
    topic = next(iter(organisation.organisation.topics))
    text = text_of(written(flows.enqueue("test-marketing", joan, topic=topic)), "plain")
    stops = re.findall(r"https://privacy\.example\.org/unsubscribe/([\w-]+)/", text)
    assert [links.read("unsubscribe", token)[1] for token in stops] == [topic, ""]
    shown = re.findall(r"https://privacy\.example\.org/preferences/([\w-]+)/", text)
    assert [links.read("preferences", token) for token in shown] == [(str(joan.pk),)]


def test_a_service_mail_offers_to_stop_marketing_and_not_itself(organisation: Current, joan: ContactPoint) -> None:
    text = text_of(written(flows.enqueue("test-service", joan)), "plain")
    assert "Stop these mails" not in text
    assert "Stop all marketing" in text


def test_a_mail_that_cannot_be_stopped_promises_no_stop(organisation: Current, joan: ContactPoint) -> None:
    text = text_of(written(flows.enqueue("test-service", joan)), "plain")
    assert f"How long: {keeping.address(organisation.organisation, until_stopped=False)}" in text
    assert "until you stop" not in text


def test_a_kind_may_say_more_exactly_what_is_held(
    organisation: Current, joan: ContactPoint, temporary_kind: Callable[..., str]
) -> None:
    code = temporary_kind({"link": "x", "footer": {"how_long": "Until Friday 20 March 2026.", "held": "this address"}})
    text = text_of(written(flows.enqueue(code, joan)), "plain")
    assert "How long: Until Friday 20 March 2026." in text
    assert "What we hold: this address." in text


def test_values_are_escaped_in_html_and_plain_in_text(
    organisation: Current, joan: ContactPoint, temporary_kind: Callable[..., str]
) -> None:
    mail = written(flows.enqueue(temporary_kind({"link": "https://example.org/?a=1&b=<x>"}), joan))
    assert "https://example.org/?a=1&b=<x>" in text_of(mail, "plain")
    assert "https://example.org/?a=1&amp;b=&lt;x&gt;" in text_of(mail, "html")
    assert "<x>" not in text_of(mail, "html")


@pytest.mark.parametrize("organisation", ["open-e", "open-ecx", "opencontact", "openitio", "openmarket"], indirect=True)
def test_every_organisation_signs_its_own_mails(organisation: Current, joan: ContactPoint) -> None:
    controller = organisation.organisation.controller
    mail = written(flows.enqueue("test-confirmation", joan))
    for kind in ("plain", "html"):
        assert controller.legal_name in text_of(mail, kind)
        assert controller.email in text_of(mail, kind)
    assert "<img" not in text_of(mail, "html")
    assert "<script" not in text_of(mail, "html")


def test_the_wire_holds_crlf_alone_and_short_lines(organisation: Current, joan: ContactPoint) -> None:
    message = flows.enqueue("test-marketing", joan, topic=next(iter(organisation.organisation.topics)))
    now = database_now()
    permit = Permit(Message.objects.for_sending().get(pk=message.pk), yes(message), now, now)
    content = compose.Composer().letter(permit).content
    assert content.isascii()
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) < 998
    assert content.endswith(b"\r\n")


def test_lines_that_begin_with_a_dot_arrive_whole(ready: Sink, joan: ContactPoint) -> None:
    flows.enqueue("test-service", joan)
    drainer.drain()
    text = text_of(ready.mails[0], "plain").replace("\r\n", "\n")
    assert "\n.\n.a line that begins with a dot\n" in text


@pytest.mark.parametrize("evil", ["\r\nBcc: marek.nowak@example.com", "\n", "\r", "\x00", "\u2028", "\x85"])
def test_no_line_break_enters_a_header(evil: str) -> None:
    for smuggled in (f"Hello{evil}", f"X{evil}"):
        with pytest.raises(Unsendable):
            compose.checked(smuggled, is_name=False)
        with pytest.raises(Unsendable):
            compose.checked(smuggled)


@pytest.mark.parametrize("name", ["", "Sub ject", "Subject:", "Sübject"])
def test_no_odd_header_name_is_written(name: str) -> None:
    with pytest.raises(Unsendable):
        compose.checked(name)
    assert compose.checked("Subject") == "Subject"


def test_a_subject_with_a_line_break_is_given_to_staff(
    ready: Sink, joan: ContactPoint, fresh: Fresh, settings: Settings, tmp_path: Any, temporary_kind: Callable[..., str]
) -> None:
    folder = tmp_path / "mail" / "test"
    folder.mkdir(parents=True)
    (folder / "evil.subject.txt").write_text("Hello {{ name }}")
    (folder / "evil.txt").write_text("x")
    (folder / "evil.html").write_text("x")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [*settings.TEMPLATES[0]["DIRS"], tmp_path]}]
    code = temporary_kind({"name": "Joan\r\nBcc: marek.nowak@example.com"}, template="test/evil")
    message = flows.enqueue(code, joan)

    drainer.drain()

    assert ready.taken == []
    assert (fresh(message).state, fresh(message).attempts) == ("failed", 1)
    assert "line break" in fresh(message).last_error


@pytest.mark.parametrize(
    ("typed", "on_the_wire"),
    [
        ("Joan.Archer@Example.ORG", "Joan.Archer@Example.ORG"),
        ("joan@faß.de", "joan@xn--fa-hia.de"),
        ("joan+news@bücher.example", "joan+news@xn--bcher-kva.example"),
    ],
)
def test_mail_goes_to_the_address_as_given(ready: Sink, typed: str, on_the_wire: str) -> None:
    point = people.reach(Channel.EMAIL, typed, context="account", source="person")
    flows.enqueue("test-service", point)
    drainer.drain()
    assert [one.recipient for one in ready.taken] == [on_the_wire]
    assert ready.mails[0]["To"] == on_the_wire


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(ready: Sink, fresh: Fresh) -> None:
    point = people.reach(Channel.EMAIL, "jürgen@example.org", context="account", source="person")
    message = flows.enqueue("test-service", point)
    drainer.drain()
    assert ready.taken == []
    assert fresh(message).state == "failed"
    assert "SMTPUTF8" in fresh(message).last_error

    ready.behaviour.extensions = ("8BITMIME", "SMTPUTF8")
    flows.send_again([message])
    drainer.drain()
    assert [one.recipient for one in ready.taken] == ["jürgen@example.org"]
    assert "jürgen@example.org".encode() in ready.taken[0].content
    assert any(line.startswith("mail FROM") and "SMTPUTF8" in line for line in ready.lines)


@pytest.mark.parametrize("address", ["joan", "@example.org", "joan\r\n@example.org", "joan@exa mple.org", "joan@-.-ü"])
def test_a_stored_address_that_is_none_is_given_to_staff(
    ready: Sink, joan: ContactPoint, fresh: Fresh, address: str
) -> None:
    ContactPoint.objects.filter(pk=joan.pk).update(address=address)
    message = flows.enqueue("test-service", joan)
    drainer.drain()
    assert ready.taken == []
    assert fresh(message).state == "failed"


@pytest.mark.parametrize(
    "subject", ["Änderungen für Sie " * 8, "Short", "Not =?utf-8?q?encoded?= at all", "word " * 40]
)
def test_a_subject_of_any_length_and_script_arrives_whole(subject: str) -> None:
    header = compose._folded("Subject", compose._encoded(subject.strip()))
    read = message_from_bytes(f"{header}\r\n\r\n".encode(), policy=policy.default)
    assert read["Subject"] == subject.strip()
    assert header.isascii()
    assert max(map(len, header.split("\r\n"))) <= 78


def test_a_title_with_commas_and_umlauts_makes_a_good_list_id() -> None:
    assert compose._phrase("News, and more") == '"News, and more"'
    assert compose._phrase("Neuigkeiten für Sie").startswith("=?utf-8?")


@pytest.mark.parametrize("organisation", loader.shipped(), indirect=True)
def test_the_foot_leads_to_pages_that_are_there_and_to_the_published_policy(
    organisation: Current, joan: ContactPoint, client: Client
) -> None:
    _body, _line, foot = text_of(written(flows.enqueue("test-service", joan)), "plain").partition("-" * 50)
    own = re.findall(r"http://localhost:8000(/\S*)", foot)
    assert {"/your-data/", "/requests/"} < set(own)
    assert [path for path in own if client.get(path).status_code != 200] == []
    published = organisation.organisation.notices["privacy"].url
    assert ("The whole policy" in foot) is (published is not None)
    assert (published or "") in foot


def test_an_address_of_unknown_origin_names_no_source(organisation: Current, joan: ContactPoint) -> None:
    joan.provenances.all().delete()
    assert "From:" not in text_of(written(flows.enqueue("test-service", joan)), "plain")


def test_every_start_of_a_period_has_its_words(organisation: Current) -> None:
    rule = organisation.organisation.retention["contacts"]
    for start in RetentionStart:
        for period, up_to in ((Period(6, "year"), True), (Period(6, "year"), False), (Period(0, "day"), False)):
            stated = rule.model_copy(update={"from_": start, "period": period, "up_to": up_to})
            changed = organisation.organisation.model_copy(update={"retention": {"contacts": stated}})
            words = keeping.address(changed, until_stopped=False)
            assert words.endswith(str(rule.reason))
            assert ("up to 6 years after" in words) is up_to
