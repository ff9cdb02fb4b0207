"""A first cookie choice in process, against the same statements sent by hand on the same database."""

import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import psycopg
from django.db import connection

from bench.scene import Scene
from bench.table import Figure
from consent.cookies.choice_cookie import Credentials, new_key
from consent.cookies.flows import Save, save
from consent.cookies.models import Choice
from consent.cookies.vocabulary import Means
from portal.organisation import versions
from portal.organisation.schema import PORTAL_SITE

SAVES = 600
FEW = 20
Statement = tuple[str, Any]


def measure(scene: Scene) -> Iterator[Figure]:
    """Saves a second both ways, their ratio, the 99th percentiles, and the statements a save takes."""
    for _ in range(FEW):
        save(press(Credentials.drawn(), new_key()))
    example, key = Credentials.drawn(), new_key()
    statements = captured(example, key)
    before = Choice.objects.count()
    ours, raw = in_turn(scene, statements, example, key)
    if Choice.objects.count() != before + 2 * SAVES:
        raise RuntimeError("Not every save left its row.")
    yield Figure("cookie choices saved in process", SAVES / sum(ours), "/s")
    yield Figure("… the same statements of a choice by hand", SAVES / sum(raw), "/s")
    yield Figure("cookie choices to raw SQL", sum(raw) / sum(ours), aim="0.3 or more")
    yield Figure("… 99th percentile of a choice", p99(ours) * 1000, "ms", aim="under 100")
    yield Figure("… 99th percentile of a choice by hand", p99(raw) * 1000, "ms")
    yield Figure("… statements a save", len(statements))


def press(credentials: Credentials, key: str) -> Save:
    """Yes to the first optional category, in a browser that chose nothing before."""
    current = versions.current()
    optional = [code for code, one in current.organisation.cookies.categories.items() if one.optional]
    return Save(
        site=PORTAL_SITE,
        version=current.number,
        choices={optional[0]: True},
        means=Means.SCRIPT,
        key=key,
        path="/subscribe/",
        credentials=credentials,
    )


def timed(work: Callable[[], object]) -> float:
    """Seconds it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def captured(credentials: Credentials, key: str) -> list[Statement]:
    """The statements of one save, with their parameters, as the database got them."""
    statements: list[Statement] = []

    def keep(execute: Callable[..., Any], query: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        statements.append((query, params))
        return execute(query, params, many, context)

    given = press(credentials, key)
    with connection.execute_wrapper(keep):
        save(given)
    return statements


def in_turn(
    scene: Scene, statements: Sequence[Statement], of: Credentials, key: str
) -> tuple[list[float], list[float]]:
    """Seconds of each save, and of each transaction for another browser sent by psycopg alone: by turns, since what
    else the machine does in the meantime would else fall on one of them."""
    ours, raw = [], []
    with psycopg.connect(scene.database_url) as connected, connected.cursor() as cursor:

        def replay(fresh: dict[str, str]) -> None:
            for query, params in statements:
                cursor.execute(
                    query, [fresh.get(value, value) if isinstance(value, str) else value for value in params]
                )
            connected.commit()

        for _ in range(SAVES):
            given, other = press(Credentials.drawn(), new_key()), Credentials.drawn()
            fresh = {of.reference: other.reference, of.secret_hash: other.secret_hash, key: new_key()}
            ours.append(timed(partial(save, given)))
            raw.append(timed(partial(replay, fresh)))
    return ours, raw


def p99(seconds: Sequence[float]) -> float:
    return sorted(seconds)[int(len(seconds) * 0.99)]
