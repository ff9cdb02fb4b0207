"""A cookie that the portal sets and the register does not list, or lists shorter than it lasts, fails here."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from consent.cookies import register
from portal.organisation.schema import Cookie
from portal.organisation.versions import Current
from tests.cookies.conftest import FIVE, JOAN, Visitor
from tests.web.test_reading_changes_nothing import ALL

pytestmark = pytest.mark.django_db
# Cookies of one category only ever come to a browser that allowed it.
NEEDED = "necessary"


def listed(current: Current, name: str) -> list[Cookie]:
    return [one for one in current.organisation.cookies.cookies.values() if register.belongs(name, one.name)]


def unlisted(current: Current, answers: Iterator[HttpResponse]) -> dict[str, str]:
    """What is wrong with the cookies of these answers, by cookie."""
    categories, wrong = current.organisation.cookies.categories, {}
    for answer in answers:
        for name, cookie in answer.cookies.items():
            entries = listed(current, name)
            if not entries:
                wrong[name] = "not in the register"
            elif not any(categories[one.category].rule == NEEDED for one in entries):
                wrong[name] = "set without being asked"
            elif cookie["max-age"] and not any(lasts(one) >= int(cookie["max-age"]) for one in entries):
                wrong[name] = "lasts longer than the register says"
    return wrong


def lasts(cookie: Cookie) -> float:
    """The most seconds a listed cookie may stay: months and years as long as they ever are."""
    if cookie.lasts is None:
        return 0
    longest = {"hour": 1, "day": 24, "week": 168, "month": 31 * 24, "year": 366 * 24}[cookie.lasts.unit]
    return timedelta(hours=cookie.lasts.amount * longest).total_seconds()


def visits(joan: User, paths: list[str]) -> Iterator[HttpResponse]:
    """These pages, as nobody and as Joan; sign-in, sign-up, saving, stopping, signing out."""
    nobody, signed_in = Visitor(), Visitor()
    signed_in.sign_in(joan)
    for client in (nobody.client, signed_in.client):
        yield from (page(client, path) for path in paths)
    yield nobody.client.post("/subscribe/", {"address": JOAN, "topics": ["newsletter"]})  # type: ignore[misc]  # the test client's answer
    yield nobody.client.post("/unsubscribe/", {"address": JOAN})  # type: ignore[misc]  # as above
    yield nobody.client.post("/account/signup/", {"email": "zoe@example.net", "password1": "nine grey herons"})  # type: ignore[misc]  # as above
    yield nobody.client.post("/account/login/", {"login": JOAN, "password": "wrong"})  # type: ignore[misc]  # as above
    for visitor in (nobody, signed_in):
        for do in ("all", "save", "none"):
            yield visitor.press(do)
    yield signed_in.client.post("/account/logout/")  # type: ignore[misc]  # as above


def page(client: Client, path: str) -> HttpResponse:
    return client.get(path)  # type: ignore[return-value]  # the test client's answer


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_cookie_the_portal_sets_stands_in_the_register(organisation: Current, joan: User) -> None:
    # What sets a cookie is the same everywhere, so every page is opened for one of them; the registers are their own.
    paths = ALL if organisation.organisation.slug == "open-e" else ["/", "/cookies/", "/account/login/"]

    assert unlisted(organisation, visits(joan, paths)) == {}


def test_one_that_is_not_listed_would_be_found(organisation: Current) -> None:
    stray, early, long = HttpResponse(), HttpResponse(), HttpResponse()
    stray.set_cookie("tracker", "1")
    early.set_cookie("visit", "1")
    long.set_cookie("session", "1", max_age=timedelta(days=15))

    wrong = unlisted(organisation, iter([stray, early, long]))

    assert wrong == {
        "tracker": "not in the register",
        "visit": "set without being asked",
        "session": "lasts longer than the register says",
    }


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_where_nothing_is_optional_no_choice_is_kept_whatever_is_posted(
    organisation: Current, visitor: Visitor
) -> None:
    said = {"do": "all", "version": organisation.number, "key": "k" * 22}

    answer = visitor.client.post("/cookies/", said)

    assert answer.status_code == 302
    assert not answer.cookies
