"""Requests: made by a guest and verified, against the same rows written by hand; the officer's list; the promise page.

The number of open requests is the same at every size of the ledger.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from itertools import count
from typing import Final

import psycopg
from django.core.cache import cache
from django.test import Client
from psycopg import sql

from bench.scene import Scene, copies
from bench.table import Figure
from dsar import codes
from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.models import Challenge, Event, Request, Task
from dsar.vocabulary import VERIFIED, Matter
from portal.outbox.models import Message
from portal.subjects.models import ContactPoint, Provenance, Subject

MADE: Final = 300
FEW: Final = 20
OPEN: Final = 10_000
ANSWERED: Final = 10_000
PAGE: Final = 100
LOOKS: Final = 20
# The most urgent first, as the desk lists them.
LIST: Final = """
SELECT *, LEAST(COALESCE(promised_due, statutory_due), COALESCE(statutory_due, promised_due)) AS due FROM dsar_request
WHERE state = ANY(%s)
ORDER BY CASE WHEN matter = 'compromise' THEN 0 ELSE 1 END, due NULLS LAST, received_at, id LIMIT %s
"""
_numbers = count(1)


def measure(scene: Scene) -> Iterator[Figure]:
    """Requests a second both ways and their ratio; milliseconds for the first page of the list, and for the public."""
    for _ in range(FEW):
        ask_and_verify()
    example = ask_and_verify()
    before = Request.objects.verified().count()
    ours = [timed(ask_and_verify) for _ in range(MADE)]
    with psycopg.connect(scene.database_url) as raw:
        by_hand = [timed(lambda: write(raw, example)) for _ in range(MADE)]
        if Request.objects.verified().count() != before + 2 * MADE:
            raise RuntimeError("Not every request left its row.")
        yield Figure("requests made and verified in process", MADE / sum(ours), "/s", aim="200 or more")
        yield Figure("… the same rows by hand", MADE / sum(by_hand), "/s")
        yield Figure("… to raw SQL", sum(by_hand) / sum(ours))
        grow(raw, example)
        yield from lists(raw)
    yield from in_public()


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


def grow(raw: psycopg.Connection, of: Request) -> None:
    """Open requests with due dates all over, and as many answered ones in the last two years, one in ten late."""
    asked = {
        "id": sql.SQL("md5('r' || n)::uuid"),
        "reference": sql.SQL("'N-' || n"),
        "promised_due": sql.SQL("t.promised_due + (n %% 60) - 30"),
        "statutory_due": sql.SQL("t.statutory_due + (n %% 60) - 30"),
    }
    raw.execute(copies(Request, "id", of.pk, asked), {"first": 1, "last": OPEN})
    answered = {
        **asked,
        "state": sql.SQL("'closed'"),
        "outcome": sql.SQL("'fulfilled'"),
        "received_at": sql.SQL("t.received_at - make_interval(days => 20 + n %% 600)"),
        "closed_at": sql.SQL("t.received_at - make_interval(days => n %% 600)"),
        "promised_due": sql.SQL("t.received_at::date - n %% 600 + CASE WHEN n %% 10 = 0 THEN -1 ELSE 8 END"),
        "statutory_due": sql.SQL("t.received_at::date - n %% 600 + 11"),
    }
    raw.execute(copies(Request, "id", of.pk, answered), {"first": OPEN + 1, "last": OPEN + ANSWERED})
    raw.commit()
    raw.autocommit = True
    raw.execute("VACUUM (ANALYZE) dsar_request")


def lists(raw: psycopg.Connection) -> Iterator[Figure]:
    """The first page of the officer's list, by the queryset of the desk and by hand."""
    states = [state.value for state in VERIFIED]
    by_hand = [timed(lambda: raw.execute(LIST, [states, PAGE]).fetchall()) for _ in range(LOOKS)]
    ours = [timed(lambda: list(Request.objects.verified().most_urgent_first()[:PAGE])) for _ in range(LOOKS)]
    yield Figure(f"the officer's list, {OPEN:,} open", middle(ours) * 1000, "ms", aim="under 100")
    yield Figure("… to raw SQL", middle(by_hand) / middle(ours))


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


def timed(work: Callable[[], object]) -> float:
    """Seconds it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def middle(seconds: Sequence[float]) -> float:
    return sorted(seconds)[len(seconds) // 2]


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
