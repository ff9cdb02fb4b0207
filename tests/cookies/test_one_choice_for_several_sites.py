"""Sites that lie under one domain share one choice, as the organisation file says: the portal too."""

import pytest
from pytest_django import Settings

from consent.cookies import place
from consent.cookies.choice_cookie import Credentials, Remembered, new_key, written
from consent.cookies.place import Place
from portal.organisation.schema import PORTAL_SITE
from portal.organisation.versions import Current
from tests.cookies.conftest import Visitor

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("origin", "site", "name", "domain"),
    [
        ("https://www.open-e.com", "www", "choices", "open-e.com"),
        ("https://open-e.com", "www", "choices", "open-e.com"),
        ("https://not-open-e.com", "www", "__Host-choices", None),
        ("http://localhost:8301", "www", "choices", None),
        ("", "www", "choices", "open-e.com"),
        ("https://privacy.open-e.com", PORTAL_SITE, "choices", "open-e.com"),
        ("https://privacy.example.org", PORTAL_SITE, "__Host-choices", None),
    ],
)
def test_a_page_keeps_the_choice_where_its_neighbours_find_it(
    organisation: Current, origin: str, site: str, name: str, domain: str | None
) -> None:
    kept = place.on_site(origin, organisation.organisation, site)

    assert (kept.name, kept.domain) == (name, domain)


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_without_a_domain_in_common_each_host_keeps_its_own(organisation: Current) -> None:
    assert place.on_site("https://www.openitio.com", organisation.organisation, "www") == Place(None, secure=True)
    assert place.on_site("", organisation.organisation, "www").domain is None


def test_a_portal_under_that_domain_asks_nobody_who_chose_next_door(
    organisation: Current, visitor: Visitor, settings: Settings
) -> None:
    settings.BASE_URL = "https://privacy.open-e.com"
    next_door = Remembered(organisation.number, frozenset({"analytics"}), Credentials("0" * 16, new_key()))
    assert visitor.is_asked()

    visitor.client.cookies["choices"] = written(next_door)

    assert not visitor.is_asked()
    assert "You allow: Counting visits." in visitor.see()


def test_what_is_chosen_on_such_a_portal_is_kept_on_the_domain(
    organisation: Current, visitor: Visitor, settings: Settings
) -> None:
    settings.BASE_URL = "https://privacy.open-e.com"

    cookie = visitor.press("none").cookies["choices"]

    assert cookie.value == f"refused.{organisation.number}."
    assert cookie["domain"] == "open-e.com"
    assert cookie["secure"]


def test_a_portal_elsewhere_does_not_believe_a_cookie_that_a_neighbour_could_set(
    organisation: Current, visitor: Visitor, settings: Settings
) -> None:
    settings.BASE_URL = "https://privacy.example.org"
    visitor.client.cookies["choices"] = "refused.1."

    assert visitor.is_asked()

    assert visitor.press("none").cookies["__Host-choices"]["domain"] == ""
    assert not visitor.is_asked()


APART = "These sites ask you themselves and keep their own answer, so change it there: Website and shop, Forum, Blog."


@pytest.mark.parametrize(("portal", "told"), [("privacy.example.org", True), ("privacy.open-e.com", False)])
def test_the_page_names_the_sites_whose_choice_it_neither_shows_nor_changes(
    visitor: Visitor, settings: Settings, portal: str, told: bool
) -> None:
    settings.BASE_URL = f"https://{portal}"

    assert (APART in visitor.see()) is told
