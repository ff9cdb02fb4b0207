"""Where an act came from is coarse before it is kept, and sealed so that its deletion leaves nothing."""

import pytest
from django.test import RequestFactory

from consent.ledger.circumstances import Circumstances, browser_family, network, new_nonce

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"


@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:1234:5678::1", "2001:db8:1234::/48"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("not an address", ""),
        ("", ""),
    ],
)
def test_of_an_address_only_its_network_is_kept(address: str, kept: str) -> None:
    assert network(address) == kept


@pytest.mark.parametrize(
    ("user_agent", "family"),
    [
        (FIREFOX, "Firefox"),
        ("Mozilla/5.0 … Chrome/125.0 Safari/537.36 Edg/125.0", "Edge"),
        ("Mozilla/5.0 … Chrome/125.0 Safari/537.36 OPR/110.0", "Opera"),
        ("Mozilla/5.0 … Chrome/125.0 Mobile Safari/537.36", "Chrome"),
        ("Mozilla/5.0 (iPhone …) Version/17.4 Mobile/15E148 Safari/604.1", "Safari"),
        ("Googlebot/2.1", "bot"),
        ("Something of my own", "other"),
        ("", ""),
    ],
)
def test_of_a_browser_only_its_family_is_kept(user_agent: str, family: str) -> None:
    assert browser_family(user_agent) == family


def test_a_request_gives_its_circumstances_without_query() -> None:
    request = RequestFactory().get(
        "/preferences/?topic=newsletter", headers={"user-agent": FIREFOX}, REMOTE_ADDR="203.0.113.77"
    )
    assert Circumstances.of(request) == Circumstances("203.0.113.0/24", "Firefox", "/preferences/")


def test_a_path_that_holds_a_token_is_replaced_by_its_pattern() -> None:
    request = RequestFactory().post("/unsubscribe/secret-token/", REMOTE_ADDR="203.0.113.77")
    assert Circumstances.of(request, path="/unsubscribe/…/", staff="7").path == "/unsubscribe/…/"


def test_a_request_from_nowhere_has_no_network() -> None:
    assert Circumstances.of(RequestFactory().get("/", REMOTE_ADDR="")).ip == ""


def test_the_digest_needs_the_nonce() -> None:
    seen = Circumstances("203.0.113.0/24", "Firefox", "/")
    nonce = new_nonce()
    assert len(nonce) == 32
    assert seen.digest(nonce) == seen.digest(nonce) != seen.digest(new_nonce())
