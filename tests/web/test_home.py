"""The privacy centre's front page speaks for the organisation whose it is, and links only to what exists."""

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.test import Client

from accounts.models import User
from portal.home import policy, ways
from portal.organisation.schema import Organisation
from tests.preferences.conftest import new_version

if TYPE_CHECKING:
    from portal.organisation.versions import Current

pytestmark = pytest.mark.django_db

FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


def home(client: Client) -> str:
    answer = client.get("/")
    assert answer.status_code == 200
    return unescape(answer.content.decode())


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_it_names_who_they_are_and_where_to_complain(organisation: "Current", client: Client) -> None:
    page, who = home(client), organisation.organisation
    assert f"<title>Your privacy at {who.name} – {who.name}</title>" in page
    assert who.controller.legal_name in page
    assert f"mailto:{who.controller.email}" in page
    assert str(who.authority.name) in page
    assert who.authority.website in page
    assert ", ".join(who.authority.address) in page


@pytest.mark.parametrize(
    ("organisation", "title"),
    [("openmarket", "Choose your cookies"), ("open-ecx", "See our cookies")],
    indirect=["organisation"],
)
def test_where_no_cookie_is_optional_it_does_not_ask_to_choose(
    organisation: "Current", client: Client, title: str
) -> None:
    assert f'<a href="/cookies/">{title}</a>' in home(client)


@pytest.mark.parametrize(
    ("organisation", "words"),
    [
        ("openmarket", "In force from 2 October 2017."),
        ("open-ecx", "Last updated 21 June 2018."),
        ("opencontact", "Undated"),
        ("openitio", "Released February 2020."),
        ("open-e", "Last updated 25 May 2018."),
    ],
    indirect=["organisation"],
)
def test_the_policy_stands_with_its_date_or_as_undated(organisation: "Current", client: Client, words: str) -> None:
    assert words in home(client)


def test_without_an_address_of_the_policy_no_link_promises_its_text(organisation: "Current", client: Client) -> None:
    page = home(client)

    assert ">About our privacy policy of 25 May 2018</a>" in page
    assert "The whole text is not in this privacy centre. Ask us for it:" in page


def test_where_the_policy_stands_elsewhere_both_links_lead_there_and_say_so(
    organisation: "Current", client: Client
) -> None:
    address = "https://www.example.org/privacy"
    new_version(organisation, lambda content: content["notices"]["privacy"].update(url=address))

    page = home(client)

    assert page.count(f'href="{address}"') == page.count("(on another site)") == 2
    assert "The whole text is not in this privacy centre" not in page


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_it_wears_the_organisations_colour(organisation: "Current", client: Client) -> None:
    colour = organisation.organisation.look.brand
    (address,) = re.findall(r'href="(/brand-[^"]+)"', home(client))
    sheet = client.get(address)
    assert sheet.content.decode() == f":root{{--brand:{colour}}}\n"
    assert sheet["Content-Type"] == "text/css; charset=utf-8"
    assert "immutable" in sheet["Cache-Control"]


@pytest.mark.parametrize(
    "path", ["/brand-.css", "/brand-red.css", "/brand-0b6f744.css", "/brand-0B6F74.css", "/brand-0b6f7};.css"]
)
def test_a_colour_sheet_is_six_digits_and_nothing_else(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_every_link_on_it_leads_somewhere(organisation: "Current", client: Client) -> None:
    page = home(client)
    links = {link for link in re.findall(r'href="(/[^"]*)"', page) if not link.startswith("/static/")}
    assert links
    for link in links:
        path, _hash, anchor = link.partition("#")
        answer = client.get(path, follow=True)
        assert answer.status_code == 200, link
        assert not anchor or f'id="{anchor}"' in answer.content.decode(), link


def test_visitors_may_sign_in_and_people_see_their_name(organisation: "Current", client: Client, joan: User) -> None:
    assert ">Sign in</a>" in home(client)
    client.force_login(joan)
    page = home(client)
    assert ">Sign in</a>" not in page
    assert joan.get_short_name() in page
    assert ">Sign out</a>" in page
    assert "Desk" not in page


def test_staff_find_the_desk(organisation: "Current", client: Client, priya: User) -> None:
    client.force_login(priya)
    assert ">Desk</a>" in home(client)


def test_the_language_of_the_page_is_said(organisation: "Current", client: Client) -> None:
    assert '<html lang="en-gb">' in home(client)


# The registry of ways in


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ways, "_ways", {})


def words(organisation: Organisation) -> str:
    return f"All of {organisation.name}."


@pytest.mark.usefixtures("registry")
def test_a_page_registers_its_way_in(organisation: "Current", client: Client) -> None:
    ways.register(ways.Way("second", "healthz", "Second", words, order=2))
    ways.register(ways.Way("first", "home", "First", words, nav="Start", order=1))
    page = home(client)
    assert page.index(">First</a>") < page.index(">Second</a>")
    assert "Your ways in" in page
    assert f"All of {organisation.organisation.name}." in page
    assert re.findall(r'<li><a href="([^"]+)">Start</a>', page) == ["/"]


@pytest.mark.usefixtures("registry")
def test_registering_twice_is_harmless_and_two_of_one_name_stop_the_start() -> None:
    way = ways.Way("first", "home", "First", words)
    ways.register(way)
    ways.register(way)
    with pytest.raises(ImproperlyConfigured, match="'first'"):
        ways.register(ways.Way("first", "home", "Another", words))


@pytest.mark.usefixtures("registry")
def test_without_any_way_in_the_section_is_left_out(organisation: "Current", client: Client) -> None:
    assert 'id="ways"' not in home(client)


@pytest.mark.parametrize(
    ("partial", "said"), [("2018-06-21", "21 June 2018"), ("2020-02", "February 2020"), ("2020", "2020")]
)
def test_a_date_is_as_exact_as_it_was_printed(partial: str, said: str) -> None:
    assert policy.date_in_words(partial) == said
