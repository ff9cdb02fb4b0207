"""Requests: made and verified in process, and filed through gunicorn, both against the same rows written by hand; the
desk (:mod:`bench.desk`); the promise page.

The number of requests is the same at every size of the ledger.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Final
from urllib.parse import urlencode
from uuid import uuid4

import psycopg
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from psycopg import sql

from bench import desk
from bench.scene import Scene, copies
from bench.table import Figure
from bench.timing import middle, timed
from bench.web import CONNECTIONS, load
from dsar import codes
from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.models import Challenge, Event, Request, Task
from dsar.vocabulary import Behalf, Matter
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint, Provenance, Subject
from tests.processes import LivePortal

MADE: Final = 300
FEW: Final = 20
FILED: Final = 3000
WARM_UP: Final = 100
ANSWERED: Final = 10_000
LOOKS: Final = 20
_numbers = count(1)


def measure(scene: Scene) -> Iterator[Figure]:
    """Requests a second in every way and their ratios; then the pages, with a crowd of them."""
    for _ in range(FEW):
        ask_and_verify()
    example = ask_and_verify()
    yield from in_process(scene, example)
    yield from filed(scene)
    with psycopg.connect(scene.database_url) as raw:
        answer(raw, example)
    yield from desk.measure(scene, example)
    yield from in_public()


def in_process(scene: Scene, example: Request) -> Iterator[Figure]:
    """A request made and verified by the flows. Raises RuntimeError where one did not leave its row."""
    before = Request.objects.verified().count()
    ours = [timed(ask_and_verify) for _ in range(MADE)]
    with psycopg.connect(scene.database_url) as raw:
        by_hand = [timed(lambda: write(raw, example)) for _ in range(MADE)]
    if Request.objects.verified().count() != before + 2 * MADE:
        raise RuntimeError("Not every request left its row.")
    yield Figure("requests made and verified in process", MADE / sum(ours), "/s")
    yield Figure("… the same rows of a request by hand", MADE / sum(by_hand), "/s")
    yield Figure("requests to raw SQL", sum(by_hand) / sum(ours))


def filed(scene: Scene) -> Iterator[Figure]:
    """A guest's form through gunicorn, each from an address of its own, and the same rows by as many connections."""
    token = "bench" * 6 + "ab"
    cookie = f"Cookie:{settings.CSRF_COOKIE_NAME}={token}"
    forms = [f"POST /requests/new/access/ {form(token)}" for _ in range(FILED)]
    with LivePortal({**os.environ, "TRUSTED_PROXY_COUNT": "1"}, scene.folder, workers=2, threads=4) as portal:
        load(portal.port, forms[:WARM_UP], cookie)
        before = Request.objects.unverified().count()
        answers, rate, p99 = load(portal.port, forms[WARM_UP:], cookie)
    if Request.objects.unverified().count() != before + answers:
        raise RuntimeError("Not every form left its row.")
    yield Figure(f"requests filed through gunicorn, {CONNECTIONS} connections", rate, "/s", aim="200 or more")
    yield Figure("… 99th percentile of a request filed", p99, "ms")
    raw = written_at_once(scene, Request.objects.unverified()[0])
    yield Figure(f"… the same rows by hand, {CONNECTIONS} connections", raw, "/s")
    yield Figure("requests filed to raw SQL", rate / raw)


def form(token: str) -> str:
    """What the browser of one more guest posts."""
    address = f"guest{next(_numbers)}@example.org"
    return urlencode({"csrfmiddlewaretoken": token, "once": uuid4(), "address": address, "behalf": Behalf.SELF.value})


def written_at_once(scene: Scene, example: Request) -> float:
    """Requests a second, their rows copied by as many connections as the load has."""

    def one_connection() -> None:
        with psycopg.connect(scene.database_url) as raw:
            for _ in range(MADE):
                write(raw, example)

    threads = [threading.Thread(target=one_connection) for _ in range(CONNECTIONS)]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return CONNECTIONS * MADE / (time.perf_counter() - began)


def ask_and_verify() -> Request:
    """A stranger asks for a copy and types in the code of the mail."""
    request = asking.ask_as_guest(f"asker{next(_numbers)}@example.org", Wish(Matter.ACCESS))
    challenge = Challenge.objects.get(request=request)
    if not asking.enter_code(request, codes.derive(challenge)):
        raise RuntimeError("The right code was refused.")
    return request


def write(raw: psycopg.Connection, of: Request) -> None:
    """The rows of one request and its person, copied in one transaction."""
    number = next(_numbers)
    for statement in _copies(of):
        raw.execute(statement, {"first": number, "last": number})
    raw.commit()


def answer(raw: psycopg.Connection, of: Request) -> None:
    """As many answered in the last two years, one in ten of them late."""
    answered = {
        "id": sql.SQL("md5('a' || n)::uuid"),
        "reference": sql.SQL("'A-' || n"),
        "state": sql.SQL("'closed'"),
        "outcome": sql.SQL("'fulfilled'"),
        "received_at": sql.SQL("t.received_at - make_interval(days => 20 + n %% 600)"),
        "closed_at": sql.SQL("t.received_at - make_interval(days => n %% 600)"),
        "promised_due": sql.SQL("t.received_at::date - n %% 600 + CASE WHEN n %% 10 = 0 THEN -1 ELSE 8 END"),
        "statutory_due": sql.SQL("t.received_at::date - n %% 600 + 11"),
    }
    raw.execute(copies(Request, "id", of.pk, answered), {"first": 1, "last": ANSWERED})
    raw.commit()
    raw.autocommit = True
    raw.execute("VACUUM (ANALYZE) dsar_request")


def in_public() -> Iterator[Figure]:
    """The promise page: when it has to be counted, and when it is remembered."""
    client = Client(headers={"host": "localhost"})
    cache.clear()
    yield Figure(f"the promise page of {ANSWERED:,} answers, counted", timed(lambda: look(client)) * 1000, "ms")
    yield Figure("… remembered", middle([timed(lambda: look(client)) for _ in range(LOOKS)]) * 1000, "ms")


def look(client: Client) -> None:
    """One look. Raises RuntimeError for anything but a page."""
    if client.get("/requests/promise/").status_code != 200:
        raise RuntimeError("The promise page did not come.")


def _copies(of: Request) -> Iterator[sql.Composed]:
    """One statement a table: the rows of one request and of the person who made it, under the number ``n``."""
    point = of.contact_point
    if point is None:
        raise RuntimeError("A guest has an address.")
    person, address = sql.SQL("md5('rs' || n)::uuid"), sql.SQL("md5('rc' || n)::uuid")
    asked, mail = sql.SQL("md5('rr' || n)::uuid"), sql.SQL("'byhand' || n || '@example.org'")
    yield copies(Subject, "id", point.subject_id, {"id": person})
    yield copies(ContactPoint, "id", point.pk, {"id": address, "subject_id": person, "address": mail, "identity": mail})
    yield copies(Provenance, "contact_point_id", point.pk, {"id": None, "contact_point_id": address})
    yield copies(
        Request, "id", of.pk,
        {"id": asked, "reference": sql.SQL("'H-' || n"), "subject_id": person, "contact_point_id": address},
    )  # fmt: skip
    for model in (Event, Challenge, Task):
        yield copies(model, "request_id", of.pk, {"id": None, "request_id": asked})
    message = {"id": sql.SQL("gen_random_uuid()"), "contact_point_id": address}
    message_id = sql.SQL("'<' || gen_random_uuid() || '@bench.example>'")
    yield copies(Message, "contact_point_id", point.pk, {**message, "message_id": message_id})
