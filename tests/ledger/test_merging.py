"""Two records found to be one person: the more protective wins, and it can be undone."""

import pytest

from consent.ledger import projection
from consent.ledger.choices import Choice
from consent.ledger.models import Event
from consent.ledger.permission import history
from portal.subjects import merging
from portal.subjects.models import ContactPoint, Subject
from tests.ledger.acting import BY_CONFIRMATION_MAIL, ON_A_FORM, STOP_ALL, confirm, may_send, no_to, says, yes_to


def test_a_stop_of_either_is_a_stop_of_both(
    joan: Subject, marek: Subject, joans_mail: ContactPoint, mareks_mail: ContactPoint
) -> None:
    says(marek, STOP_ALL)
    says(joan, yes_to("newsletter"))
    merging.merge(joan, marek)
    assert not may_send(joans_mail, "newsletter").allowed
    assert not may_send(mareks_mail, "newsletter").allowed


def test_a_merge_lifts_no_stop_and_a_later_own_yes_does(
    joan: Subject, marek: Subject, joans_mail: ContactPoint, mareks_mail: ContactPoint
) -> None:
    says(joan, STOP_ALL)
    says(marek, yes_to("newsletter"))
    merging.merge(joan, marek)
    assert not may_send(mareks_mail, "newsletter").allowed
    says(joan, yes_to("newsletter"))
    assert may_send(joans_mail, "newsletter").rule == "consent"
    assert may_send(mareks_mail, "newsletter").rule == "consent"


def test_a_yes_asked_for_before_the_merge_is_not_confirmed_past_the_others_stop(joan: Subject, marek: Subject) -> None:
    says(joan, yes_to("newsletter"), **ON_A_FORM)
    says(marek, STOP_ALL)
    merging.merge(joan, marek)
    assert says(joan, confirm("newsletter"), **BY_CONFIRMATION_MAIL).ignored


def test_what_is_said_of_the_absorbed_is_said_of_the_survivor(joan: Subject, marek: Subject) -> None:
    merging.merge(joan, marek)
    stale = Subject(id=marek.pk)  # as somebody read it before the merge
    [event] = says(stale, yes_to("newsletter")).events
    assert event.subject == joan


def test_a_chain_of_merges_ends_at_whoever_speaks_now(joan: Subject, marek: Subject) -> None:
    priya = Subject.objects.create()
    merging.merge(marek, joan)
    merging.merge(priya, marek)
    [event] = says(Subject(id=joan.pk), yes_to("newsletter")).events
    assert event.subject == priya


def test_both_read_one_history(joan: Subject, marek: Subject) -> None:
    says(joan, yes_to("newsletter"))
    says(marek, STOP_ALL)
    merging.merge(joan, marek)
    assert [event.decision for event in history(marek)] == ["merged", "merged", "objected", "granted"]
    assert list(history(joan)) == list(history(marek))


def test_undone_the_survivor_is_as_if_nothing_had_been_and_keeps_what_came_later(
    joan: Subject, marek: Subject, joans_mail: ContactPoint, mareks_mail: ContactPoint
) -> None:
    says(joan, yes_to("newsletter"))
    says(marek, STOP_ALL)
    merge = merging.merge(joan, marek)
    says(joan, yes_to("webinars"))
    merging.undo(merge)
    assert may_send(joans_mail, "newsletter").rule == "consent"
    assert may_send(joans_mail, "webinars").rule == "consent"
    assert may_send(mareks_mail, "webinars").rule == "stopped"


def test_undone_the_absorbed_keeps_the_stops_said_meanwhile_and_no_yes(
    joan: Subject, marek: Subject, mareks_mail: ContactPoint
) -> None:
    says(marek, yes_to("newsletter"), yes_to("promotions"))
    merge = merging.merge(joan, marek)
    says(joan, STOP_ALL)
    says(joan, yes_to("promotions"))
    merging.undo(merge)
    assert not may_send(mareks_mail, "newsletter").allowed
    assert not may_send(mareks_mail, "promotions").allowed


@pytest.mark.parametrize("said", [STOP_ALL, no_to("newsletter")])
def test_what_the_absorbed_had_said_already_is_written_again_and_stays_with_the_survivor(
    joan: Subject, marek: Subject, joans_mail: ContactPoint, said: Choice
) -> None:
    says(joan, yes_to("newsletter"))
    says(marek, said)
    merge = merging.merge(joan, marek)
    assert len(says(joan, said).events) == 1
    assert says(joan, said).unchanged == [said]
    merging.undo(merge)
    assert projection.cells_of(joan.pk)[said.key].stopped
    assert not may_send(joans_mail, "newsletter").allowed


def test_merged_parted_and_merged_again(joan: Subject, marek: Subject, joans_mail: ContactPoint) -> None:
    says(joan, yes_to("newsletter"))
    merging.undo(merging.merge(joan, marek))
    says(marek, STOP_ALL)
    merging.merge(joan, marek)
    assert not may_send(joans_mail, "newsletter").allowed


@pytest.mark.parametrize("first", [0, 1])
def test_undone_in_any_order_everybody_is_who_they_were(
    joan: Subject, marek: Subject, joans_mail: ContactPoint, mareks_mail: ContactPoint, first: int
) -> None:
    priya = Subject.objects.create()
    says(joan, yes_to("newsletter"))
    says(marek, STOP_ALL)
    merges = [merging.merge(marek, joan), merging.merge(priya, marek)]
    merging.undo(merges[first])
    merging.undo(merges[1 - first])
    assert may_send(joans_mail, "newsletter").rule == "consent"
    assert may_send(mareks_mail, "newsletter").rule == "stopped"
    for person in (joan, marek, priya):
        assert projection.cells_of(person.pk) == projection.replayed(person.pk)


def test_the_merge_is_an_event_of_both(joan: Subject, marek: Subject) -> None:
    merge = merging.merge(joan, marek)
    merging.undo(merge)
    for person, other in ((joan, marek), (marek, joan)):
        lines = [(event.decision, event.details["other"]) for event in Event.objects.about([person.pk]).oldest_first()]
        assert lines == [("merged", str(other.pk)), ("unmerged", str(other.pk))]
