"""What robots, password managers, security researchers and load balancers ask for."""

import time
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from portal import health
from portal.jobs.models import JobRun
from tests.servers import Valkey

if TYPE_CHECKING:
    from portal.organisation.versions import Current

pytestmark = pytest.mark.django_db


def test_security_txt_says_whom_to_tell_and_never_runs_out(organisation: "Current", client: Client) -> None:
    answer = client.get("/.well-known/security.txt")
    fields = dict(line.split(": ", 1) for line in answer.content.decode().splitlines())
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert fields["Contact"] == f"mailto:{organisation.organisation.controller.email}"
    left = datetime.fromisoformat(fields["Expires"]) - timezone.now()
    assert timedelta(days=30) < left < timedelta(days=365)
    assert fields["Canonical"].endswith("/.well-known/security.txt")


def test_password_managers_are_led_to_the_page(organisation: "Current", client: Client, joan: User) -> None:
    client.force_login(joan)
    assert client.get("/.well-known/change-password", follow=True).status_code == 200


def test_robots_stay_out_of_peoples_pages(client: Client) -> None:
    said = client.get("/robots.txt").content.decode().splitlines()
    assert said[0] == "User-agent: *"
    for path in ("/account/", "/admin/", "/preferences/", "/requests/", "/unsubscribe/", "/subscribe/"):
        assert f"Disallow: {path}" in said


def test_a_living_process_says_so_and_asks_nobody(
    client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/healthz").json() == {"status": "ok"}


def test_a_new_install_is_ready(client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready",
        "database": "ok",
        "migrations": "ok",
        "broker": "ok",
        "last_sweep": "never",
        "last_sweep_at": None,
    }


def swept(ago: timedelta) -> None:
    moment = timezone.now() - ago
    JobRun.objects.create(name="portal.outbox.sweep", started_at=moment, finished_at=moment, outcome="succeeded")


def test_a_recent_sweep_is_reported(client: Client) -> None:
    swept(timedelta(seconds=20))
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["last_sweep"] == "ok"
    assert answer.json()["last_sweep_at"].endswith("+00:00")


def test_a_sweep_long_ago_means_no_worker_works(client: Client) -> None:
    swept(timedelta(minutes=11))
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["last_sweep"] == "late"


@pytest.mark.process
@pytest.mark.parametrize("fault", ["stop", "hang"])
def test_a_broker_that_is_away_is_reported_soon(client: Client, valkey: Valkey, fault: str) -> None:
    getattr(valkey, fault)()
    begun = time.monotonic()
    answer = client.get("/readyz")
    assert time.monotonic() - begun < 15
    assert answer.status_code == 503
    assert answer.json()["broker"] == "away"
    assert answer.json()["database"] == "ok"


def test_pending_migrations_are_reported(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", set())
    monkeypatch.setattr("portal.health.MigrationExecutor.migration_plan", lambda *_: [("something", False)])
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["migrations"] == "pending"


def test_it_tells_no_secret(client: Client) -> None:
    said = client.get("/readyz").content.decode()
    assert "redis" not in said
    assert "sqlite" not in said
    assert "postgres" not in said
