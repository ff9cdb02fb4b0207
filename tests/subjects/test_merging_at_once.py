"""Merges and undos of the same people in the same moment: one of them happens, the others are refused, none hangs."""

import pytest

from portal.subjects import flows, merging
from portal.subjects.models import Channel, ContactPoint, Merge, Subject
from tests.subjects.test_reaching_at_once import TIMES, at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two_people() -> list[ContactPoint]:
    addresses = ("joan.archer@example.org", "marek.nowak@example.com")
    return [flows.reach(Channel.EMAIL, address, context="form", source="person") for address in addresses]


def attempted(act: str, *what: object) -> bool:
    try:
        getattr(merging, act)(*what)
    except merging.MergeRefused:
        return False
    return True


def test_of_merges_both_ways_round_one_happens(two_people: list[ContactPoint]) -> None:
    subjects = [point.subject_id for point in two_people]

    def one(number: int) -> bool:
        pair = subjects if number % 2 else subjects[::-1]
        return attempted("merge", *(Subject.objects.get(pk=pk) for pk in pair))

    assert at_once(one).count(True) == 1
    merge = Merge.objects.get()
    assert set(Subject.objects.living().get().contact_points.all()) == set(two_people)
    assert merge.survivor == Subject.objects.living().get()


def test_of_twenty_undos_one_happens(two_people: list[ContactPoint]) -> None:
    joan, marek = two_people
    merge = merging.merge(joan.subject, marek.subject)
    assert at_once(lambda _number: attempted("undo", Merge.objects.get(pk=merge.pk))).count(True) == 1
    assert Subject.objects.living().count() == 2
    assert ContactPoint.objects.get(pk=marek.pk).subject == marek.subject


def test_whoever_is_reached_during_merges_and_undos_is_one_of_the_two(two_people: list[ContactPoint]) -> None:
    joan, marek = two_people

    def one(number: int) -> object:
        if number % 4 == 0:
            return attempted("merge", *Subject.objects.filter(pk__in=[joan.subject_id, marek.subject_id]))
        if number % 4 == 1:
            merges = Merge.objects.in_force()
            return [attempted("undo", merge) for merge in merges]
        return flows.reach(Channel.EMAIL, marek.address, context=f"form-{number}", source="person").pk

    outcomes = at_once(one)
    assert {outcome for outcome in outcomes if not isinstance(outcome, bool | list)} == {marek.pk}
    assert marek.provenances.count() == 1 + TIMES // 2
