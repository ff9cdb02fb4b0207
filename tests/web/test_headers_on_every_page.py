"""Every answer, errors and admin included, carries the headers of a site nobody can frame, sniff or load elsewhere."""

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from django.conf import settings as live_settings
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User

if TYPE_CHECKING:
    from portal.organisation.versions import Current

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.faults")]

POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
    "manifest-src 'self'",
}
ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
}
PATHS = [
    "/",
    "/account/login/",
    "/account/signup/",
    "/account/password/reset/",
    "/requests/",
    "/requests/new/access/",
    "/brand-0b6f74.css",
    "/robots.txt",
    "/healthz",
    "/readyz",
    "/.well-known/security.txt",
    "/.well-known/change-password",
    "/static/portal.css",
    "/admin/",
    "/admin/login/",
    "/no/such/page",
    "/fault/400",
    "/fault/403",
    "/fault/405",
    "/fault/413",
    "/fault/429",
    "/fault/500",
    "/fault/503",
    "/fault/503/organisation",
]


@pytest.mark.parametrize("path", PATHS)
def test_an_answer_carries_them(organisation: "Current", kind_client: Client, path: str) -> None:
    answer = kind_client.get(path)
    assert {part.strip() for part in answer["Content-Security-Policy"].split(";")} == POLICY
    assert {name: answer[name] for name in ALWAYS} == ALWAYS
    assert "Access-Control-Allow-Origin" not in answer


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/accounts/user/", "/account/", "/account/password/change/", "/admin/nothing/"]
)
def test_pages_of_staff_carry_them_too(organisation: "Current", kind_client: Client, priya: User, path: str) -> None:
    kind_client.force_login(priya)
    answer = kind_client.get(path)
    assert {part.strip() for part in answer["Content-Security-Policy"].split(";")} == POLICY
    assert {name: answer[name] for name in ALWAYS} == ALWAYS
    assert "no-store" in answer["Cache-Control"]


def test_a_fault_in_the_middleware_itself_carries_them(
    organisation: "Current", kind_client: Client, joan: User, break_sessions: Callable[[], None]
) -> None:
    break_sessions()
    answer = kind_client.post("/account/login/", {"login": joan.email, "password": "correct horse battery"})
    assert answer.status_code == 503
    assert "was not saved" in answer.content.decode()
    assert {name: answer[name] for name in ALWAYS} == ALWAYS
    assert "Content-Security-Policy" in answer


@pytest.mark.parametrize(
    "path", ["/", "/account/login/", "/requests/", "/no/such/page", "/fault/500", "/fault/503", "/healthz", "/readyz"]
)
def test_nothing_is_kept_by_browsers_and_proxies(organisation: "Current", kind_client: Client, path: str) -> None:
    assert "no-store" in kind_client.get(path)["Cache-Control"]


def test_over_https_the_browser_is_told_to_stay_there(
    organisation: "Current", client: Client, settings: Settings
) -> None:
    settings.SECURE_HSTS_SECONDS = 63_072_000
    assert Client().get("/", secure=True)["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def test_plain_http_is_sent_to_https_but_probes_are_answered(organisation: "Current", settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert Client().get("/")["Location"].startswith("https://")
    assert Client().get("/healthz").status_code == 200


def test_cookies_name_nobody_and_are_not_for_scripts(organisation: "Current", client: Client) -> None:
    client.get(reverse("account_login"))
    assert set(client.cookies) <= {live_settings.CSRF_COOKIE_NAME, live_settings.SESSION_COOKIE_NAME}
    for cookie in client.cookies.values():
        assert cookie["httponly"]
        assert cookie["samesite"] == "Lax"
        assert not cookie["domain"]


def test_a_visitor_of_the_home_page_gets_no_cookie(organisation: "Current", client: Client) -> None:
    client.get("/")
    assert not client.cookies


@pytest.mark.parametrize(
    "path",
    ["/", "/account/login/", "/account/signup/", "/account/password/reset/", "/requests/", "/requests/new/access/"],
)
def test_no_page_holds_inline_style_or_script(organisation: "Current", client: Client, path: str) -> None:
    page = client.get(path).content.decode()
    assert not re.search(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son[a-z]+=", page)
