"""The desk with a hundred thousand open requests: the officer's list, its filters and its search, and the index.

In process by Django's test client; the list through gunicorn too, by one connection, as one officer looks.
"""

from __future__ import annotations

import http.client
import os
from collections.abc import Callable, Iterator
from functools import partial
from typing import Final

import psycopg
from django.conf import settings
from django.test import Client
from psycopg import sql

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from bench.scene import Scene, copies
from bench.table import Figure
from bench.timing import middle, nearly_longest, timed
from dsar.models import Event, Request, Task
from dsar.vocabulary import VERIFIED
from portal.subjects.models import ContactPoint, Subject
from tests.processes import LivePortal

OPEN: Final = 100_000
EXTENDED: Final = OPEN // 20
LOOKS: Final = 100
FEW: Final = 20
AIM: Final = "under 100"
BACKEND: Final = "allauth.account.auth_backends.AuthenticationBackend"
LIST: Final = "/admin/dsar/request/"
NARROWED: Final = {
    "overdue": "time=overdue",
    "more time taken": "time=extended",
    "nobody's": "assigned=nobody",
    "one matter": "matter=erasure",
    "one state": "state=review",
    "all": "state=all",
    "the last page": f"p={OPEN // 50}",
}
# The most urgent first, as the desk lists them.
FIRST_PAGE: Final = """
SELECT *, LEAST(COALESCE(promised_due, statutory_due), COALESCE(statutory_due, promised_due)) AS due FROM dsar_request
WHERE state = ANY(%s)
ORDER BY CASE WHEN matter = 'compromise' THEN 0 ELSE 1 END, due NULLS LAST, received_at, id LIMIT 50
"""


def measure(scene: Scene, example: Request) -> Iterator[Figure]:
    """Milliseconds for each page, with a crowd of requests like ``example``."""
    officer = accounts.open_account("officer@example.org", name="Priya", staff=True, groups=(PRIVACY_OFFICER,))
    client = Client(headers={"host": "localhost"})
    client.force_login(officer, BACKEND)
    with psycopg.connect(scene.database_url, autocommit=True) as raw:
        crowd(raw, example, officer)
        yield from looks(f"the officer's list of {OPEN:,} open", partial(see, client, LIST), LOOKS)
        yield Figure("… the rows of its first page in raw SQL", middle(by_hand(raw)) * 1000, "ms")
    yield from through_gunicorn(scene, client)
    for name, query in NARROWED.items():
        yield from looks(f"… {name}", partial(see, client, f"{LIST}?{query}"), FEW)
    yield from found(client)
    yield from looks("the index of the desk", partial(see, client, "/admin/"), FEW)
    page = f"{LIST}{Request.objects.verified()[0].pk}/change/"
    yield from looks("the page of a request at the desk", partial(see, client, page), FEW)


def crowd(raw: psycopg.Connection, of: Request, officer: User) -> None:
    """Open requests of as many people, with dates all over; some of each kind and state, two in three assigned."""
    point = of.contact_point
    if point is None:
        raise RuntimeError("A guest has an address.")
    person, address = sql.SQL("md5('ds' || n)::uuid"), sql.SQL("md5('dc' || n)::uuid")
    asked, mail = sql.SQL("md5('dr' || n)::uuid"), sql.SQL("'crowd' || n || '@example.org'")
    request = {
        "id": asked,
        "reference": sql.SQL("'R-' || lpad((n / 10000)::text, 4, '0') || '-' || lpad((n %% 10000)::text, 4, '0')"),
        "subject_id": person,
        "contact_point_id": address,
        "matter": sql.SQL("(ARRAY['access', 'erasure', 'informed', 'complaint'])[1 + n %% 4]"),
        "state": sql.SQL("(ARRAY['active', 'searching', 'review', 'approved', 'identity_pending'])[1 + n %% 5]"),
        "assignee_id": sql.SQL("CASE WHEN n %% 3 > 0 THEN {} END").format(sql.Literal(officer.pk)),
        "received_at": sql.SQL("t.received_at - make_interval(mins => n)"),
        "promised_due": sql.SQL("t.promised_due + (n %% 60) - 30"),
        "statutory_due": sql.SQL("t.statutory_due + (n %% 60) - 30"),
    }
    statements = [
        copies(Subject, "id", point.subject_id, {"id": person}),
        copies(ContactPoint, "id", point.pk, {"id": address, "subject_id": person, "address": mail, "identity": mail}),
        copies(Request, "id", of.pk, request),
        *(copies(model, "request_id", of.pk, {"id": None, "request_id": asked}) for model in (Event, Task)),
    ]
    # What is copied is consistent already.
    raw.execute("SET session_replication_role = replica")
    for statement in statements:
        raw.execute(statement, {"first": 1, "last": OPEN})
    first = Event.objects.filter(request=of)[0].pk
    extended = {"id": None, "request_id": sql.SQL("md5('dr' || n * 20)::uuid"), "kind": sql.SQL("'extended'")}
    raw.execute(copies(Event, "id", first, extended), {"first": 1, "last": EXTENDED})
    raw.execute("VACUUM (ANALYZE)")


def by_hand(raw: psycopg.Connection) -> list[float]:
    """Seconds of the first page in plain SQL."""
    states = [state.value for state in VERIFIED]
    return [timed(lambda: raw.execute(FIRST_PAGE, [states]).fetchall()) for _ in range(FEW)]


def through_gunicorn(scene: Scene, client: Client) -> Iterator[Figure]:
    """The list as an officer's browser gets it."""
    name = settings.SESSION_COOKIE_NAME
    headers = {"Cookie": f"{name}={client.cookies[name].value}", "Host": "localhost"}
    with LivePortal(dict(os.environ), scene.folder, workers=2, threads=4) as portal:
        link = http.client.HTTPConnection("127.0.0.1", portal.port, timeout=30)

        def look() -> None:
            link.request("GET", LIST, headers=headers)
            answer = link.getresponse()
            if answer.status != 200 or b"crowd" in answer.read():
                raise RuntimeError("The list did not come, or named somebody.")

        yield from looks("… through gunicorn", look, LOOKS)
        link.close()


def found(client: Client) -> Iterator[Figure]:
    """The search, by a reference and by an address, up to the page it leads to."""
    for name, sought in (("a reference", "R-0004-2424"), ("an address", "crowd42424@example.org")):
        yield from looks(f"… sought by {name}", partial(search, client, sought), FEW)


def search(client: Client, sought: str) -> None:
    """Find it. Raises RuntimeError for anything but its page."""
    answer = client.post(LIST, {"address": sought}, follow=True)
    if answer.status_code != 200 or b"R-0004-2424" not in answer.content:
        raise RuntimeError(f"Not found: {sought}")


def see(client: Client, path: str) -> None:
    """One look. Raises RuntimeError for anything but a page."""
    if client.get(path).status_code != 200:
        raise RuntimeError(f"{path} did not come.")


def looks(name: str, look: Callable[[], None], times: int) -> Iterator[Figure]:
    """The median of so many looks and, of a hundred, the 99th percentile; one before them does not count."""
    look()
    took = [timed(look) for _ in range(times)]
    yield Figure(name, middle(took) * 1000, "ms", aim=AIM)
    if times >= LOOKS:
        yield Figure(f"{name}, 99th percentile", nearly_longest(took) * 1000, "ms", aim=AIM)
