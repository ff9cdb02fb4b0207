"""The banner asks once, where there is something to ask, and every answer brings people back to where they were."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from consent.cookies import choice_cookie
from consent.cookies.models import Browser, Choice, Refusals
from consent.cookies.vocabulary import Means, Method
from portal.organisation.versions import Current
from tests.cookies.conftest import FIVE, Visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_it_asks_where_something_is_optional(organisation: Current, visitor: Visitor) -> None:
    sentence = str(organisation.organisation.cookies.sentence)
    asks = organisation.organisation.slug != "open-ecx"

    page = unescape(visitor.page("/"))

    assert ('class="banner"' in page) is asks
    assert (sentence in page) is asks


@pytest.mark.parametrize("path", ["/", "/subscribe/", "/unsubscribe/", "/preferences/", "/account/login/"])
def test_it_stands_on_every_customer_page_and_gives_no_cookie(visitor: Visitor, path: str) -> None:
    assert visitor.is_asked(path)
    assert choice_cookie.NAME not in visitor.client.cookies


def test_the_page_that_is_not_there_asks_too_and_the_cookie_page_asks_itself(visitor: Visitor) -> None:
    assert 'class="banner"' in visitor.client.get("/no/such/page").content.decode()
    assert not visitor.is_asked("/cookies/")


def test_in_answer_to_a_form_it_stays_away_so_that_nothing_typed_is_lost(visitor: Visitor) -> None:
    answer = visitor.client.post("/subscribe/", {"address": "joan"})

    assert 'value="joan"' in answer.content.decode()
    assert 'class="banner"' not in answer.content.decode()


def test_all_three_answers_look_alike(visitor: Visitor) -> None:
    page = visitor.page("/")

    banner = page[page.index('class="banner"') : page.index("</section>")]
    assert banner.count('class="btn"') == 3
    assert banner.index("No thanks") < banner.index("Choose") < banner.index("Yes, all")


def test_no_thanks_is_remembered_as_a_word_and_nobody_is_named(visitor: Visitor, organisation: Current) -> None:
    answer = visitor.press("none", path="/?from=mail")

    assert answer["Location"] == "/?from=mail"
    assert visitor.client.cookies[choice_cookie.NAME].value == f"refused.{organisation.number}."
    assert set(visitor.client.cookies) == {choice_cookie.NAME}
    assert not Browser.objects.exists()
    assert Refusals.objects.get().count == 1
    assert not visitor.is_asked("/")


def test_yes_to_all_is_kept_with_its_reference(visitor: Visitor) -> None:
    answer = visitor.press("all", path="/subscribe/")

    assert answer["Location"] == "/subscribe/"
    choice = Choice.objects.get()
    assert (choice.method, choice.means, choice.path) == (Method.ACCEPT_ALL, Means.FORM, "/subscribe/")
    assert visitor.remembered
    assert visitor.remembered.credentials
    assert visitor.remembered.credentials.reference == choice.browser_id
    assert not visitor.is_asked("/")


def test_the_cookie_is_the_browsers_alone_and_lasts_as_long_as_the_file_says(visitor: Visitor) -> None:
    visitor.press("all", path="/")

    cookie = visitor.client.cookies[choice_cookie.NAME]
    assert 181 <= cookie["max-age"] / 86_400 <= 184
    assert (cookie["samesite"], cookie["domain"], cookie["path"]) == ("Lax", "", "/")
    assert not cookie["httponly"]  # consent.js reads it


def test_pressed_twice_it_is_one_browser(visitor: Visitor) -> None:
    first, second = Visitor(), Visitor()
    key = choice_cookie.new_key()

    first.press("all", path="/", key=key)
    second.press("all", path="/", key=key)

    assert Choice.objects.count() == 1
    assert first.remembered == second.remembered


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}, {}])
def test_a_form_of_another_site_chooses_nothing(organisation: Current, headers: dict[str, str]) -> None:
    stranger = Client(headers=headers)
    said = {"do": "all", "version": organisation.number, "key": choice_cookie.new_key()}

    answer = stranger.post("/cookies/", said)

    assert answer.status_code == 403
    assert not stranger.cookies
    assert not Choice.objects.exists()


@pytest.mark.parametrize(
    "back",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "http://testserver//evil.example/",
        "http://testserver.evil.example/",
    ],
)
def test_the_way_back_never_leaves_the_portal(visitor: Visitor, back: str) -> None:
    answer = visitor.client.post("/cookies/", {"do": "none", **visitor.hidden()}, headers={"Referer": back})

    assert answer["Location"] == "/cookies/saved/"


def test_a_page_whose_address_holds_a_token_is_named_without_it(visitor: Visitor) -> None:
    visitor.client.post(
        "/cookies/", {"do": "all", **visitor.hidden()}, headers={"Referer": "http://testserver/preferences/s3cret/?a=b"}
    )
    Visitor().press("all", path="/")

    assert list(Choice.objects.order_by("id").values_list("path", flat=True)) == ["/preferences/", "/"]


def test_after_very_many_saves_from_one_network_it_waits(visitor: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consent.cookies.views.choosing._SAVES_FROM_ONE_NETWORK", 1)
    visitor.press("none", path="/")

    answer = visitor.press("all")

    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    assert not Choice.objects.exists()
