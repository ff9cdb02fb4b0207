"""What a load balancer or a supervisor asks: does the process live, and is it ready to serve? No secrets inside."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from portal.database import database_now
from portal.jobs.models import JobRun

logger = logging.getLogger(__name__)

PATIENCE_SECONDS = 0.5
"""Longest wait for the broker."""
LATE_AFTER = timedelta(minutes=10)
"""The outbox is swept every 15 seconds; a last sweep older than this means that no worker is at work."""


@require_safe
def healthz(_request: HttpRequest) -> JsonResponse:
    """200 as long as the process answers; touches nothing else."""
    return JsonResponse({"status": "ok"})


@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """200 when everything below answers, else 503: database, migrations, broker, last sweep of the outbox.

    Each is one word: ``ok``, ``away``, ``pending`` (migrations), ``late`` or ``never`` (the sweep; a new install
    that has not swept yet is ready). ``last_sweep_at`` is in UTC.
    """
    found: dict[str, str | None] = {"broker": _broker()}
    try:
        found |= {"database": "ok", "migrations": _migrations()}
        if found["migrations"] == "ok":
            found |= _last_sweep()
    except (DatabaseError, InterfaceError):
        found |= {"database": "away"}
    ready = all(found.get(part) in ("ok", "never") for part in ("database", "migrations", "broker", "last_sweep"))
    return JsonResponse({"status": "ready" if ready else "not ready", **found}, status=200 if ready else 503)


def _broker() -> str:
    import redis  # here, because it takes a quarter of the time in which the portal starts
    from redis.backoff import NoBackoff
    from redis.exceptions import RedisError
    from redis.retry import Retry

    patience = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, retry=Retry(NoBackoff(), 0), **patience) as client:
            client.ping()
    except (RedisError, OSError):
        return "away"
    return "ok"


_migrated: set[str] = set()


def _migrations() -> str:
    """Whether every migration is applied; once found so it stays so for this process, whose code is fixed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    alias = str(connection.settings_dict["NAME"])
    if alias not in _migrated:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return "pending"
        _migrated.add(alias)
    return "ok"


def _last_sweep() -> dict[str, str | None]:
    runs = JobRun.objects.of("portal.outbox.sweep").succeeded()
    last = runs.order_by("-finished_at").values_list("finished_at", flat=True).first()
    if last is None:
        return {"last_sweep": "never", "last_sweep_at": None}
    late = database_now() - last > LATE_AFTER
    return {"last_sweep": "late" if late else "ok", "last_sweep_at": last.isoformat(timespec="seconds")}
