"""GET and HEAD change nothing: scanners of mail and prefetching browsers open every address they see."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from accounts.models import User

if TYPE_CHECKING:
    from portal.organisation.versions import Current

pytestmark = pytest.mark.django_db

WRITES = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE|MERGE|TRUNCATE|ALTER|DROP|CREATE)\b", re.IGNORECASE)
# Whoever comes may get or lose a session; that is no change of anything people decided.
SESSIONS = re.compile(r'"accounts_session"')
# That staff looked at people is kept; the looking changes nothing.
LOOKS = re.compile(r'^INSERT INTO "accounts_look" ')


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """Every address of the portal that takes no argument."""
    for each in patterns:
        route = before + str(each.pattern).removeprefix("^").removesuffix("$").replace("\\Z", "").replace("\\", "")
        if "<" in route or "(" in route:
            continue
        if isinstance(each, URLResolver):
            yield from addresses(each.url_patterns, route)
        else:
            yield route


ALL = sorted(set(addresses(get_resolver().url_patterns)))


def test_the_walk_meets_the_pages_that_matter() -> None:
    assert {"/", "/account/login/", "/account/signup/", "/admin/", "/healthz", "/robots.txt"} <= set(ALL)


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("who", ["nobody", "joan", "priya"])
def test_opening_an_address_writes_nothing(
    organisation: "Current", joan: User, priya: User, who: str, method: str
) -> None:
    written = {}
    for path in ALL:
        client = Client(raise_request_exception=False)
        if who != "nobody":
            client.force_login({"joan": joan, "priya": priya}[who])
        with CaptureQueriesContext(connection) as queries:
            answer = getattr(client, method)(path)
        written_now = [each["sql"] for each in queries if WRITES.match(each["sql"])]
        changes = [sql for sql in written_now if not SESSIONS.search(sql) and not (who == "priya" and LOOKS.match(sql))]
        if changes:
            written[path] = changes
        assert answer.status_code < 500, path
    assert not written
