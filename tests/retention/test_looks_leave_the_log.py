"""Looks by staff leave by their own rule: no sooner, no later, and they keep nobody here who is to go."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Clearing, Look
from portal.subjects.models import ContactPoint, Subject
from tests.retention import scene
from tests.retention.scene import NOW, years_ago

pytestmark = pytest.mark.django_db


def look(point: ContactPoint, at: datetime) -> Look:
    """Priya looked at somebody's page then."""
    return Look.objects.create(staff="7", subject_id=point.subject_id, what="opened", kind="subjects.Subject", at=at)


@pytest.mark.usefixtures("organisation")
def test_a_look_goes_when_its_time_is_over_and_that_is_on_record() -> None:
    joan = scene.person(met=NOW - timedelta(days=900))
    old, new = look(joan, years_ago(2)), look(joan, NOW - timedelta(days=700))
    scene.approve("staff_log")
    run = scene.expire()
    assert list(Look.objects.all()) == [new]
    assert run.deletions.get().rows == [str(old.pk)]
    assert list(Clearing.objects.values_list("looks", "up_to")) == [(1, None)]


@pytest.mark.usefixtures("organisation")
def test_a_hold_on_a_person_keeps_who_looked_at_them() -> None:
    joan = scene.person(met=NOW - timedelta(days=900))
    look(joan, years_ago(2))
    scene.hold(joan.subject)
    scene.approve("staff_log")
    assert scene.expire().parts.get(holding="accounts.Look").held == 1
    assert Look.objects.exists()


@pytest.mark.usefixtures("organisation")
def test_a_person_goes_though_looks_at_them_stay() -> None:
    joan = scene.person(met=years_ago(8))
    last, old = look(joan, NOW - timedelta(days=3)), look(joan, years_ago(3))
    scene.approve()
    scene.expire()
    assert not Look.objects.filter(pk=old.pk).exists()
    assert not Subject.objects.filter(pk=joan.subject_id).exists()
    assert list(Look.objects.all()) == [last]
