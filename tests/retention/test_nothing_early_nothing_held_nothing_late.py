"""Whatever people did and whoever is held: after a run exactly those are gone who are over their time and free."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import count
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from consent.ledger.vocabulary import Decision
from portal.subjects.models import ContactPoint
from tests.retention import scene
from tests.retention.oracle import Oracle
from tests.retention.scene import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]
SIX_YEARS = timedelta(days=6 * 365)


@dataclass(frozen=True)
class Life:
    """How long ago somebody was met, heard of again, and opted out, in days beyond six years; and whether held."""

    met: int
    heard: int | None
    left: int | None
    held: bool


numbers = count()
lives = st.lists(
    st.builds(
        Life,
        met=st.integers(-3, 40),
        heard=st.none() | st.integers(-3, 6),
        left=st.none() | st.integers(-900, 6),
        held=st.booleans(),
    ),
    min_size=1,
    max_size=4,
)


@given(lives=lives)
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("organisation")
def test_exactly_those_are_gone_whose_time_is_over_and_whom_nothing_holds(lives: list[Life]) -> None:
    scene.approve("contacts")
    points = [born(life) for life in lives]
    scene.expire()
    there = set(ContactPoint.objects.filter(pk__in=points).values_list("pk", flat=True))
    assert there == {pk for pk, life in zip(points, lives, strict=True) if stays(life)}


def born(life: Life) -> UUID:
    """Somebody new with this life; an opt-out is no contact."""
    point = scene.person(f"person{next(numbers)}@example.org", met=NOW - SIX_YEARS - timedelta(days=life.met))
    for days, decision in ((life.heard, Decision.GRANTED), (life.left, Decision.OBJECTED)):
        if days is not None:
            scene.decision(point, NOW - SIX_YEARS - timedelta(days=days), decision)
    if life.held:
        scene.hold(point.subject)
    return point.pk


def stays(life: Life) -> bool:
    latest = min(life.met, life.met if life.heard is None else life.heard)
    start = NOW - SIX_YEARS - timedelta(days=latest)
    return life.held or not Oracle("openitio").is_over("contacts", start, NOW)
