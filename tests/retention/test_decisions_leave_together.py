"""The ledger is pruned by a lane of its own: all of a person or nothing, and nobody who said stop is forgotten."""

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction

from consent.ledger import projection
from consent.ledger.models import Event, Pruning, State
from consent.ledger.vocabulary import Decision
from portal.organisation import versions
from portal.retention.models import Part
from portal.subjects import merging
from portal.subjects.models import ContactPoint, Merge, Subject, Suppression
from portal.subjects.suppression import suppressions
from tests.retention import scene
from tests.retention.scene import years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]


@pytest.fixture(autouse=True)
def _approved(organisation: versions.Current) -> None:
    scene.approve()


def part() -> Part:
    return Part.objects.get(holding="consent_ledger.Event")


def test_decisions_go_with_the_address_once_both_are_over_their_time() -> None:
    joan = scene.person(met=years_ago(8))
    scene.decision(joan, years_ago(8))
    scene.decision(joan, years_ago(7), Decision.WITHDRAWN)
    projection.rebuild(joan.subject_id)
    scene.expire()
    assert not Event.objects.exists()
    assert not State.objects.exists()
    assert not Subject.objects.exists()
    assert Pruning.objects.get().person is None, "what let them go names nobody afterwards"
    call_command("checkledger")


def test_who_said_stop_stays_stopped_at_an_address_that_is_gone() -> None:
    joan = scene.person(met=years_ago(8))
    scene.decision(joan, years_ago(7), Decision.OBJECTED)
    projection.rebuild(joan.subject_id)
    assert not Suppression.objects.exists()
    scene.expire()
    assert not ContactPoint.objects.exists()
    stop = suppressions(joan.channel, joan.identity)[0]
    assert (stop.scope, stop.reason) == ("marketing", "retention")


def test_who_said_yes_again_is_not_suppressed() -> None:
    joan = scene.person(met=years_ago(8))
    scene.decision(joan, years_ago(8), Decision.OBJECTED)
    scene.decision(joan, years_ago(7), Decision.GRANTED)
    projection.rebuild(joan.subject_id)
    scene.expire()
    assert suppressions(joan.channel, joan.identity) == []


def test_a_no_is_kept_for_as_long_as_the_address_is() -> None:
    joan = scene.person(met=years_ago(1))
    scene.decision(joan, years_ago(9), Decision.OBJECTED)
    projection.rebuild(joan.subject_id)
    scene.expire()
    assert Event.objects.count() == 1
    assert part().needed == 1


def test_one_decision_that_is_young_keeps_those_before_it() -> None:
    joan = scene.person(met=years_ago(8))
    scene.decision(joan, years_ago(8))
    scene.decision(joan, years_ago(5))
    projection.rebuild(joan.subject_id)
    scene.expire()
    assert Event.objects.count() == 2


def test_records_that_were_joined_go_together_or_stay_together() -> None:
    joan, other = scene.person(met=years_ago(8)), scene.person("joan@example.org", met=years_ago(8))
    scene.decision(joan, years_ago(8))
    scene.decision(other, years_ago(7))
    merge = merging.merge(joan.subject, other.subject)
    Event.objects.filter(decision=Decision.MERGED)  # written now, and no decision of theirs
    Merge.objects.filter(pk=merge.pk).update(merged_at=years_ago(7))
    scene.mail(joan, years_ago(0.1))
    scene.expire()
    assert not Event.objects.exists()
    assert not Merge.objects.exists()
    assert not Subject.objects.exists()
    call_command("checkledger")


def test_no_other_way_leads_out_of_the_ledger() -> None:
    joan = scene.person(met=years_ago(8))
    scene.decision(joan, years_ago(8))
    for rows in (Event._base_manager.all(), Event._base_manager.filter(subject=joan.subject)):
        with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
            rows.delete()
    Pruning.objects.create(person=None, events=1)
    with pytest.raises(DatabaseError, match="only grows"), transaction.atomic():
        Event._base_manager.all().delete()
