"""``record()`` in process, against the same statements sent by hand on the same database."""

import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from bench.scene import Scene, act, choice
from bench.table import Figure
from consent.ledger.record import Circumstances, record
from consent.ledger.vocabulary import Decision
from portal.subjects.models import Subject

WRITES = 600
FEW = 20
Statement = tuple[str, Any]


def measure(scene: Scene) -> Iterator[Figure]:
    """Writes a second both ways, their ratio, and the statements a write takes."""
    warm_up, examples, *people = batches(scene.somebody(2 * WRITES + 2 * FEW), FEW, FEW, WRITES, WRITES)
    for person in warm_up:
        write(scene, person)
    recorded = [captured(scene, person) for person in examples]
    counts = sorted({len(statements) for statements in recorded})
    began = time.perf_counter()
    for person in people[0]:
        write(scene, person)
    ours = WRITES / (time.perf_counter() - began)
    raw = WRITES / replay(scene, recorded[0], examples[0].pk, [person.pk for person in people[1]])
    yield Figure("record() in process", ours, "/s")
    yield Figure("the same statements by hand", raw, "/s")
    yield Figure("record() to raw SQL", ours / raw, aim="0.3 or more")
    yield Figure("statements a write", counts[-1], aim="the same at all sizes")
    if len(counts) > 1:
        raise RuntimeError(f"The number of statements of one write varies: {counts}")


def batches(people: list[Subject], *sizes: int) -> list[list[Subject]]:
    """The people, dealt out in batches of these sizes."""
    rest = iter(people)
    return [list(islice(rest, size)) for size in sizes]


def write(scene: Scene, person: Subject) -> None:
    """One stop, with its wording and circumstances."""
    seen = Circumstances(ip="192.0.2.0/24", user_agent="Firefox", path="/preferences/")
    record(person, [choice(scene.topic, Decision.WITHDRAWN)], replace(act(), circumstances=seen))


def captured(scene: Scene, person: Subject) -> list[Statement]:
    """The statements of one write, with their parameters, as the database got them."""
    statements: list[Statement] = []

    def keep(execute: Callable[..., Any], query: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        statements.append((query, params))
        return execute(query, params, many, context)

    with connection.execute_wrapper(keep):
        write(scene, person)
    return statements


def replay(scene: Scene, statements: list[Statement], of: UUID, people: list[UUID]) -> float:
    """Seconds that the same transaction takes for other people, sent by psycopg alone."""
    unique = {
        value for _, params in statements for value in params or () if isinstance(value, str) and len(value) in {32, 64}
    }
    with psycopg.connect(scene.database_url) as raw, raw.cursor() as cursor:
        began = time.perf_counter()
        for person in people:
            fresh = {value: secrets.token_hex(len(value) // 2) for value in unique if _is_nonce(value)}
            for query, params in statements:
                cursor.execute(query, [_other(value, of, person, fresh) for value in params or ()])
            raw.commit()
        return time.perf_counter() - began


def _is_nonce(value: str) -> bool:
    return all(letter in "0123456789abcdef" for letter in value)


def _other(value: Any, of: UUID, person: UUID, fresh: dict[str, str]) -> Any:
    if value == of:
        return person
    if not isinstance(value, str):
        return value
    return fresh.get(value) or value.replace(str(of), str(person))  # an id also stands in arrays written as text
