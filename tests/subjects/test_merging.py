"""Two records found to be one person become one."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from portal.subjects import flows, merging
from portal.subjects.models import Channel, ContactPoint, Merge, Subject

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def hooks() -> Iterator[list[tuple[str, int, bool]]]:
    """What hooks saw: which, of which merge, and whether inside a transaction."""
    seen: list[tuple[str, int, bool]] = []

    def merged(merge: Merge) -> None:
        seen.append(("merge", merge.pk, connection.in_atomic_block))

    def undone(merge: Merge) -> None:
        seen.append(("undo", merge.pk, connection.in_atomic_block))

    merging.on_merge(merged)
    merging.on_undo(undone)
    yield seen
    merging.forget(merged)
    merging.forget(undone)


def third() -> Subject:
    return flows.reach(Channel.EMAIL, "j.archer@work.example", context="form", source="person").subject


def test_the_addresses_of_both_are_the_survivors(joan: ContactPoint, marek: ContactPoint) -> None:
    merge = merging.merge(joan.subject, marek.subject)
    assert set(joan.subject.contact_points.all()) == {joan, marek}
    assert not marek.subject.contact_points.exists()
    assert merge.moved == [str(marek.pk)]
    assert list(Merge.objects.in_force()) == [merge]
    assert not Merge.objects.undone().exists()


def test_the_absorbed_record_leads_to_the_survivor(joan: ContactPoint, marek: ContactPoint) -> None:
    merging.merge(joan.subject, marek.subject)
    assert flows.resolve(Subject.objects.get(pk=marek.subject_id)) == joan.subject
    assert list(Subject.objects.absorbed()) == [marek.subject]


def test_whoever_is_reached_at_the_absorbed_address_is_the_survivor(joan: ContactPoint, marek: ContactPoint) -> None:
    merging.merge(joan.subject, marek.subject)
    found = flows.find(Channel.EMAIL, marek.address)
    assert found is not None
    assert found.subject == joan.subject


def test_chains_lead_to_their_end(joan: ContactPoint, marek: ContactPoint) -> None:
    last = third()
    merging.merge(marek.subject, joan.subject)
    merging.merge(last, marek.subject)
    assert flows.resolve(Subject.objects.get(pk=joan.subject_id)) == last
    assert set(last.family()) == {last.pk, marek.subject_id, joan.subject_id}
    assert last.contact_points.count() == 3


@pytest.mark.parametrize("who", ["survivor", "absorbed"])
def test_the_more_protective_marks_win(joan: ContactPoint, marek: ContactPoint, who: str) -> None:
    marked = joan.subject if who == "survivor" else marek.subject
    Subject.objects.filter(pk=marked.pk).update(restricted_at=NOON, under_age=True)
    merging.merge(joan.subject, marek.subject)
    joan.subject.refresh_from_db()
    assert joan.subject.restricted_at == NOON
    assert joan.subject.under_age


def test_hooks_are_called_in_the_same_transaction(
    joan: ContactPoint, marek: ContactPoint, hooks: list[tuple[str, int, bool]]
) -> None:
    merge = merging.merge(joan.subject, marek.subject)
    merging.undo(merge)
    assert hooks == [("merge", merge.pk, True), ("undo", merge.pk, True)]


def test_a_hook_that_refuses_leaves_both_as_they_were(
    joan: ContactPoint, marek: ContactPoint, request: pytest.FixtureRequest
) -> None:
    def refuse(merge: Merge) -> None:
        raise merging.MergeRefused("Both have an account.")

    merging.on_merge(refuse)
    request.addfinalizer(lambda: merging.forget(refuse))
    with pytest.raises(merging.MergeRefused, match="Both have an account"):
        merging.merge(joan.subject, marek.subject)
    assert not Merge.objects.exists()
    assert ContactPoint.objects.get(pk=marek.pk).subject == marek.subject


def test_a_hook_cannot_be_registered_twice(hooks: list[tuple[str, int, bool]]) -> None:
    def hook(merge: Merge) -> None:
        raise NotImplementedError

    merging.on_undo(hook)
    with pytest.raises(ValueError, match="twice"):
        merging.on_undo(hook)
    merging.forget(hook)


def erased(subject: Subject) -> Subject:
    Subject.objects.filter(pk=subject.pk).update(erased_at=NOON)
    return subject


@pytest.mark.parametrize(
    "attempt",
    [
        pytest.param(lambda joan, marek: merging.merge(joan, joan), id="with itself"),
        pytest.param(lambda joan, marek: [merging.merge(joan, marek), merging.merge(joan, marek)], id="twice"),
        pytest.param(lambda joan, marek: [merging.merge(joan, marek), merging.merge(marek, joan)], id="in a circle"),
        pytest.param(
            lambda joan, marek: [merging.merge(joan, marek), merging.merge(third(), marek)], id="absorbed twice"
        ),
        pytest.param(
            lambda joan, marek: [merging.merge(joan, marek), merging.merge(marek, third())], id="into absorbed"
        ),
        pytest.param(lambda joan, marek: merging.merge(erased(joan), marek), id="into an erased one"),
        pytest.param(lambda joan, marek: merging.merge(joan, erased(marek)), id="an erased one"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_reason(
    joan: ContactPoint, marek: ContactPoint, attempt: Callable[[Subject, Subject], object]
) -> None:
    with pytest.raises(merging.MergeRefused) as caught:
        attempt(joan.subject, marek.subject)
    assert caught.value.message.endswith(".")


def test_a_longer_circle_is_refused_too(joan: ContactPoint, marek: ContactPoint) -> None:
    last = third()
    merging.merge(marek.subject, joan.subject)
    merging.merge(last, marek.subject)
    with pytest.raises(merging.MergeRefused):
        merging.merge(joan.subject, last)


def test_the_database_refuses_a_record_merged_into_itself(joan: ContactPoint) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Subject.objects.filter(pk=joan.subject_id).update(merged_into=joan.subject_id)


def test_a_circle_written_past_the_code_does_not_hang(joan: ContactPoint, marek: ContactPoint) -> None:
    Subject.objects.filter(pk=joan.subject_id).update(merged_into=marek.subject_id)
    Subject.objects.filter(pk=marek.subject_id).update(merged_into=joan.subject_id)
    with pytest.raises(RuntimeError, match="circle"):
        flows.resolve(Subject.objects.get(pk=joan.subject_id))
    assert len(Subject.objects.get(pk=joan.subject_id).family()) == 2
