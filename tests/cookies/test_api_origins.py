"""Pages of an organisation's sites may ask, each for its own site; pages elsewhere may not, and none with a session."""

from typing import Any

import pytest
from django.test import override_settings

from consent.cookies.choice_cookie import Credentials
from consent.cookies.models import Choice
from portal.organisation.versions import Current
from tests.cookies import asking

pytestmark = pytest.mark.django_db

ALL = ["/api/v1/cookies/config", asking.CHOICES, f"{asking.CHOICES}/{'0' * 16}"]
FORUM = "https://forum.open-e.com"
FOREIGN = [
    asking.ELSEWHERE,
    "null",
    "http://www.open-e.com",
    "https://www.open-e.com:8443",
    "https://www.open-e.com.example.net",
    "https://open-e.com",
    "https://www.open-e.com/",
    "HTTPS://WWW.OPEN-E.COM",
]


def preflight(path: str, origin: str) -> Any:
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
    return asking.options(path, {"Origin": origin, **asked})


@pytest.mark.parametrize("origin", FOREIGN)
def test_an_origin_that_is_not_exactly_the_sites_reads_and_writes_nothing(organisation: Current, origin: str) -> None:
    who = Credentials.drawn()
    answers = [
        asking.config(origin=origin),
        asking.send(asking.body(who), origin=origin),
        asking.in_force(who.reference, who.secret, origin=origin),
        *(preflight(path, origin) for path in ALL),
    ]

    for answer in answers:
        assert answer.status_code == 403
        assert asking.may_read(answer) is None
        assert "Origin" in answer["Vary"]
    assert not Choice.objects.exists()


def test_a_site_asks_for_itself_and_not_for_another(organisation: Current) -> None:
    asked = asking.config(origin=FORUM)
    sent = asking.send(asking.body(Credentials.drawn()), origin=FORUM)

    assert asked.status_code == sent.status_code == 403
    assert asking.may_read(asked) is None
    assert asking.config(origin=FORUM, site="forum").status_code == 200


@pytest.mark.parametrize("path", ALL)
def test_a_preflight_names_the_one_origin_the_methods_and_the_headers(organisation: Current, path: str) -> None:
    answer = preflight(path, asking.SITE)

    assert answer.status_code == 204
    assert answer["Access-Control-Allow-Origin"] == asking.SITE
    assert answer["Access-Control-Allow-Methods"] == ("POST" if path == asking.CHOICES else "GET")
    assert answer["Access-Control-Allow-Headers"] == "Content-Type, X-Consent-Secret"
    assert answer["Access-Control-Max-Age"] == "600"
    assert answer["Vary"] == "Origin"


def test_no_answer_ever_allows_credentials(organisation: Current) -> None:
    for answer in (asking.config(), asking.send(asking.body(choices={})), preflight(ALL[1], asking.SITE)):
        assert "Access-Control-Allow-Credentials" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_a_press_without_an_origin_is_no_browsers(organisation: Current) -> None:
    assert asking.send(asking.body(choices={}), origin=None).status_code == 403


def test_the_configuration_may_be_read_by_whoever_is_no_page(organisation: Current) -> None:
    answer = asking.config(origin=None)

    assert answer.status_code == 200
    assert asking.may_read(answer) is None


def test_the_portal_is_a_site_of_its_own(organisation: Current) -> None:
    assert asking.config(origin="http://localhost:8000", site="portal").status_code == 200
    assert asking.config(origin=asking.SITE, site="portal").status_code == 403


def test_pages_of_this_machine_may_try_a_demo_and_nothing_else(organisation: Current) -> None:
    for origin in ("http://localhost:9000", "http://127.0.0.1:9000"):
        assert asking.may_read(asking.config(origin=origin)) == origin
        with override_settings(DEMO=False):
            assert asking.config(origin=origin).status_code == 403
    assert asking.config(origin="http://localhost.example.net:80").status_code == 403


def test_a_page_elsewhere_does_not_use_up_what_its_visitors_network_may_send(
    organisation: Current, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("SAVES_A_MINUTE", "READS_A_MINUTE"):
        monkeypatch.setattr(f"consent.cookies.api.{name}", 1)
    who = Credentials.drawn()
    for _ in range(2):
        asking.send(asking.body(choices={}), origin=asking.ELSEWHERE)
        asking.config(origin=asking.ELSEWHERE)
        asking.in_force(who.reference, who.secret, origin=asking.ELSEWHERE)

    assert asking.send(asking.body(choices={})).status_code == 200
    assert asking.config().status_code == 200
    assert asking.in_force(who.reference, who.secret).status_code == 404
