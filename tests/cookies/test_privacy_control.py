"""``Sec-GPC: 1`` refuses what others would receive, without asking; what the person says themselves counts more."""

from __future__ import annotations

import json
from datetime import date

import pytest

from consent.cookies import register
from consent.cookies.models import Choice, Refusals
from portal.organisation.models import OrganisationVersion
from portal.organisation.versions import Current
from tests.cookies.conftest import Visitor
from tests.preferences.conftest import new_version, words_of

pytestmark = pytest.mark.django_db
GPC = {"Sec-GPC": "1"}
SAID = "so these stay off: Social media and advertising."


def test_the_banner_says_what_stays_off_and_asks_about_the_rest(visitor: Visitor) -> None:
    page = visitor.see("/", **GPC)

    assert SAID in page
    assert "Yes, all" in page


def test_yes_to_all_is_yes_to_what_was_asked(visitor: Visitor) -> None:
    visitor.press("all", path="/", headers=GPC)

    choice = Choice.objects.get()
    assert (choice.allowed, choice.refused, choice.signal) == (["functionality", "analytics"], ["sharing"], True)


def test_a_choice_made_under_the_signal_wins_and_is_recorded_as_such(visitor: Visitor) -> None:
    visitor.press("save", "sharing", headers=GPC)

    assert Choice.objects.get().signal
    assert visitor.remembered
    assert visitor.remembered.under_gpc
    page = visitor.see(**GPC)
    assert "You allow: Social media and advertising." in page
    assert SAID not in page


def test_a_yes_from_before_the_signal_came_on_does_not(visitor: Visitor) -> None:
    visitor.press("save", "sharing", "analytics")

    page = visitor.page(**GPC)

    assert "You allow: Counting visits." in words_of(page)
    assert SAID in words_of(page)
    assert "Off, because your browser asks for it." in words_of(page)
    assert page.count(" checked") == 1
    assert "You allow: Counting visits and Social media and advertising." in visitor.see()


@pytest.mark.parametrize("value", ["0", "true", "1,1", "", "01", "1;"])
def test_anything_but_a_one_is_no_signal(visitor: Visitor, value: str) -> None:
    assert SAID not in visitor.see("/", **{"Sec-GPC": value})


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_where_the_signal_leaves_nothing_to_ask_there_is_no_banner(organisation: Current, visitor: Visitor) -> None:
    assert visitor.is_asked("/")
    assert not visitor.is_asked("/", **GPC)
    assert "so these stay off: Site analytics." in visitor.see(**GPC)
    shown = register.shown(organisation, "www", signal=True).body
    assert "so these stay off: Site analytics." in shown
    assert "Yes, all" not in shown, "on a site it is the same: nothing is left that it would allow"


@pytest.mark.parametrize(
    ("organisation", "then", "now"),
    [("open-e", {}, GPC), ("open-e", GPC, {}), ("openitio", {}, GPC)],
    indirect=["organisation"],
)
def test_yes_to_all_is_no_answer_once_the_signal_changed_what_all_is(
    organisation: Current, visitor: Visitor, then: dict[str, str], now: dict[str, str]
) -> None:
    """A yes that allows nothing would be kept as a no, and one to what the banner said stays off as a yes."""
    answer = visitor.client.post("/cookies/", {**visitor.hidden("/", **then), "do": "all"}, headers=now)
    assert answer.status_code == 400
    assert [Choice.objects.exists(), Refusals.objects.exists(), visitor.remembered] == [False, False, None]
    assert "Global Privacy Control changed while this page was open" in words_of(answer.content.decode())
    for do in ("none", "save"):  # these mean what they say whatever the signal
        said = {**visitor.hidden("/", **then), "do": do}
        assert visitor.client.post("/cookies/", said, headers=now).status_code == 302
        visitor.client.cookies.clear()


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_where_the_signal_leaves_nothing_to_ask_there_is_no_all(organisation: Current, visitor: Visitor) -> None:
    assert "Yes, all" not in visitor.see(**GPC)
    forged = {**visitor.hidden(), "do": "all", "gpc": "1"}
    assert visitor.client.post("/cookies/", forged, headers=GPC).status_code == 400
    assert not Refusals.objects.exists()
    visitor.press("save", "analytics", headers=GPC)
    assert Choice.objects.get().allowed == ["analytics"]


def test_the_file_may_say_that_the_signal_refuses_more(visitor: Visitor, organisation: Current) -> None:
    def also_counting(content: dict[str, object]) -> None:
        content["cookies"]["categories"]["analytics"]["refused_by_gpc"] = True  # type: ignore[index]  # JSON of the file

    new_version(organisation, also_counting)

    assert "so these stay off: Counting visits and Social media and advertising." in visitor.see("/", **GPC)


def test_caches_are_told_that_the_page_depends_on_it(visitor: Visitor) -> None:
    for path in ("/", "/cookies/", "/subscribe/"):
        vary = visitor.client.get(path)["Vary"]
        assert {"Cookie", "Sec-GPC"} <= {one.strip() for one in vary.split(",")}
    assert "Sec-GPC" not in visitor.client.get("/robots.txt").get("Vary", "")


def test_the_portal_says_that_it_honours_the_signal(visitor: Visitor) -> None:
    answer = visitor.client.get("/.well-known/gpc.json")

    said = json.loads(answer.content)
    assert answer["Content-Type"] == "application/json"
    assert said["gpc"] is True
    assert set(said) == {"gpc", "lastUpdate"}
    assert date.fromisoformat(said["lastUpdate"]) == OrganisationVersion.objects.get().loaded_at.date()
    assert not answer.cookies


def test_other_sites_get_the_same_file_to_publish(visitor: Visitor) -> None:
    answer = visitor.client.get("/cookies/gpc.json")

    assert answer.content == visitor.client.get("/.well-known/gpc.json").content
    assert answer["Content-Disposition"] == 'attachment; filename="gpc.json"'
