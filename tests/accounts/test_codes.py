"""A code works once, for ten minutes, in one browser, for one thing; a row never holds it; guesses are few."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.account.forms import BaseConfirmCodeForm
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from accounts import codes, flows
from accounts.adapter import Adapter
from accounts.forms import CodeForm
from accounts.models import User
from portal.outbox.models import Message
from tests.accounts.conftest import CODE, JOAN, MAREK, PASSWORD, Visitor, last_code, mails_to


@given(st.sampled_from(codes.Purpose), st.text(min_size=1, max_size=40))
def test_a_code_is_eight_letters_that_nobody_confuses(purpose: codes.Purpose, nonce: str) -> None:
    code = codes.derive(purpose, nonce)
    assert CODE.fullmatch(code)
    assert code == codes.derive(purpose, nonce)


def test_codes_differ_by_purpose_and_draw() -> None:
    drawn = codes.draw(codes.Purpose.SIGN_IN)
    assert drawn == codes.derive(codes.Purpose.SIGN_IN, drawn.nonce)
    assert drawn != codes.derive(codes.Purpose.PASSWORD, drawn.nonce)
    assert len({codes.draw(codes.Purpose.SIGN_IN) for _ in range(200)}) == 200


def test_a_row_that_waits_to_be_sent_holds_no_code(visitor: Visitor, joan: User) -> None:
    visitor.ask_for_code(JOAN)
    code = last_code(JOAN)
    row = json.dumps(Message.objects.values().get(), default=str)
    assert code not in row
    assert re.sub("-", "", code) not in row


def test_a_code_that_would_have_to_be_stored_is_refused(joan: User) -> None:
    with pytest.raises(TypeError, match="stored"):
        Adapter().send_mail("account/email/login_code", JOAN, {"code": "BCDF-GHJK"})
    assert not Message.objects.exists()


def test_a_mail_nobody_wrote_is_not_made_up(joan: User) -> None:
    with pytest.raises(KeyError):
        Adapter().send_mail("account/email/unknown_account", JOAN, {})


def test_it_works_once(visitor: Visitor, joan: User) -> None:
    visitor.ask_for_code(JOAN)
    code = last_code(JOAN)
    visitor.post("account_confirm_login_code", code=code)
    visitor.post("account_logout")
    visitor.post("account_confirm_login_code", code=code)
    assert visitor.user is None


def test_it_works_for_ten_minutes(visitor: Visitor, joan: User) -> None:
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        visitor.ask_for_code(JOAN)
    with time_machine.travel(now + timedelta(minutes=10, seconds=1), tick=False):
        answer = visitor.post("account_confirm_login_code", code=last_code(JOAN))
    assert answer.url == reverse("account_request_login_code")
    assert visitor.user is None


def test_it_is_of_no_use_to_somebody_else(visitors: Callable[[], Visitor], joan: User) -> None:
    flows.open_account(MAREK, PASSWORD)
    mine, theirs = visitors(), visitors()
    mine.ask_for_code(MAREK)
    theirs.ask_for_code(JOAN)
    mine.post("account_confirm_login_code", code=last_code(JOAN))
    assert mine.user is None


def test_a_code_to_sign_in_changes_no_password(visitor: Visitor, joan: User) -> None:
    visitor.post("account_reset_password", email=JOAN)
    Visitor().ask_for_code(JOAN)
    answer = visitor.post("account_confirm_password_reset_code", code=last_code(JOAN))
    assert answer.status_code == 200
    assert "This is not the code" in answer.content.decode()


def test_three_wrong_guesses_end_it(visitor: Visitor, joan: User) -> None:
    visitor.ask_for_code(JOAN)
    for _ in range(3):
        visitor.post("account_confirm_login_code", code="BBBB-BBBB")
    visitor.post("account_confirm_login_code", code=last_code(JOAN))
    assert visitor.user is None


@pytest.mark.parametrize("guess", ["", "é" * 8, "\x00", "B" * 400, "0", "BBBB-BBBB\r\nX: y", "İ"])
def test_odd_guesses_are_just_wrong(visitor: Visitor, joan: User, guess: str) -> None:
    visitor.ask_for_code(JOAN)
    answer = visitor.post("account_confirm_login_code", code=guess)
    assert answer.status_code == 200
    assert answer.context["form"].errors.keys() == {"code"}


@pytest.mark.django_db(transaction=True)
def test_fifty_guesses_at_once_are_not_fifty_guesses(joan: User, monkeypatch: pytest.MonkeyPatch) -> None:
    compared = []
    looked_at = BaseConfirmCodeForm.clean_code

    def counting(form: CodeForm) -> Any:
        compared.append(form)
        return looked_at(form)

    monkeypatch.setattr(BaseConfirmCodeForm, "clean_code", counting)
    visitor = Visitor()
    visitor.ask_for_code(JOAN)
    cookies = visitor.client.cookies.output(header="", sep=";")

    def guess(number: int) -> int:
        client = Client()
        client.cookies.load(cookies)
        try:
            return client.post(reverse("account_confirm_login_code"), {"code": f"BBBB-BBB{number}"}).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(guess, range(50)))
    assert set(answers) <= {200, 302}
    assert 1 <= len(compared) <= 10
    assert len(mails_to(JOAN)) == 1
