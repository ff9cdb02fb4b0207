"""``record()`` in process, against the same statements sent by hand on the same database."""

import secrets
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from bench.scene import Scene, act, choice
from bench.table import Figure
from consent.ledger.record import Circumstances, record
from consent.ledger.vocabulary import Decision
from portal.subjects.models import Subject

WRITES = 1500
Statement = tuple[str, Any]


def measure(scene: Scene) -> Iterator[Figure]:
    """Writes a second both ways, their ratio, and the statements a write takes."""
    people = scene.somebody(2 * WRITES + 50)
    for person in people[:50]:
        write(scene, person)
    recorded = [captured(scene, person) for person in people[50:60]]
    counts = {len(statements) for statements in recorded}
    began = time.perf_counter()
    for person in people[60 : 60 + WRITES]:
        write(scene, person)
    ours = WRITES / (time.perf_counter() - began)
    raw = (
        WRITES
        / replay(scene, recorded[0], people[50].pk, [person.pk for person in people[60 + WRITES : 50 + 2 * WRITES]])
        * ((WRITES - 10) / WRITES)
    )
    yield Figure("record() in process", ours, "/s")
    yield Figure("the same statements by hand", raw, "/s")
    yield Figure("record() to raw SQL", ours / raw, aim="0.3 or more")
    yield Figure(
        "statements a write", max(counts), aim="always the same" if len(counts) == 1 else f"VARIES: {sorted(counts)}"
    )


def write(scene: Scene, person: Subject) -> None:
    seen = Circumstances(ip="192.0.2.0/24", user_agent="Firefox", path="/preferences/")
    asked = act()
    record(person, [choice(scene.topic, Decision.WITHDRAWN)], type(asked)(**{**_fields(asked), "circumstances": seen}))


def _fields(thing: Any) -> dict[str, Any]:
    return {name: getattr(thing, name) for name in thing.__dataclass_fields__}


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
    return fresh.get(value, value) if isinstance(value, str) else value
