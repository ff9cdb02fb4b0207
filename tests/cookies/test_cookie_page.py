"""``/cookies/``: what the register holds, what is in force in this browser, and how to change or withdraw it."""

from __future__ import annotations

import re

import pytest
from pytest_django import Settings

from consent.cookies import choice_cookie, page
from consent.cookies.models import Browser, Choice, Refusals
from consent.cookies.vocabulary import Method
from portal.organisation.versions import Current
from tests.cookies.conftest import FIVE, Visitor
from tests.preferences.conftest import new_version, words_of

pytestmark = pytest.mark.django_db
CATEGORIES = {
    "openmarket": ["Needed", "Knowing you again", "Counting by web beacons"],
    "open-ecx": ["Essential"],
    "opencontact": ["Strictly needed", "Analytical and performance", "Functionality", "Targeting"],
    "openitio": ["Essential", "Site analytics"],
    "open-e": ["Needed", "Your settings", "Counting visits", "Social media and advertising"],
}


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_it_shows_the_categories_of_the_organisations_sheet(organisation: Current, visitor: Visitor) -> None:
    page = visitor.page()

    headings = [words_of(one) for one in re.findall(r"<h2[^>]*>(.*?)</h2>", page)]
    assert headings[: len(CATEGORIES[organisation.organisation.slug])] == CATEGORIES[organisation.organisation.slug]
    optional = len(CATEGORIES[organisation.organisation.slug]) - 1
    assert page.count('role="switch"') == optional
    assert ("Save my choices" in page) is bool(optional)


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_no_category_says_the_same_twice(organisation: Current) -> None:
    for section in page.sections(organisation.organisation):
        assert str(section.category.sentence) not in section.note


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_every_cookie_stands_with_who_sets_it_what_for_and_how_long(organisation: Current, visitor: Visitor) -> None:
    page = visitor.see()

    for cookie in organisation.organisation.cookies.cookies.values():
        for words in (
            cookie.name.removeprefix("__Host-"),
            cookie.provider,
            str(cookie.purpose),
            str(cookie.lasts or ""),
        ):
            assert words in page


@pytest.mark.parametrize(("scheme", "prefix"), [("https", "__Host-"), ("http", "")])
def test_a_cookie_is_listed_by_the_name_the_browser_shows(
    visitor: Visitor, settings: Settings, scheme: str, prefix: str
) -> None:
    settings.BASE_URL = f"{scheme}://privacy.example.org"

    assert {f"{prefix}session", f"{prefix}csrf"} <= set(re.findall(r"<code>([^<]+)</code>", visitor.page()))


def test_nothing_is_switched_on_before_somebody_chose(visitor: Visitor) -> None:
    page = visitor.page()

    assert " checked" not in page
    assert "You have not chosen on these pages yet. So they use nothing optional." in words_of(page)


def test_a_saved_choice_is_what_the_page_says_afterwards(visitor: Visitor) -> None:
    answer = visitor.press("save", "analytics", "functionality")

    assert answer["Location"] == "/cookies/saved/"
    page = visitor.page("/cookies/saved/")
    assert "You allow: Your settings and Counting visits." in words_of(page)
    assert page.count(" checked") == 2
    assert Choice.objects.get().method == Method.CHOSEN


def test_withdrawing_is_one_press_and_ends_the_browsers_reference(visitor: Visitor) -> None:
    visitor.press("save", "analytics")
    reference = Browser.objects.get().pk

    visitor.press("none")

    assert visitor.remembered
    assert visitor.remembered.credentials is None
    assert "You said no to everything optional." in visitor.see("/cookies/saved/")
    latest = Choice.objects.latest_of(reference)
    assert latest
    assert (latest.method, latest.allowed) == (Method.WITHDRAWN, [])
    assert not Refusals.objects.exists()


def test_what_is_said_of_a_refusal_is_what_the_browser_then_keeps(visitor: Visitor) -> None:
    said = visitor.see()
    assert "keeps three things: “refused”, the version, and whether it sent Global Privacy Control." in said
    assert "only the word" not in said

    visitor.press("none", headers={"Sec-GPC": "1"})

    assert visitor.client.cookies[choice_cookie.NAME].value == "refused.1.g"
    assert "Your browser keeps that, without a name." in visitor.see()


def test_what_a_withdrawn_category_left_in_the_browser_is_taken_out(visitor: Visitor) -> None:
    visitor.press("save", "analytics", "functionality")
    for name in ("visit", "currency", "language", "elsewhere"):
        visitor.client.cookies[name] = "1"

    answer = visitor.press("save", "functionality")

    assert {name for name, cookie in answer.cookies.items() if cookie["max-age"] == 0} == {"visit"}


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_a_pattern_takes_out_every_cookie_it_names(organisation: Current, visitor: Visitor) -> None:
    visitor.press("save", "analytics")
    for name in ("_ga", "_ga_7XK2", "_gat"):
        visitor.client.cookies[name] = "1"

    answer = visitor.press("none")

    assert {name for name, cookie in answer.cookies.items() if cookie["max-age"] == 0} == {"_ga", "_ga_7XK2"}


