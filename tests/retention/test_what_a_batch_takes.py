"""A batch takes as many rows as go in its time, and what changed between the look and the lock is seen."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import pytest
from django.db import transaction

from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention import batches, locks
from portal.retention.batches import AT_ONCE, MOST, Look, Size
from portal.retention.flows import preview
from portal.retention.models import Deletion, Part
from portal.retention.removable import Work
from portal.subjects.models import ContactPoint
from tests.retention import scene
from tests.retention.scene import NOW, years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]


@pytest.fixture(autouse=True)
def _approved(organisation: versions.Current) -> None:
    scene.approve()


def work_of(label: str) -> Work:
    return next(work for work in preview.works(NOW) if work.holding.label == label and work.also is None)


def taken(look: Look, keys: Sequence[Any], *, patient: bool = False) -> batches.Gone:
    with transaction.atomic():
        return batches.take(look.work, keys, Deletion(), look.speakers(keys), patient=patient)


@pytest.mark.parametrize(
    ("seconds", "fit"),
    [(AT_ONCE / 100, 200), (AT_ONCE, 100), (AT_ONCE * 1.25, 80), (AT_ONCE * 100, 50)],
    ids=["twice as many at most", "as many", "fewer", "half at least"],
)
def test_the_next_batch_is_as_large_as_its_time_allows(seconds: float, fit: int) -> None:
    size = Size(100)
    size.learn(seconds, 100)
    assert size.keys == fit


def test_no_batch_grows_beyond_bounds() -> None:
    size = Size(MOST)
    size.learn(AT_ONCE / 100, MOST)
    assert size.keys == MOST
    for _time in range(20):
        size.learn(60, size.keys)
    assert size.keys == batches.LEAST


def test_where_most_is_held_the_rest_goes_and_few_are_locked_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for size in ("LEAST", "FIRST", "MOST"):
        monkeypatch.setattr(batches, size, 4)
    held, free = scene.person(met=years_ago(1)), scene.person(scene.MAREK, met=years_ago(1))
    scene.mails(held, years_ago(3), 20)
    scene.mails(free, years_ago(3), 3)
    scene.hold(held.subject)
    tried: list[Any] = []
    take = batches.take

    def seen(work: Work, keys: list[Any], *more: Any, **named: Any) -> batches.Gone:
        tried.extend(keys)
        return take(work, keys, *more, **named)

    monkeypatch.setattr(batches, "take", seen)
    run = scene.expire()
    part = Part.objects.get(run=run, holding="outbox.Message")
    assert (part.removed, part.held) == (3, 20)
    assert Message.objects.filter(kind="news").count() == 20
    mails = set(Message.objects.filter(contact_point=held).values_list("pk", flat=True))
    assert len(mails & set(tried)) <= 3 * 4


def test_an_address_that_became_somebody_elses_after_the_look_is_judged_by_them() -> None:
    joan, marek = scene.person(met=years_ago(7)), scene.person(scene.MAREK, met=years_ago(1))
    look = Look(work_of("subjects.ContactPoint"))
    keys = look.next()
    assert keys == [joan.pk]
    ContactPoint.objects.filter(pk=joan.pk).update(subject=marek.subject)
    with pytest.raises(locks.Moved):
        taken(look, keys)
    assert taken(look, keys).rows == 0
    assert ContactPoint.objects.filter(pk=joan.pk).exists()


def test_a_row_that_became_somebody_elses_goes_all_the_same_if_its_time_is_over() -> None:
    first, second = scene.person(met=years_ago(7)), scene.person(scene.MAREK, met=years_ago(1))
    scene.mail(first, years_ago(3))
    look = Look(work_of("outbox.Message"))
    keys = look.next()
    Message.objects.filter(kind="news").update(contact_point=second)
    batches.in_turn(keys, partial(taken, look))
    assert not Message.objects.filter(kind="news").exists()
