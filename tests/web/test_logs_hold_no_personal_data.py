"""What reaches the log is enough to find a fault, and says nothing about a person."""

import io
import logging
from typing import Any

import pytest
from django.conf import settings

from portal.logs import DiscreetFormatter, discreet

TOKEN = "eyJwIjoidW5zdWJzY3JpYmUifQ:1tXyz9:Qm9vb29vb29vb29vb2"


@pytest.mark.parametrize(
    "path",
    [
        f"/unsubscribe/{TOKEN}/",
        f"/preferences/{TOKEN}/",
        f"/subscribe/confirm/{TOKEN}/",
        f"/account/password/reset/key/{TOKEN}/",
        f"/account/confirm-email/{TOKEN}/",
        f"/requests/{TOKEN}/",
        f"/requests/{TOKEN}/withdraw/",
    ],
)
def test_a_link_from_a_mail_is_logged_without_its_token(path: str) -> None:
    line = discreet(f"Internal Server Error: {path}")
    assert TOKEN not in line
    assert path.split("/")[1] in line


@pytest.mark.parametrize(
    "path",
    [
        "/api/v1/cookies/choices/{}",
        "/admin/consent_cookies/browser/{}/change/",
    ],
)
@pytest.mark.parametrize("reference", ["7QK2M9XA4TBD10CE", "7qk2-m9xa-4tbd-10ce"])
def test_a_browsers_reference_is_not_logged(path: str, reference: str) -> None:
    assert discreet(f"Internal Server Error: {path.format(reference)}") == (
        f"Internal Server Error: {path.format('•••')}"
    )


def test_neither_a_request_nor_its_files_are_named_in_the_log() -> None:
    request, file = "5b0a8f8e-6a55-4d2e-9a5e-0d6f1b6a9c11", "c7f0d2d3-2a55-4d2e-8a5e-9d6f1b6a9c22"
    line = discreet(f"Not Found: /requests/{request}/files/{file}/")
    assert request not in line
    assert file not in line


def test_ordinary_paths_and_tracebacks_stay_readable() -> None:
    text = 'File "/srv/portal/consent/preferences/views/unsubscribe_pages.py", line 12, in view'
    assert discreet(text) == text
    assert discreet("Not Found: /account/email/") == "Not Found: /account/email/"


def test_addresses_are_blanked() -> None:
    assert discreet("to joan.archer@example.org, failed") == "to •••, failed"
    assert "marek" not in discreet("user='marek.nowak@example.com'")


def test_the_row_that_broke_a_constraint_is_not_repeated() -> None:
    detail = "DETAIL:  Key (channel, identity)=(sms, +447700900123) already exists."
    text = f'duplicate key value violates "one"\n{detail}\n\nThe above'
    assert "+447700900123" not in discreet(text)
    assert "duplicate key value" in discreet(text)
    assert "The above" in discreet(text)


def test_a_traceback_is_made_discreet_too() -> None:
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(DiscreetFormatter("%(message)s"))
    error = LookupError("no such person: joan.archer@example.org")
    words = f"Internal Server Error: /unsubscribe/{TOKEN}/"
    handler.emit(logging.LogRecord("portal", logging.ERROR, __file__, 1, words, (), (LookupError, error, None)))
    assert "LookupError" in out.getvalue()
    assert "joan" not in out.getvalue()
    assert TOKEN not in out.getvalue()


def test_every_handler_of_the_settings_writes_discreetly() -> None:
    declared: dict[str, Any] = settings.LOGGING
    formatters = {handler["formatter"] for handler in declared["handlers"].values()}
    assert {declared["formatters"][name]["()"] for name in formatters} == {"portal.logs.DiscreetFormatter"}


@pytest.mark.parametrize("name", ["django", "django.server", "django.request"])
def test_django_writes_through_no_handler_of_its_own(name: str) -> None:
    assert logging.getLogger(name).handlers == []
