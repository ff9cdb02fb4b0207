"""What consent.js is told of a site: categories, words, cookie; kept for five minutes, then asked for by its name."""

import json
from typing import Any

import pytest
from django.test import Client

from consent.cookies import register
from portal.organisation import loader, versions
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current
from tests.cookies import asking
from tests.preferences.conftest import new_version

pytestmark = pytest.mark.django_db

FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_a_site_of_each_organisation_is_told_its_optional_categories_and_no_others(organisation: Current) -> None:
    origin = organisation.organisation.cookies.sites["www"].origins[0]

    said = asking.config(origin=origin).json()

    offered = register.optional(organisation.organisation, "www")
    assert [one["code"] for one in said["categories"]] == list(offered)
    assert [one["title"] for one in said["categories"]] == [str(one.title) for one in offered.values()]
    assert [one["gpc"] for one in said["categories"]] == [register.ends_by_gpc(one) for one in offered.values()]
    assert [one["default"] for one in said["categories"]] == [one.rule == "objection" for one in offered.values()]
    assert (said["site"], said["version"], said["valid_since"], said["language"]) == ("www", 1, 1, "en-gb")
    assert said["words"]["ask"] == str(organisation.organisation.cookies.sentence)
    assert said["register"] == "http://localhost:8000/cookies/"
    assert ("“Yes, all”" in said["words"]["gpc"]) is any(not one["gpc"] for one in said["categories"])


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_cookies_are_named_with_their_patterns_so_that_they_can_be_deleted(organisation: Current) -> None:
    site = organisation.organisation.cookies.sites["www"]

    (analytics,) = asking.config(origin=site.origins[0]).json()["categories"]

    assert analytics["signals"] == ["analytics_storage"]
    assert "_ga_*" in analytics["cookies"]


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_where_nothing_is_optional_there_is_nothing_to_ask(organisation: Current) -> None:
    site = organisation.organisation.cookies.sites["www"]

    said = asking.config(origin=site.origins[0]).json()

    assert said["categories"] == []


def test_signals_of_what_the_site_needs_are_granted_to_everybody(organisation: Current) -> None:
    assert asking.config().json()["signals"] == ["security_storage"]


def test_the_cookie_is_shared_on_the_parent_domain_only_by_pages_that_lie_in_it(organisation: Current) -> None:
    inside = asking.config(origin="https://staging.open-e.com").json()["cookie"]
    here = asking.config(origin="http://localhost:9000").json()["cookie"]

    assert (inside["name"], inside["domain"]) == ("choices", "open-e.com")
    assert (here["name"], here["domain"]) == ("choices", None)
    assert 181 <= inside["days"] <= 184


@pytest.mark.parametrize("organisation", ["openitio"], indirect=True)
def test_a_site_of_its_own_keeps_its_cookie_to_itself(organisation: Current) -> None:
    site = organisation.organisation.cookies.sites["www"]
    assert site.domain is None

    assert asking.config(origin=site.origins[0]).json()["cookie"]["name"] == "__Host-choices"


def test_the_configuration_is_kept_for_five_minutes_and_not_sent_twice(organisation: Current) -> None:
    first = asking.config()
    again = asking.config(headers={"If-None-Match": first["ETag"]})

    assert first["Cache-Control"] == "public, max-age=300"
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert asking.may_read(again) == asking.SITE


def test_a_new_version_of_the_file_has_another_name(organisation: Current) -> None:
    before = asking.config()
    document = json.loads(organisation.organisation.model_dump_json(by_alias=True))
    document["cookies"]["categories"]["analytics"]["sentence"] = "They count pages, and who reads them."
    loader.apply(Organisation.model_validate_json(json.dumps(document)))

    after = asking.config(headers={"If-None-Match": before["ETag"]})

    assert after.status_code == 200
    assert after.json()["version"] == 2
    assert after.json()["valid_since"] == register.valid_since(versions.current()) == 2


def test_a_site_that_began_to_use_a_category_asks_again_and_the_others_do_not(organisation: Current) -> None:
    def uses(content: dict[str, Any], *categories: str) -> None:
        for site in content["cookies"]["sites"].values():
            site["domain"] = None
        content["cookies"]["sites"]["forum"]["categories"] = categories

    new_version(organisation, lambda content: uses(content, "analytics"))
    new_version(versions.current(), lambda content: uses(content, "analytics", "sharing"))
    new_version(versions.current(), lambda content: uses(content, "sharing"))

    assert asking.config(origin="https://forum.open-e.com", site="forum").json()["valid_since"] == 3
    assert asking.config().json()["valid_since"] == 1


def test_a_new_neighbour_asks_nobody_who_chose_next_door(organisation: Current) -> None:
    def opens(content: dict[str, Any]) -> None:
        content["cookies"]["sites"]["shop"] = {"title": "Shop", "origins": ["https://shop.open-e.com"]}

    new_version(organisation, opens)

    assert asking.config(origin="https://shop.open-e.com", site="shop").json()["valid_since"] == 1


def test_a_language_the_portal_does_not_speak_is_answered_in_its_own(organisation: Current) -> None:
    for asked in ("en", "en-US", "xx", "", "<b>", "de-x-" + "a" * 20):
        assert asking.config(language=asked).json()["language"] == "en-gb"


def test_the_answer_depends_on_the_origin_and_on_nothing_else(organisation: Current) -> None:
    answer = asking.config(headers={"Accept-Language": "de", "Cookie": f"session={'a' * 32}; csrf={'b' * 32}"})

    assert answer["Vary"] == "Origin"
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies


@pytest.mark.parametrize("site", ["<script>", ""])
def test_an_unknown_site_is_named_as_the_fault_and_not_repeated(organisation: Current, site: str) -> None:
    answer = asking.config(site=site)

    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["field"] == "site"
    assert b"script" not in answer.content
    assert asking.may_read(answer) == asking.SITE


def test_head_is_answered_as_get_without_its_body(organisation: Current) -> None:
    answer = Client().head("/api/v1/cookies/config?site=www")

    assert (answer.status_code, answer.content) == (200, b"")
    assert int(answer["Content-Length"]) > 500


def test_who_asks_without_end_is_told_when_to_come_back(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("consent.cookies.api.READS_A_MINUTE", 2)
    for _ in range(2):
        assert asking.config().status_code == 200

    answer = asking.config()

    assert answer.status_code == 429
    assert 1 <= int(answer["Retry-After"]) <= 60
    assert asking.may_read(answer) == asking.SITE
