"""How often something may be done, counted without keeping anybody's address."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from django.conf import settings as live_settings
from django.core.cache import cache
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from portal import limits


def test_the_first_few_may_and_the_next_may_not() -> None:
    assert [limits.allow("subscribe", "joan.archer@example.org", 3, 3600) for _ in range(5)] == [True] * 3 + [False] * 2


def test_case_blanks_and_width_make_no_new_key() -> None:
    assert limits.allow("subscribe", "Joan.Archer@Example.org", 1, 3600)
    assert not limits.allow("subscribe", " joan.archer@example.ORG ", 1, 3600)
    assert not limits.allow("subscribe", "ｊｏａｎ.archer@example.org", 1, 3600)


def test_people_and_scopes_are_counted_apart() -> None:
    assert limits.allow("subscribe", "joan.archer@example.org", 1, 3600)
    assert limits.allow("subscribe", "marek.nowak@example.com", 1, 3600)
    assert limits.allow("unsubscribe", "joan.archer@example.org", 1, 3600)


def test_twenty_at_once_are_counted_one_by_one() -> None:
    def attempt(_number: int) -> bool:
        return limits.allow("subscribe", "joan.archer@example.org", 5, 3600)

    with ThreadPoolExecutor(20) as pool:
        assert sum(pool.map(attempt, range(20))) == 5


@pytest.mark.django_db
def test_no_address_leaves_the_process(client: Client) -> None:
    limits.allow("subscribe", "joan.archer@example.org", 5, 3600)
    typed = {"login": "joan.archer@example.org", "password": "guessed"}
    client.post("/account/login/", typed, REMOTE_ADDR="192.0.2.77")
    with redis.Redis.from_url(live_settings.REDIS_URL) as server:
        keys = [key for key in server.scan_iter("*") if key.startswith(b"portal:")]
        stored = b" ".join([*keys, *(server.dump(key) or b"" for key in keys)])
    assert len(keys) >= 2, "ours and allauth's"
    for words in (b"joan", b"example", b"192.0.2"):
        assert words not in stored


def test_a_new_window_begins_at_nought(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("portal.limits.time.time", lambda: now)
    assert [limits.allow("code", "a", 1, 60) for _ in range(2)] == [True, False]
    now += 60
    assert limits.allow("code", "a", 1, 60)


def test_the_wait_is_what_is_left_of_the_window(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.limits.time.time", lambda: 3600 * 7 + 600.4)
    assert limits.retry_after(3600) == 3000


def test_a_counter_that_vanishes_each_time_blocks_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone(_key: str) -> int:
        raise ValueError("not found")

    monkeypatch.setattr(type(cache._connections[cache._alias]), "incr", lambda self, key: gone(key))  # type: ignore[attr-defined]  # the real cache behind Django's proxy
    assert limits.allow("subscribe", "joan.archer@example.org", 1, 3600)


@pytest.mark.parametrize(
    ("trusted", "forwarded", "client"),
    [
        (0, "", "192.0.2.1"),
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.66, 203.0.113.9", "203.0.113.9"),
        (2, "198.51.100.66, 203.0.113.9, 192.0.2.7", "203.0.113.9"),
        (2, "203.0.113.9", "192.0.2.1"),
        (1, "not an address", "192.0.2.1"),
        (1, "", "192.0.2.1"),
        (1, "2001:DB8::1", "2001:db8::1"),
    ],
)
def test_the_client_is_who_our_outermost_proxy_saw(
    get: RequestFactory, settings: Settings, trusted: int, forwarded: str, client: str
) -> None:
    settings.TRUSTED_PROXY_COUNT = trusted
    request = get.get("/", REMOTE_ADDR="192.0.2.1", headers={"X-Forwarded-For": forwarded})
    assert limits.client_ip(request) == client


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("", "unknown"),
    ],
)
def test_a_client_is_counted_by_address_or_by_its_ipv6_network(get: RequestFactory, address: str, network: str) -> None:
    assert limits.client_network(get.get("/", REMOTE_ADDR=address)) == network


@given(st.text(max_size=80), st.text(max_size=20))
def test_any_key_makes_a_name_the_cache_takes(key: str, scope: str) -> None:
    name = limits._name("scope", key, 60)
    assert len(name) < 100
    assert name.isascii()
    assert " " not in name
