"""The same page, the same status, about the same time: whether or not an address has an account."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.urls import reverse

from accounts import mails, timing
from accounts.models import User
from portal.subjects.models import ContactPoint
from tests.accounts.conftest import JOAN, PASSWORD, Visitor, mails_to

NOBODY = "nobody.knows@example.org"
_TOKEN = re.compile(r'name="(csrfmiddlewaretoken|key)" value="[^"]+"')


def seen(answers: list[Any], address: str) -> list[tuple[int, str, str]]:
    """What a visitor can tell: status, where to, and the page without the address they typed themselves.

    Attempts are counted by where they come from, too; the next visitor comes from elsewhere.
    """
    cache.clear()
    return [
        (
            answer.status_code,
            answer.headers.get("Location", ""),
            _TOKEN.sub("", answer.content.decode()).replace(address, "ADDRESS"),
        )
        for answer in answers
    ]


def by_code(address: str) -> list[Any]:
    visitor = Visitor()
    first = visitor.ask_for_code(address)
    pages = [first, visitor.client.get(first.url)]
    pages.append(visitor.post("account_confirm_login_code", action="resend"))
    pages.append(visitor.client.get(first.url))
    pages += [visitor.post("account_confirm_login_code", code="BBBB-BBBB") for _ in range(4)]
    pages.append(visitor.ask_for_code(address))
    pages.append(visitor.post("account_confirm_login_code", code="BBBB-BBBB"))
    return pages


def by_new_password(address: str) -> list[Any]:
    visitor = Visitor()
    first = visitor.post("account_reset_password", email=address)
    pages = [first, visitor.client.get(first.url)]
    pages += [visitor.post("account_confirm_password_reset_code", code="BBBB-BBBB") for _ in range(4)]
    return pages


def by_password(address: str) -> list[Any]:
    visitor = Visitor()
    return [visitor.post("account_login", login=address, password=f"a wrong one {n}") for n in range(7)]


def by_signing_up(address: str) -> list[Any]:
    visitor = Visitor()
    first = visitor.sign_up(address)
    pages = [first, visitor.client.get(first.url), visitor.client.get(reverse("account_login"))]
    pages += [visitor.post("account_email_verification_sent", code="BBBB-BBBB") for _ in range(4)]
    return pages


@pytest.mark.parametrize("way", [by_code, by_new_password, by_password, by_signing_up])
def test_every_answer_is_the_same(way: Any, joan: User) -> None:
    assert seen(way(JOAN), JOAN) == seen(way(NOBODY), NOBODY)


@pytest.mark.parametrize("way", [by_code, by_new_password, by_password, by_signing_up])
def test_a_closed_account_looks_like_none(way: Any, joan: User) -> None:
    User.objects.update(is_active=False)
    assert seen(way(JOAN), JOAN) == seen(way(NOBODY), NOBODY)


def test_an_address_without_an_account_gets_no_mail(visitor: Visitor) -> None:
    visitor.ask_for_code(NOBODY)
    Visitor().post("account_reset_password", email=NOBODY)
    assert mails_to(NOBODY) == []
    assert not ContactPoint.objects.exists(), "an address somebody typed is not kept"


def test_signing_up_again_tells_the_owner_and_nobody_else(visitor: Visitor, joan: User) -> None:
    visitor.sign_up(JOAN, password="another password")
    assert [message.kind for message in mails_to(JOAN)] == [mails.ACCOUNT_EXISTS.code]
    assert User.objects.get().check_password(PASSWORD)


def test_a_known_address_costs_a_hash_as_a_new_one_does(
    visitor: Visitor, joan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    monkeypatch.setattr("accounts.forms.make_password", hashed.append)
    visitor.sign_up(JOAN, password="another password")
    assert hashed == ["another password"]


def test_two_who_sign_up_at_the_same_moment_get_one_account(
    visitor: Visitor, joan: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("allauth.account.forms.flows.manage_email.email_already_exists", lambda email: (email, False))
    answer = visitor.sign_up(JOAN, password="another password")
    assert answer.url == reverse("account_email_verification_sent")
    assert User.objects.count() == 1
    assert [message.kind for message in mails_to(JOAN)] == [mails.ACCOUNT_EXISTS.code]


@pytest.mark.parametrize(("work", "step"), [(0.0, 1), (0.02, 1), (0.3, 2)])
def test_answers_leave_on_whole_steps(work: float, step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "STEP_SECONDS", 0.25)
    clock = [100.0]

    def goes_on(seconds: float) -> None:
        clock[0] += seconds

    monkeypatch.setattr(timing, "time", SimpleNamespace(monotonic=lambda: clock[0], sleep=goes_on))

    @timing.even
    def view(request: HttpRequest) -> HttpResponse:
        goes_on(work)
        return HttpResponse()

    view(RequestFactory().post("/"))
    assert clock[0] == pytest.approx(100 + step * timing.STEP_SECONDS)
    view(RequestFactory().get("/"))
    assert clock[0] == pytest.approx(100 + step * timing.STEP_SECONDS + work)
