"""From a declaration to a person's rows: every row of theirs, and nobody else's."""

import pytest

from portal.personal_data import registry
from portal.subjects import merging, suppression
from portal.subjects.models import ContactPoint, Merge, Provenance, Subject, Suppression


def rows(model: type, subject: Subject) -> list[object]:
    return list(registry.rows_of(registry.holding_of(model), subject).order_by("pk"))


def test_a_person_has_their_own_rows(joan: ContactPoint, marek: ContactPoint) -> None:
    assert rows(Subject, joan.subject) == [joan.subject]
    assert rows(ContactPoint, joan.subject) == [joan]
    assert rows(Provenance, joan.subject) == list(joan.provenances.all())
    assert rows(Provenance, marek.subject) == list(marek.provenances.all())


@pytest.mark.usefixtures("_no_hooks")
def test_a_merged_persons_rows_are_those_of_both_records(joan: ContactPoint, marek: ContactPoint) -> None:
    merge = merging.merge(joan.subject, marek.subject)
    assert set(rows(Subject, joan.subject)) == {joan.subject, marek.subject}
    assert set(rows(ContactPoint, joan.subject)) == {joan, marek}
    assert rows(Merge, joan.subject) == [merge], "found by either of two paths, and once"
    merging.undo(merge)
    assert rows(ContactPoint, marek.subject) == [marek]
    assert rows(Merge, marek.subject) == [merge]


def test_rows_that_no_column_leads_to_are_found_by_a_function(joan: ContactPoint, marek: ContactPoint) -> None:
    entry = suppression.suppress(joan, suppression.MARKETING, 1, "opt-out")
    assert rows(Suppression, joan.subject) == [entry]
    assert rows(Suppression, marek.subject) == []


def test_holdings_with_nothing_in_them_are_named_too(joan: ContactPoint) -> None:
    held = {holding.label: list(found) for holding, found in registry.held_about(joan.subject)}
    assert list(held) == [holding.label for holding in registry.holdings()]
    assert held["subjects.ContactPoint"] == [joan]
    assert held["subjects.Merge"] == []


def test_every_holding_can_be_counted_for_somebody_nobody_knows(db: None) -> None:
    stranger = Subject()
    assert all(not found.exists() for _holding, found in registry.held_about(stranger))
