"""What is held stays, with all that belongs to it; everything else is free."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.models import Event, Request
from dsar.vocabulary import Matter
from portal.holds import flows, standing
from portal.holds.models import Hold
from portal.outbox.models import Message
from portal.personal_data import registry
from portal.subjects import merging
from portal.subjects.models import ContactPoint, Provenance, Subject, Suppression
from portal.subjects.suppression import MARKETING, suppress
from tests.holds.conftest import WHY, free, mail, why

pytestmark = pytest.mark.django_db
Placing = Callable[..., Hold]


def test_a_hold_on_a_person_keeps_every_row_about_them_and_nobody_elses(
    joan: ContactPoint, marek: ContactPoint, hold: Placing
) -> None:
    hers, his = mail(joan), mail(marek)
    hold(joan.subject)
    assert joan.subject_id not in free(Subject)
    assert joan.pk not in free(ContactPoint)
    assert hers.pk not in free(Message)
    assert his.pk in free(Message)
    assert {marek.pk} <= free(ContactPoint)
    assert marek.subject_id in free(Subject)


def test_a_lifted_hold_keeps_nothing(joan: ContactPoint, hold: Placing) -> None:
    placed = hold(joan.subject)
    flows.lift(placed, by="1", reason="The court has decided.")
    assert joan.pk in free(ContactPoint)
    assert why(joan) == []


@pytest.mark.parametrize("held_first", [True, False])
@pytest.mark.parametrize("held", ["kept", "absorbed"])
def test_records_merged_into_one_person_are_held_together(
    joan: ContactPoint, marek: ContactPoint, hold: Placing, held: str, held_first: bool
) -> None:
    rows = [mail(joan), mail(marek)]
    kept, absorbed = joan.subject, marek.subject
    if held_first:
        hold(kept if held == "kept" else absorbed)
    done = merging.merge(kept, absorbed)
    if not held_first:
        hold(kept if held == "kept" else absorbed)
    assert not free(Message)
    assert not {kept.pk, absorbed.pk} & free(Subject)
    assert len(why(rows[0])) == len(why(rows[1])) == 1
    merging.undo(done)
    assert len(free(Message)) == 1


def test_a_chain_of_merges_is_one_person_too(joan: ContactPoint, marek: ContactPoint, hold: Placing) -> None:
    middle, last = Subject.objects.create(), Subject.objects.create()
    stranger = Subject.objects.create()
    merging.merge(middle, joan.subject)
    merging.merge(last, middle)
    merging.merge(last, marek.subject)
    hold(joan.subject)
    assert free(Subject) & {joan.subject_id, marek.subject_id, middle.pk, last.pk, stranger.pk} == {stranger.pk}


def test_a_hold_on_one_mail_keeps_it_and_the_address_it_hangs_on_but_no_other_mail(
    joan: ContactPoint, hold: Placing
) -> None:
    held, other = mail(joan, 1), mail(joan, 2)
    hold(held)
    assert free(Message) == {other.pk}
    assert joan.pk not in free(ContactPoint), "deleting the address would take the mail along"


def test_a_hold_on_a_request_keeps_its_timeline_and_its_letters(joan: ContactPoint, hold: Placing) -> None:
    first, second = asked(joan, Matter.ACCESS), asked(joan, Matter.ERASURE)
    hold(first)
    assert free(Request) == {second.pk}
    assert set(Event.objects.filter(pk__in=free(Event)).values_list("request", flat=True)) == {second.pk}
    assert why(first.events.all()[0])


def test_a_hold_on_a_part_keeps_the_whole_but_no_other_part(joan: ContactPoint, hold: Placing) -> None:
    request = asked(joan, Matter.ACCESS)
    first = request.events.all()[0]
    Event.objects.create(request=request, kind="letter", party="person")
    hold(first)
    assert request.pk not in free(Request)
    assert first.pk not in free(Event)
    assert len(free(Event)) == request.events.count() - 1


def test_a_hold_on_a_holding_keeps_all_its_rows_and_what_would_take_them_along(
    joan: ContactPoint, marek: ContactPoint, hold: Placing
) -> None:
    mail(joan)
    hold(registry.holding_of(Message))
    assert not free(Message)
    assert not free(ContactPoint)
    assert marek.subject_id in free(Subject)
    assert Provenance.objects.filter(pk__in=free(Provenance)).count() == Provenance.objects.count()


def test_rows_that_a_function_finds_are_held_too(joan: ContactPoint, marek: ContactPoint, hold: Placing) -> None:
    for position, point in enumerate((joan, marek), start=1):
        suppress(point, MARKETING, position, "opt-out")
    hold(joan.subject)
    (left,) = free(Suppression)
    assert left == Suppression.objects.get(position=2).pk
    assert why(Suppression.objects.get(position=1))


def test_an_open_request_holds_whom_it_is_about_and_whose_address_it_came_from(
    joan: ContactPoint, marek: ContactPoint
) -> None:
    rows = mail(joan), mail(marek)
    request = asking.ask_as_guest(joan.address, Wish(Matter.ACCESS))
    assert rows[1].pk in free(Message)
    assert rows[0].pk not in free(Message)
    assert why(rows[0]) == ["A request about these data is open."]
    merging.merge(marek.subject, joan.subject)
    assert rows[1].pk not in free(Message), "they are one person now"
    closed(request)
    assert rows[0].pk in free(Message)


def test_a_row_about_nobody_is_free_unless_it_is_held_itself(joan: ContactPoint, hold: Placing) -> None:
    request = asked(joan, Matter.ACCESS)
    Request.objects.update(subject=None, contact_point=None)
    merging.merge(Subject.objects.create(), joan.subject)
    hold(joan.subject)
    assert request.pk in free(Request)
    hold(request)
    assert request.pk not in free(Request)


def test_what_holds_a_row_is_told_to_staff_with_its_reason_and_to_others_without(
    joan: ContactPoint, hold: Placing
) -> None:
    placed = hold(joan.subject)
    (told,), (said,) = why(joan, for_staff=True), why(joan)
    assert WHY in told
    assert f"Hold {placed.pk}" in told
    assert "Priya answers for it" in told
    assert said.startswith("A legal hold keeps it since ")
    assert "court" not in said


def test_the_question_is_one_statement_for_each_holding(joan: ContactPoint, hold: Placing) -> None:
    hold(joan.subject)
    for holding in registry.holdings():
        with CaptureQueriesContext(connection) as queries:
            list(standing.free(holding, holding.model._base_manager.all()).values_list("pk", flat=True))
        if not callable(holding.subject):
            assert len(queries) == 1, holding.label


def test_each_way_back_from_a_row_gives_a_reason_where_it_is_not_free(joan: ContactPoint, hold: Placing) -> None:
    mail(joan)
    asking.ask_as_guest(joan.address, Wish(Matter.ACCESS))
    hold(joan.subject)
    for holding in registry.holdings():
        rows = holding.model._base_manager.all()
        left = set(standing.free(holding, rows).values_list("pk", flat=True))
        for row in rows:
            assert bool(standing.reasons(holding, row)) == (row.pk not in left), holding.label


def asked(point: ContactPoint, matter: Matter) -> Request:
    """A request that is over."""
    return closed(asking.ask_as_guest(point.address, Wish(matter)))


def closed(request: Request) -> Request:
    Request.objects.filter(pk=request.pk).update(state="closed", outcome="withdrawn")
    request.refresh_from_db()
    return request
