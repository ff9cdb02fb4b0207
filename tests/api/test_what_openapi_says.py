"""The description of the API is true: its examples run as they stand, and whatever fits it is answered as it says."""

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, given
from hypothesis import settings as at_most
from hypothesis import strategies as some
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from consent.cookies.models import Choice
from portal.organisation.versions import Current
from tests.processes import LivePortal

ADDRESS = "/api/v1/openapi.json"
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TRUE = {"site": "www", "version": 1, "choices": {"analytics": True}, "reference": "0" * 16, "secret": "s" * 22}


@pytest.mark.django_db(transaction=True)
def test_whatever_is_sent_is_answered_as_described(organisation: Current, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.limits.allow", lambda *_args: True)
    schema = schemathesis.openapi.from_wsgi(ADDRESS, get_wsgi_application())
    names = []
    for found in schema.get_all_operations():
        assert isinstance(found, Ok)
        operation = found.ok()
        names.append(operation.definition.raw["operationId"])

        @given(case=operation.as_strategy(), true=some.sets(some.sampled_from(sorted(TRUE))))
        @at_most(max_examples=40, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        def answered(case: Any, true: set[str]) -> None:
            make_true(case, true)
            response = case.call(headers={"Origin": "https://www.open-e.com"})
            case.validate_response(response, checks=CHECKS)

        answered()

    assert names == ["cookieConfig", "keepChoice", "choiceInForce"]


def make_true(case: Any, names: set[str]) -> None:
    """Put what holds of this portal in the place of some of what was drawn, or nothing would pass the first check."""
    if case.operation.method == "post" and isinstance(case.body, dict):
        case.body |= {name: TRUE[name] for name in names}
    elif "site" in names and "site" in (case.query or {}):
        case.query["site"] = "www"


def described_calls(portal: LivePortal) -> list[str]:
    """The calls in the description, in its order."""
    paths = json.loads(run(f"curl {portal.url}{ADDRESS}"))["paths"].values()
    return calls_in("\n".join(operation["description"] for path in paths for operation in path.values()))


def documented_calls(_portal: LivePortal) -> list[str]:
    """The calls in the documentation, in its order."""
    return calls_in((settings.BASE_DIR / "docs/cookies-api.md").read_text(encoding="utf-8"))


def calls_in(text: str) -> list[str]:
    return re.findall(r"```sh\n(.*?)\n```", text, re.DOTALL)


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("calls", [described_calls, documented_calls])
def test_the_examples_run_as_they_are_pasted(
    live_portal: LivePortal, organisation: Current, calls: Callable[[LivePortal], list[str]]
) -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on this machine")

    pasted = [call.replace(settings.BASE_URL, live_portal.url) for call in calls(live_portal)]
    asked, kept, read = (json.loads(run(call)) for call in pasted)

    assert asked["version"] == organisation.number
    assert kept == read
    assert Choice.objects.get().allowed == kept["allowed"]
    assert set(kept["allowed"]) < {category["code"] for category in asked["categories"]}


def run(command: str) -> str:
    """What the shell prints; a status of 400 or more fails."""
    done = subprocess.run(
        ["bash", "-c", command.replace("curl ", "curl -sS --fail-with-body ", 1)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
