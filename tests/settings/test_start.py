"""The portal does not start on wrong settings: one clear error, naming the variable."""

import os
import subprocess
import sys

import pytest
from django.conf import settings

SECRET = "0123456789" * 5
PRODUCTION = {
    "PATH": os.environ["PATH"],
    "SECRET_KEY": SECRET,
    "LINK_KEYS": f"a:{SECRET}",
    "SUPPRESSION_KEYS": f"a:{SECRET}",
    "IDENTITY_KEYS": f"a:{SECRET}",
    "FILE_KEYS": f"a:{SECRET}",
    "BASE_URL": "https://privacy.example.org",
    "ALLOWED_HOSTS": "privacy.example.org",
    "SMTP_URL": "smtp://localhost",
}


def read(code: str, **changes: str | None) -> subprocess.CompletedProcess[str]:
    variables = {name: value for name, value in {**PRODUCTION, **changes}.items() if value is not None}
    words = [sys.executable, "-c", f"from portal import settings as s; {code}"]
    return subprocess.run(words, env=variables, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    "name",
    [
        "SECRET_KEY",
        "LINK_KEYS",
        "SUPPRESSION_KEYS",
        "IDENTITY_KEYS",
        "FILE_KEYS",
        "BASE_URL",
        "SMTP_URL",
        "ALLOWED_HOSTS",
    ],
)
def test_production_has_no_default_for_what_must_be_chosen(name: str) -> None:
    done = read("pass", **{name: None})
    assert done.returncode != 0
    assert done.stderr.strip().splitlines()[-1].startswith(f"django.core.exceptions.ImproperlyConfigured: {name} is ")


def test_a_wrong_value_never_shows_a_secret() -> None:
    done = read("pass", LINK_KEYS=f"not-an-id:{SECRET}")
    assert done.returncode != 0
    assert SECRET not in done.stderr


def test_production_over_https_uses_host_cookies_and_two_years_of_hsts() -> None:
    done = read(
        "print(s.SESSION_COOKIE_NAME, s.CSRF_COOKIE_NAME, s.SECURE_HSTS_SECONDS, s.SESSION_COOKIE_SECURE, s.DEBUG)"
    )
    assert done.stdout.split() == ["__Host-session", "__Host-csrf", "63072000", "True", "False"]


def test_production_has_no_demo() -> None:
    assert read("print('portal.demo' in s.INSTALLED_APPS)").stdout.strip() == "False"


def test_the_demo_needs_nothing() -> None:
    nothing: dict[str, str | None] = dict.fromkeys(PRODUCTION)
    done = read("print(s.BASE_URL)", **nothing | {"DEMO": "1"})
    assert done.stdout.strip() == "http://localhost:8000"
