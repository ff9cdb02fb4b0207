"""A merge that was wrong is taken back: both people have what was theirs, whatever was merged since."""

from datetime import UTC, datetime

import pytest
from django.db import transaction

from portal.subjects import flows, merging
from portal.subjects.models import Channel, ContactPoint, Merge, Subject

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
ONE = datetime(2026, 3, 2, 13, tzinfo=UTC)


@pytest.fixture
def other(db: None) -> ContactPoint:
    return flows.reach(Channel.EMAIL, "j.archer@work.example", context="form", source="person")


def owner(point: ContactPoint) -> Subject:
    return ContactPoint.objects.get(pk=point.pk).subject


def fresh(point: ContactPoint) -> Subject:
    """The Subject the point first had, as it is now."""
    return Subject.objects.get(pk=point.subject_id)


def test_the_addresses_go_back(joan: ContactPoint, marek: ContactPoint) -> None:
    merge = merging.merge(joan.subject, marek.subject)
    merging.undo(merge)
    assert owner(marek) == marek.subject
    assert owner(joan) == joan.subject
    assert fresh(marek).merged_into is None
    assert merge.undone_at is not None
    assert list(Merge.objects.undone()) == [merge]


def test_an_address_that_came_after_the_merge_stays(joan: ContactPoint, marek: ContactPoint) -> None:
    merge = merging.merge(joan.subject, marek.subject)
    later = flows.add_address(joan.subject, Channel.EMAIL, "new@example.org", context="account", source="person")
    merging.undo(merge)
    assert owner(later) == joan.subject


def test_they_can_be_merged_again(joan: ContactPoint, marek: ContactPoint) -> None:
    merging.undo(merging.merge(joan.subject, marek.subject))
    merging.merge(marek.subject, joan.subject)
    assert owner(joan) == owner(marek) == marek.subject


def test_a_second_undo_is_refused(joan: ContactPoint, marek: ContactPoint) -> None:
    merge = merging.merge(joan.subject, marek.subject)
    merging.undo(merge)
    with pytest.raises(merging.MergeRefused, match="already"):
        merging.undo(merge)


@pytest.mark.parametrize("who", ["survivor", "absorbed"])
def test_after_an_erasure_nothing_is_left_to_part(joan: ContactPoint, marek: ContactPoint, who: str) -> None:
    merge = merging.merge(joan.subject, marek.subject)
    Subject.objects.filter(pk=getattr(merge, who).pk).update(erased_at=NOON)
    with pytest.raises(merging.MergeRefused, match="erased"):
        merging.undo(merge)


def test_an_earlier_merge_can_be_undone_after_a_later_one(
    joan: ContactPoint, marek: ContactPoint, other: ContactPoint
) -> None:
    earlier = merging.merge(marek.subject, joan.subject)
    later = merging.merge(other.subject, marek.subject)
    merging.undo(earlier)
    assert owner(joan) == joan.subject
    assert owner(marek) == other.subject
    assert set(fresh(other).family()) == {other.subject_id, marek.subject_id}
    merging.undo(later)
    assert (owner(joan), owner(marek), owner(other)) == (joan.subject, marek.subject, other.subject)


def test_a_later_merge_undone_first_leaves_the_earlier_one(
    joan: ContactPoint, marek: ContactPoint, other: ContactPoint
) -> None:
    earlier = merging.merge(marek.subject, joan.subject)
    merging.undo(merging.merge(other.subject, marek.subject))
    assert owner(joan) == owner(marek) == marek.subject
    merging.undo(earlier)
    assert owner(joan) == joan.subject


def test_what_left_and_came_back_by_another_merge_is_not_taken_along(
    joan: ContactPoint, marek: ContactPoint, other: ContactPoint
) -> None:
    earlier = merging.merge(marek.subject, joan.subject)
    later = merging.merge(other.subject, marek.subject)
    merging.undo(earlier)
    merging.merge(fresh(other), fresh(joan))
    merging.undo(Merge.objects.get(pk=later.pk))
    assert owner(joan) == other.subject, "Joan was merged directly into the other record by then"
    assert owner(marek) == marek.subject


def test_a_mark_taken_over_is_given_back(joan: ContactPoint, marek: ContactPoint) -> None:
    Subject.objects.filter(pk=marek.subject_id).update(restricted_at=NOON, under_age=True)
    merge = merging.merge(joan.subject, marek.subject)
    assert merge.carried == ["restricted_at", "under_age"]
    merging.undo(merge)
    assert (fresh(joan).restricted_at, fresh(joan).under_age) == (None, False)
    assert (fresh(marek).restricted_at, fresh(marek).under_age) == (NOON, True)


def test_a_mark_the_survivor_had_before_stays(joan: ContactPoint, marek: ContactPoint) -> None:
    Subject.objects.all().update(under_age=True)
    merging.undo(merging.merge(joan.subject, marek.subject))
    assert fresh(joan).under_age


def test_a_mark_staff_changed_since_is_theirs_and_stays(joan: ContactPoint, marek: ContactPoint) -> None:
    Subject.objects.filter(pk=marek.subject_id).update(restricted_at=NOON)
    merge = merging.merge(joan.subject, marek.subject)
    Subject.objects.filter(pk=joan.subject_id).update(restricted_at=ONE)
    merging.undo(merge)
    assert fresh(joan).restricted_at == ONE


def test_a_mark_that_somebody_else_merged_in_bears_too_stays_until_they_are_parted(
    joan: ContactPoint, marek: ContactPoint, other: ContactPoint
) -> None:
    Subject.objects.filter(pk=marek.subject_id).update(restricted_at=NOON)
    Subject.objects.filter(pk=other.subject_id).update(restricted_at=ONE)
    first = merging.merge(joan.subject, marek.subject)
    second = merging.merge(joan.subject, other.subject)
    merging.undo(first)
    assert fresh(joan).restricted_at == ONE
    merging.undo(second)
    assert fresh(joan).restricted_at is None


def test_a_mark_passed_up_a_chain_is_given_back_along_it(
    joan: ContactPoint, marek: ContactPoint, other: ContactPoint
) -> None:
    Subject.objects.filter(pk=joan.subject_id).update(under_age=True)
    earlier = merging.merge(marek.subject, joan.subject)
    later = merging.merge(other.subject, marek.subject)
    merging.undo(earlier)
    assert [fresh(point).under_age for point in (joan, marek, other)] == [True, False, False]
    later.refresh_from_db()
    assert (later.moved, later.carried) == ([str(marek.pk)], [])


def test_records_changed_in_the_same_moment_are_left_alone(
    joan: ContactPoint, marek: ContactPoint, other: ContactPoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = merging.merge(marek.subject, joan.subject)
    lock = merging._lock

    def lock_too_late(ids: object) -> None:
        """Between our look at the chain and our lock, somebody merges the survivor on."""
        monkeypatch.setattr(merging, "_lock", lock)
        merging.merge(other.subject, marek.subject)

    monkeypatch.setattr(merging, "_lock", lock_too_late)
    with pytest.raises(merging.MergeRefused, match="Try again"), transaction.atomic():
        merging.undo(earlier)
    merging.undo(merging.merge(other.subject, marek.subject))
    assert owner(joan) == marek.subject