def test_a_browser_that_keeps_no_cookie_is_told_so(visitor: Visitor) -> None:
    visitor.press("all")
    visitor.client.cookies.clear()

    page = visitor.see("/cookies/saved/")

    assert "Your browser did not keep your choice" in page
    assert "Saved." not in page


def test_the_record_can_be_quoted_and_names_the_register_that_was_read(visitor: Visitor) -> None:
    visitor.press("save", "analytics")

    page = visitor.page()

    assert choice_cookie.quoted(Browser.objects.get().pk) in page
    assert "by it we find your choices. Only this browser can change them." in page, "the desk needs no browser"
    assert 'href="/cookies/versions/1/"' in page
    assert visitor.remembered
    assert visitor.remembered.credentials
    assert visitor.remembered.credentials.secret not in page


def test_a_forged_reference_shows_nothing_and_a_save_begins_anew(visitor: Visitor) -> None:
    visitor.press("save", "analytics")
    thief = Visitor()
    stolen = Browser.objects.get().pk
    thief.client.cookies[choice_cookie.NAME] = f"{stolen}.{choice_cookie.new_key()}.1..analytics"

    assert choice_cookie.quoted(stolen) not in thief.page()
    thief.press("save", "analytics")

    assert Browser.objects.count() == 2
    assert Choice.objects.filter(browser_id=stolen).count() == 1


def test_a_record_that_was_taken_out_meanwhile_is_begun_again(visitor: Visitor) -> None:
    visitor.press("save", "analytics")
    kept = visitor.remembered
    visitor.client.post("/cookies/remove/")
    assert kept
    visitor.client.cookies[choice_cookie.NAME] = choice_cookie.written(kept)

    assert "What we keep of it" not in visitor.see()
    visitor.press("save", "analytics")

    assert Choice.objects.count() == 1


@pytest.mark.parametrize("value", ["", "refused", "refused.x.", "refused.1.g.short", "x" * 100_000, "a.b.1..<script>"])
def test_a_cookie_that_is_none_of_ours_counts_as_none(visitor: Visitor, value: str) -> None:
    visitor.client.cookies[choice_cookie.NAME] = value

    assert "You have not chosen on these pages yet." in visitor.see()
    assert visitor.is_asked("/")


@pytest.mark.parametrize(
    "changed",
    [
        {"version": ""},
        {"version": "0"},
        {"version": "99"},
        {"version": "9" * 30},
        {"key": "short"},
        {"key": "'; DROP TABLE --" + "x" * 6},
        {"do": "everything"},
        {"allow": ["essential"]},
        {"allow": ["<script>"]},
    ],
)
def test_a_form_that_is_not_whole_saves_nothing_and_says_so(visitor: Visitor, changed: dict[str, object]) -> None:
    answer = visitor.client.post("/cookies/", {"do": "save", "allow": ["analytics"], **visitor.hidden(), **changed})

    assert answer.status_code == 400
    page = answer.content.decode()
    assert "Nothing was saved." in page
    assert "<title>Error: Cookies" in page
    assert "DROP TABLE" not in page
    assert choice_cookie.NAME not in answer.cookies
    assert not Browser.objects.exists()


def test_gone_back_to_a_page_a_new_choice_is_a_new_choice(visitor: Visitor) -> None:
    key = choice_cookie.new_key()
    for allow in (["analytics"], ["functionality"], ["functionality"], ["analytics"]):
        visitor.press("save", *allow, key=key)

    rows = list(Choice.objects.order_by("id").values_list("allowed", flat=True))
    assert rows == [["analytics"], ["functionality"], ["analytics"]]
    assert Browser.objects.count() == 1
    assert visitor.remembered
    assert visitor.remembered.allowed == {"analytics"}


def test_something_new_is_asked_about_again_refusers_too(visitor: Visitor, organisation: Current) -> None:
    refuser = Visitor()
    refuser.press("none", path="/")
    visitor.press("save", "analytics")
    old = visitor.hidden()

    def another_recipient(content: dict[str, object]) -> None:
        content["cookies"]["cookies"]["visit"]["provider"] = "Another counter"  # type: ignore[index]  # JSON of the file

    new_version(organisation, another_recipient)

    assert refuser.is_asked("/")
    assert visitor.is_asked("/")
    assert "Our cookies changed since you chose." in visitor.see()
    answer = visitor.client.post("/cookies/", {"do": "all", **old})
    assert answer.status_code == 400
    assert "Our cookies changed while this page was open." in answer.content.decode()


def test_a_new_version_that_changes_no_cookie_asks_nobody(visitor: Visitor, organisation: Current) -> None:
    visitor.press("save", "analytics")

    new_version(organisation, lambda content: content["controller"].update(legal_name="Open-E GmbH"))

    assert not visitor.is_asked("/")
    assert "You allow: Counting visits." in visitor.see()
