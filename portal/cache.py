"""The shared cache, which counts attempts: Redis or Valkey, and this process's own memory while that is away.

A page must never fail or hang because a counter cannot be kept. After a fault the process counts for itself for
some seconds, then tries the server again; limits are then per process, looser but still there.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from django.utils.crypto import salted_hmac
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.25
"""Longest wait for the server to take a connection or to answer."""
REST_SECONDS = 5.0
"""How long a server that failed is left alone."""


def scrambled_key(key: str, key_prefix: str, version: int) -> str:
    """KEY_FUNCTION: a keyed hash. allauth counts by IP address, and no address shall lie in the cache."""
    digest = salted_hmac("portal.cache", f"{version}:{key}", algorithm="sha256").hexdigest()
    return f"{key_prefix}:{digest[:40]}"


class Breaker:
    """Remembers for one server, over all threads of the process, until when it is left alone."""

    _known: dict[str, Breaker] = {}
    _guard = threading.Lock()

    def __init__(self) -> None:
        self._closed_again = 0.0

    @classmethod
    def of(cls, server: str) -> Breaker:
        with cls._guard:
            return cls._known.setdefault(server, cls())

    @property
    def is_open(self) -> bool:
        return time.monotonic() < self._closed_again

    def trip(self, error: Exception) -> None:
        if not self.is_open:
            logger.warning("The cache does not answer (%s): counting in this process.", type(error).__name__)
        self._closed_again = time.monotonic() + REST_SECONDS

    def reset(self) -> None:
        self._closed_again = 0.0


class ResilientRedisCache(RedisCache):
    """Django's Redis cache with short patience and a local cache behind it."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        connection = {
            "socket_timeout": PATIENCE_SECONDS,
            "socket_connect_timeout": PATIENCE_SECONDS,
            "retry": Retry(NoBackoff(), 0),
            **params.get("OPTIONS", {}),
        }
        super().__init__(server, {**params, "OPTIONS": connection})
        name = server if isinstance(server, str) else ",".join(server)
        self.breaker = Breaker.of(name)
        self._local = LocMemCache(f"behind {name}", {k: v for k, v in params.items() if k != "OPTIONS"})

    def _ask(self, operation: str, *args: Any) -> Any:
        if not self.breaker.is_open:
            try:
                return getattr(super(), operation)(*args)
            except (RedisError, OSError) as error:
                self.breaker.trip(error)
        return getattr(self._local, operation)(*args)

    def add(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("add", key, value, timeout, version))

    def get(self, key: Any, default: Any = None, version: int | None = None) -> Any:
        return self._ask("get", key, default, version)

    def set(self, key: Any, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> None:
        self._ask("set", key, value, timeout, version)

    def touch(self, key: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        return bool(self._ask("touch", key, timeout, version))

    def delete(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("delete", key, version))

    def get_many(self, keys: Iterable[Any], version: int | None = None) -> dict[Any, Any]:
        found: dict[Any, Any] = self._ask("get_many", list(keys), version)
        return found

    def has_key(self, key: Any, version: int | None = None) -> bool:
        return bool(self._ask("has_key", key, version))

    def incr(self, key: Any, delta: int = 1, version: int | None = None) -> int:
        """The new count; ValueError for a key that is not there, as Django has it."""
        return int(self._ask("incr", key, delta, version))

    def set_many(self, data: dict[Any, Any], timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> list[Any]:
        failed: list[Any] = self._ask("set_many", data, timeout, version)
        return failed

    def delete_many(self, keys: Iterable[Any], version: int | None = None) -> None:
        self._ask("delete_many", list(keys), version)

    def clear(self) -> None:
        self._local.clear()
        self._ask("clear")
