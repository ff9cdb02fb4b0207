"""Previews of retention where the start is the person's: what would go of a large ledger, and what goes next.

So many decisions as ``BENCH_RETENTION_ROWS`` says, by default 500,000, five of each person, who has one address. A
fifth of the people were not heard of for nine years, and no yes of theirs stands; another fifth neither, but theirs
does.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any, Final

import psycopg
from psycopg import sql

from bench.retention import ROWS
from bench.scene import Scene, copies
from bench.table import Figure
from consent.ledger.models import Event, State
from portal.database import database_now
from portal.retention.flows import preview
from portal.subjects.models import ContactPoint, Provenance, Subject

PEOPLE: Final = ROWS // 5
OVER: Final = 5  # every so many-th person is over their time
_WHEN: Final = "now() - CASE WHEN n %% 5 < 2 THEN interval '9 years' ELSE interval '2 days' END"
_YES: Final = "CASE WHEN n %% 5 = 0 THEN 0 ELSE t.consent_id END"


def measure(scene: Scene) -> Iterator[Figure]:
    """What each question takes. Raises RuntimeError where another number of rows is over its time than should be."""
    with psycopg.connect(scene.database_url, autocommit=True) as raw:
        fill(raw, scene)
    now = database_now()
    works = {work.holding.model: work for work in preview.works(now) if work.also is None}
    for model, words in ((Event, "decisions"), (ContactPoint, "addresses")):
        line, took = timed(partial(preview.line, works[model]))
        if model is Event and line.due != PEOPLE // OVER * 5:  # every file keeps these from the last decision
            raise RuntimeError(f"{line.due} {words} are over their time, and not {PEOPLE // OVER * 5}.")
        yield Figure(f"preview of {line.total:,} {words}", took, "s", aim="5 or less for 5,000,000")
    _lines, took = timed(lambda: list(preview.coming(now, now + timedelta(days=30))))
    yield Figure(f"what goes next, of {ROWS:,} decisions and all else", took, "s")


def fill(raw: psycopg.Connection, scene: Scene) -> None:
    """Copies of the first person, put back in time."""
    raw.execute("SET session_replication_role = replica")  # what is copied is consistent already
    for statement in _copies(scene):
        raw.execute(statement, {"first": 0, "last": PEOPLE - 1})
    raw.execute("VACUUM (ANALYZE)")


def timed(question: Callable[[], Any]) -> tuple[Any, float]:
    """The answer, and the seconds until it was there."""
    began = time.perf_counter()
    answer = question()
    return answer, time.perf_counter() - began


def _copies(scene: Scene) -> Iterator[sql.Composed]:
    subject, point = scene.template.subject_id, scene.template.pk
    person, address = sql.SQL("md5('p' || n)::uuid"), sql.SQL("md5('a' || n)::uuid")
    mail, when = sql.SQL("'of' || n || '@example.org'"), sql.SQL(_WHEN)
    theirs = {"id": None, "subject_id": person}
    yield copies(Subject, "id", subject, {"id": person})
    yield copies(ContactPoint, "id", point, {"id": address, "subject_id": person, "address": mail, "identity": mail})
    yield copies(Provenance, "contact_point_id", point, {"id": None, "contact_point_id": address, "seen_at": when})
    yield copies(Event, "subject_id", subject, theirs | {"occurred_at": when})
    yield copies(State, "subject_id", subject, theirs | {"consent_id": sql.SQL(_YES)})
