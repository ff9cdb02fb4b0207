"""Retention: a fifth of a large table goes by ``expire``, against the plain batched DELETE of the same rows by hand.

So many rows as ``BENCH_RETENTION_ROWS`` says, by default 500,000: 5,000,000 take some minutes.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from typing import Final

import psycopg
from django.conf import settings
from psycopg import sql

from bench.scene import Scene
from bench.table import Figure
from consent.ledger.models import CircumstancesRecord
from portal.database import database_now
from portal.retention import rules
from portal.retention.flows import approving, preview, running
from portal.retention.models import Part
from tests.processes import LivePortal

ROWS: Final = int(os.environ.get("BENCH_RETENTION_ROWS", "500000"))
OVER: Final = 5  # every so many-th row is over its time
AT_ONCE: Final = 500
PAGES: Final = 200
_FILL: Final = """
INSERT INTO {table} (digest, subject_id, nonce, ip, user_agent, path, staff, created_at)
SELECT md5(n::text) || md5((-n)::text), md5('s' || n %% %(people)s)::uuid, '', '192.0.2.0/24', 'Firefox', '/', '',
    now() - CASE WHEN n %% %(over)s = 0 THEN interval '2 years' ELSE interval '2 days' END
FROM generate_series(1, %(rows)s) AS n
"""
_DELETE: Final = """
DELETE FROM bench_copy WHERE digest IN (
    SELECT digest FROM bench_copy WHERE created_at < %(before)s AND digest > %(after)s ORDER BY digest LIMIT %(at_once)s
) RETURNING digest
"""


def measure(scene: Scene) -> Iterator[Figure]:
    """Rows a second both ways, their ratio, the preview, memory, and a page read meanwhile.

    Raises RuntimeError where other rows went than should.
    """
    settings.RETENTION_ASK_FROM_ROWS = ROWS
    with psycopg.connect(scene.database_url, autocommit=True) as raw:
        fill(raw, scene.people)
        by_hand = plainly(raw)
    began = time.perf_counter()
    work = next(one for one in preview.works(database_now()) if one.holding.model is CircumstancesRecord)
    line = preview.line(work)
    yield Figure(f"preview of {ROWS:,} rows", time.perf_counter() - began, "s", aim="5 or less")
    if line.going != ROWS // OVER:
        raise RuntimeError(f"{line.going} rows would go, and not {ROWS // OVER}.")
    yield from by_expire(scene, by_hand)


def fill(raw: psycopg.Connection, people: int) -> None:
    """The rows, and a copy of them with the same indexes for the other way."""
    table = sql.Identifier(CircumstancesRecord._meta.db_table)
    values = {"people": people, "over": OVER, "rows": ROWS}
    raw.execute(sql.SQL(_FILL).format(table=table), values)
    raw.execute(sql.SQL("CREATE TABLE bench_copy (LIKE {} INCLUDING ALL)").format(table))
    raw.execute(sql.SQL("INSERT INTO bench_copy SELECT * FROM {}").format(table))
    raw.execute("VACUUM (ANALYZE)")


def plainly(raw: psycopg.Connection) -> float:
    """Rows a second by hand, a transaction a batch."""
    began, after, gone = time.perf_counter(), "", 0
    values = {"before": database_now() - timedelta(days=366), "at_once": AT_ONCE}
    while digests := [row[0] for row in raw.execute(_DELETE, {**values, "after": after}).fetchall()]:
        after, gone = max(digests), gone + len(digests)
    took = time.perf_counter() - began
    raw.execute("DROP TABLE bench_copy")
    return gone / took


def by_expire(scene: Scene, by_hand: float) -> Iterator[Figure]:
    """A whole run, while somebody reads pages.

    A batch is timed from its beginning until it is about to be committed: the commit itself is not in it.
    """
    worked: list[float] = [0.0]

    def tell(part: Part) -> None:
        if part.holding == CircumstancesRecord._meta.label:
            worked.append(part.worked.total_seconds())

    rule = rules.rule("circumstances")
    approving.approve(rule.code, rule.digest, "bench")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with LivePortal(dict(os.environ), scene.folder, workers=1, threads=2) as portal:
        reading = Reading(portal.port)
        reading.start()
        began = time.perf_counter()
        run = running.expire(tell=tell)
        took = time.perf_counter() - began
        reading.join()
    part = run.parts.get(holding=CircumstancesRecord._meta.label)
    if part.removed != ROWS // OVER or part.due != part.removed:
        raise RuntimeError(f"{part.removed} rows went, and not {ROWS // OVER}.")
    yield Figure("rows expired", part.removed / took, "/s")
    yield Figure("… the same rows deleted by hand", by_hand, "/s")
    yield Figure("expire to raw SQL", part.removed / took / by_hand, aim="0.5 or more")
    took_each = sorted(after - before for before, after in pairwise(worked))
    yield Figure("p99 of a batch", took_each[len(took_each) * 99 // 100] * 1000, "ms")
    yield Figure("the longest batch", took_each[-1] * 1000, "ms", aim="under 200")
    yield Figure("memory that a run adds", (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory) / 1024, "MB")
    yield Figure("p99 of a page meanwhile", reading.p99, "ms", aim="under 100")


class Reading(threading.Thread):
    """Somebody who reads the cookie page again and again."""

    def __init__(self, port: int) -> None:
        super().__init__()
        self.port, self.p99 = port, 0.0

    def run(self) -> None:
        words = [sys.executable, "-m", "bench.load", str(self.port), "1", "600"]
        pages = "\n".join(["GET /cookies/ "] * PAGES)
        done = subprocess.run(words, input=pages, capture_output=True, text=True, check=True)
        self.p99 = float(done.stdout.split()[2])
