"""Whatever goes wrong at the API, a machine is told in JSON; and who never asks does not pay for it."""

import json
import os
import subprocess
import sys
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from portal.organisation.versions import Current

WITHOUT = """
import django; django.setup()
from django.urls import reverse
from portal.celery import app
import portal.wsgi
app.loader.import_default_modules()
reverse("preferences")
import sys; print(sorted({name.partition(".")[0] for name in sys.modules} & {"ninja"}))
"""


def problem(response: Any) -> dict[str, object]:
    """What a refusal says of itself."""
    assert response["Content-Type"] == "application/problem+json"
    said: dict[str, object] = json.loads(response.content)
    assert said["status"] == response.status_code
    return said


@pytest.mark.django_db
def test_there_is_nothing_where_nothing_is(organisation: Current) -> None:
    for path in ("/api/v1/", "/api/v1/nothing", "/api/v1/docs", "/api/v1/cookies/<script>", "/api/v1/%0A"):
        assert problem(Client().get(path))["title"] == "Not Found"


@pytest.mark.django_db
def test_another_method_is_told_which_there_are(organisation: Current) -> None:
    response = Client().delete("/api/v1/cookies/config")

    assert problem(response)["status"] == 405
    assert response["Allow"] == "GET, OPTIONS"


@pytest.mark.django_db
def test_a_portal_without_an_organisation_says_come_back() -> None:
    response = Client().get("/api/v1/cookies/config?site=www")

    assert problem(response)["status"] == 503
    assert response["Retry-After"] == "30"


@pytest.mark.django_db
def test_a_database_that_is_away_is_no_page_of_errors(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise OperationalError("server closed the connection at 10.0.0.1")

    monkeypatch.setattr("portal.organisation.versions.current", away)

    response = Client().get("/api/v1/cookies/config?site=www")

    assert problem(response)["status"] == 503
    assert b"10.0.0.1" not in response.content


@pytest.mark.django_db
def test_a_fault_of_ours_is_logged_and_says_nothing_of_itself(
    organisation: Current, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_args: object, **_kwargs: object) -> None:
        raise LookupError("SELECT secret FROM somewhere")

    monkeypatch.setattr("consent.cookies.script_config.rendered", broken)

    response = Client().get("/api/v1/cookies/config?site=www")

    assert problem(response)["status"] == 500
    assert b"SELECT" not in response.content
    assert "The API failed." in caplog.text


def test_neither_the_start_of_the_portal_nor_a_worker_imports_the_api() -> None:
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", WITHOUT],
        capture_output=True,
        text=True,
        check=True,
        env=dict(os.environ),
    )
    assert done.stdout.strip() == "[]"
