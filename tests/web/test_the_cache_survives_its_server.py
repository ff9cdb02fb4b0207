"""Counting goes on, and no page waits, whatever happens to the server that keeps the counts."""

import time
from collections.abc import Callable, Iterator

import pytest
import redis
from django.core.cache import cache, caches
from redis.exceptions import ConnectionError as Refused

from portal import cache as resilient
from portal import limits
from tests.servers import Valkey

pytestmark = pytest.mark.process
SLOW_MACHINE = 10  # seconds; without our care it would wait for ever


@pytest.fixture(autouse=True)
def _fresh(valkey: Valkey) -> Iterator[None]:
    """Begin and end with the server believed in, and nothing counted locally."""
    for _when in ("before", "after"):
        breaker().reset()
        caches["default"].clear()
        if _when == "before":
            yield


def breaker() -> resilient.Breaker:
    found = caches["default"]
    assert isinstance(found, resilient.ResilientRedisCache)
    return found.breaker


def how_long(act: Callable[[], object]) -> float:
    begun = time.monotonic()
    act()
    return time.monotonic() - begun


def test_a_server_that_answers_keeps_the_counts() -> None:
    cache.set("a", 1, 60)
    assert cache.incr("a") == 2
    assert cache.get_many(["a", "b"]) == {"a": 2}
    assert "a" in cache
    assert not breaker().is_open


@pytest.mark.parametrize("fault", ["stop", "hang"])
def test_without_the_server_every_operation_works_in_this_process(valkey: Valkey, fault: str) -> None:
    getattr(valkey, fault)()
    assert cache.add("a", 1, 60) is True
    assert cache.add("a", 2, 60) is False
    assert cache.incr("a", 4) == 5
    assert cache.touch("a", 60) is True
    cache.set("b", "x")
    assert cache.set_many({"c": 3}) == []
    assert cache.get_many(["a", "b", "c", "d"]) == {"a": 5, "b": "x", "c": 3}
    assert cache.has_key("c")
    assert cache.delete("c") is True
    cache.delete_many(["a"])
    assert cache.get("a", "gone") == "gone"
    with pytest.raises(ValueError, match="not found"):
        cache.incr("never")
    cache.clear()
    assert cache.get("b") is None
    assert breaker().is_open


def test_a_hung_server_costs_one_short_wait_and_then_none(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.get("warm")
    valkey.hang()
    assert how_long(lambda: cache.get("a")) < resilient.PATIENCE_SECONDS + SLOW_MACHINE
    tried: list[str] = []
    monkeypatch.setattr(redis.Redis, "get", lambda _self, key: tried.append(key))
    assert [cache.get("a") for _ in range(50)] == [None] * 50
    assert tried == []


def test_a_stopped_server_costs_no_wait(valkey: Valkey) -> None:
    cache.get("warm")
    valkey.stop()
    assert how_long(lambda: cache.get("a")) < resilient.PATIENCE_SECONDS + SLOW_MACHINE


def test_limits_hold_while_the_server_hangs(valkey: Valkey) -> None:
    valkey.hang()
    allowed = [limits.allow("subscribe", "joan.archer@example.org", 2, 3600) for _ in range(4)]
    assert allowed == [True, True, False, False]


def test_a_wiped_server_begins_to_count_anew(valkey: Valkey) -> None:
    assert [limits.allow("subscribe", "joan.archer@example.org", 1, 3600) for _ in range(2)] == [True, False]
    valkey.wipe()
    assert limits.allow("subscribe", "joan.archer@example.org", 1, 3600)


def test_after_its_rest_the_server_is_asked_again(valkey: Valkey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resilient, "REST_SECONDS", 0.2)
    valkey.stop()
    cache.set("a", "local", 60)
    valkey.start()
    time.sleep(0.25)
    cache.set("a", "shared", 60)
    assert not breaker().is_open
    breaker().trip(Refused("not to be asked"))
    assert cache.get("a") == "local", "what was kept meanwhile stayed in this process"


def test_one_line_is_logged_for_an_outage_and_it_holds_no_key(valkey: Valkey, caplog: pytest.LogCaptureFixture) -> None:
    valkey.stop()
    for _ in range(5):
        cache.get("joan.archer@example.org")
    lines = [record.getMessage() for record in caplog.records if record.name == "portal.cache"]
    assert len(lines) == 1
    assert "does not answer" in lines[0]
    assert "joan" not in lines[0]


def test_a_fault_that_is_not_the_servers_is_not_hidden() -> None:
    with pytest.raises(ValueError, match="not found"):
        cache.incr("missing")
    assert not breaker().is_open


def test_an_answer_of_the_wrong_kind_is_a_fault_too(monkeypatch: pytest.MonkeyPatch) -> None:
    breaker().trip(Refused("loading"))
    assert breaker().is_open
    assert cache.get("a", "default") == "default"
