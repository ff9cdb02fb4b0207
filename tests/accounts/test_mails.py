"""Each mail about an account, as a mail server receives it: the code or the link in text and in HTML."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from unittest.mock import Mock
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse

from accounts import codes, flows, mails
from accounts.models import User
from portal.organisation import versions
from portal.organisation.versions import Current
from portal.outbox import drainer, gate, kinds
from portal.outbox.kinds import Category, MailKind
from portal.outbox.models import Message, State
from tests.accounts.conftest import CODE, JOAN, MAREK, Visitor, code_in, last_code, mails_to
from tests.smtp import SmtpSink

NO_ADVERTISING = {Category.SECURITY, Category.CONFIRMATION}


@pytest.fixture
def open_gate() -> object:
    with gate.replaced(lambda message: gate.Verdict(True, "always", "Mails about your account always come.")):
        yield


@pytest.fixture
def arrived(open_gate: object, smtp_sink: SmtpSink) -> Callable[[], tuple[str, str, str]]:
    """Sends what is queued; of the one mail that came: subject, text, HTML."""

    def fetch() -> tuple[str, str, str]:
        drainer.drain()
        (parsed,) = smtp_sink.mails
        text, html = parsed.get_body(("plain",)), parsed.get_body(("html",))
        assert text is not None
        assert html is not None
        assert "List-Unsubscribe" not in parsed, "nobody can switch these off"
        return parsed["Subject"], text.get_content(), html.get_content()

    return fetch


def asked_to_sign_in(visitor: Visitor) -> str:
    visitor.ask_for_code(JOAN)
    return JOAN


def signed_up(visitor: Visitor) -> str:
    visitor.sign_up(MAREK)
    return MAREK


def forgot_the_password(visitor: Visitor) -> str:
    visitor.post("account_reset_password", email=JOAN)
    return JOAN


def asked_for_a_new_address(visitor: Visitor) -> str:
    flows.write(mails.ADDRESS_CODE, MAREK, params={"nonce": codes.draw(codes.Purpose.ADDRESS).nonce})
    return MAREK


@pytest.mark.django_db(transaction=True)
def test_a_stranger_is_not_told_that_they_typed_their_address(
    visitor: Visitor, organisation: Current, arrived: Callable[[], tuple[str, str, str]]
) -> None:
    signed_up(visitor)
    _subject, text, html = arrived()
    for part in (text, html):
        assert "where somebody typed it" in part
        assert "what you chose to receive" not in part


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("organisation", ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"], indirect=True)
def test_a_stranger_is_told_how_long_the_address_stays_that_somebody_typed(
    visitor: Visitor, organisation: Current, arrived: Callable[[], tuple[str, str, str]]
) -> None:
    signed_up(visitor)
    _subject, text, html = arrived()
    for part in (text, html):
        assert "Not you? Then for 28 days from now at most." in part
        assert "your last use" not in part
        assert "As long as you have an account" not in part


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("happened", "subject"),
    [
        (asked_to_sign_in, "Your code to sign in"),
        (signed_up, "Confirm your address"),
        (forgot_the_password, "Your code to choose a new password"),
        (asked_for_a_new_address, "Confirm your new address"),
    ],
)
def test_a_code_arrives_in_text_and_html(
    happened: Callable[[Visitor], str],
    subject: str,
    visitor: Visitor,
    joan: User,
    arrived: Callable[[], tuple[str, str, str]],
) -> None:
    address = happened(visitor)
    said, text, html = arrived()
    code = last_code(address)
    assert said == subject
    for part in (text, html):
        assert CODE.findall(part) == [code]
        assert "do nothing" in part.lower()
        assert "It works once, until" in part
    assert Message.objects.get().state == State.SENT


@pytest.mark.django_db(transaction=True)
def test_the_code_that_arrives_is_the_one_that_works(
    visitor: Visitor, joan: User, arrived: Callable[[], tuple[str, str, str]]
) -> None:
    visitor.ask_for_code(JOAN)
    (code,) = CODE.findall(arrived()[1])
    visitor.post("account_confirm_login_code", code=code)
    assert visitor.user == joan


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "subject", "url_names"),
    [
        (mails.ACCOUNT_EXISTS, "You have an account already", ["account_login", "account_reset_password"]),
        (mails.PASSWORD_CHANGED, "Your password was changed", ["account_reset_password"]),
        (mails.ADDRESS_CHANGED, "The address of your account was changed", []),
    ],
)
def test_news_say_what_to_do_if_it_was_not_you(
    kind: MailKind, subject: str, url_names: list[str], joan: User, arrived: Callable[[], tuple[str, str, str]]
) -> None:
    flows.write(kind, JOAN, params={})
    said, text, html = arrived()
    assert said == subject
    for part in (text, html):
        assert "Not you?" in part
        for url_name in url_names:
            assert f"http://localhost:8000{reverse(url_name)}" in part


@pytest.mark.django_db(transaction=True)
def test_a_code_that_ran_out_before_it_could_go_is_not_sent(
    visitor: Visitor, joan: User, open_gate: object, smtp_sink: SmtpSink
) -> None:
    visitor.ask_for_code(JOAN)
    message = Message.objects.get()
    Message.objects.update(created_at=message.created_at - timedelta(minutes=10))
    drainer.drain()
    assert smtp_sink.mails == []
    assert Message.objects.get().state == State.WITHHELD


def test_links_come_from_the_configured_address_and_not_from_the_request(visitor: Visitor, joan: User) -> None:
    visitor.client.post(
        reverse("account_signup"), {"email": JOAN, "password1": "another password"}, headers={"host": "127.0.0.1"}
    )
    (message,) = mails_to(JOAN)
    context = mails.ACCOUNT_EXISTS.context(message)
    assert context["sign_in_url"] == "http://localhost:8000/account/login/"
    assert message.params == {}


@pytest.mark.parametrize("kind", mails.KINDS, ids=lambda kind: kind.code)
def test_no_mail_about_an_account_can_carry_advertising(kind: MailKind) -> None:
    assert kinds.get(kind.code) is kind
    assert kind.category in NO_ADVERTISING


def test_times_are_told_on_the_clock_of_the_organisation(visitor: Visitor, organisation: Current) -> None:
    visitor.sign_up(JOAN)
    (message,) = mails_to(JOAN)
    zone = ZoneInfo(organisation.organisation.law.time_zone)
    assert mails.local(message.created_at).isoformat() == message.created_at.astimezone(zone).isoformat()
    ends = (message.created_at + timedelta(minutes=10)).astimezone(zone)
    assert mails.SIGN_UP_CODE.context(message)["until"] == f"{ends:%H:%M} {ends.tzname()}"
    assert code_in(message) == mails.SIGN_UP_CODE.context(message)["code"]


def test_without_an_organisation_times_are_utc(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "current", Mock(side_effect=versions.NoOrganisation))
    assert (
        mails.local(datetime(2026, 7, 1, 12, tzinfo=ZoneInfo("Europe/London"))).isoformat()
        == "2026-07-01T11:00:00+00:00"
    )


@pytest.mark.django_db(transaction=True)
def test_who_signs_up_where_staff_closed_the_account_is_not_told_to_sign_in(
    visitor: Visitor, joan: User, arrived: Callable[[], tuple[str, str, str]]
) -> None:
    flows.close(joan)
    visitor.sign_up(JOAN)
    _subject, text, html = arrived()
    for part in (text, html):
        assert "There was one, and we closed it" in part
        assert "Sign in with your password" not in part
        assert "Not you? Do nothing." in part


@pytest.mark.django_db(transaction=True)
def test_that_an_account_was_closed_is_told_with_what_stays_and_how_to_come_back(
    joan: User, arrived: Callable[[], tuple[str, str, str]]
) -> None:
    flows.close_own(joan)
    subject, text, html = arrived()
    assert subject == "Your account is closed"
    for part in (text, html):
        assert "What you chose to receive stays as it is" in part
        assert "Not you? Then somebody else got in." in part
        for url_name in ("your_data", "account_signup"):
            assert f"http://localhost:8000{reverse(url_name)}" in part


@pytest.mark.django_db(transaction=True)
def test_the_code_that_closes_an_account_arrives_and_says_what_to_do_if_it_was_not_asked_for(
    visitor: Visitor, joan: User, arrived: Callable[[], tuple[str, str, str]]
) -> None:
    visitor.sign_in(JOAN)
    visitor.post("account_close", do="send_code")
    subject, text, html = arrived()
    assert subject == "Your code to close your account"
    given = codes.derive(codes.Purpose.CLOSING, Message.objects.get().params["nonce"])
    for part in (text, html):
        assert CODE.findall(part) == [given]
        assert f"http://localhost:8000{reverse('account_reset_password')}" in part
