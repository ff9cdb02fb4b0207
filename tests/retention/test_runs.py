"""A run removes what is over its time, says what it did, and keeps nothing of what it removed."""

import pytest

from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention import batches
from portal.retention.flows import running
from portal.retention.models import Deletion, Part, Run
from portal.subjects.models import ContactPoint, Provenance, Subject
from tests.retention import scene
from tests.retention.scene import NOW, years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]


@pytest.fixture(autouse=True)
def _approved(organisation: versions.Current) -> None:
    scene.approve()


def part(run: Run, label: str, rule: str = "") -> Part:
    found = run.parts.filter(holding=label)
    return (found.filter(rule=rule) if rule else found).get()


def test_what_is_over_its_time_goes_and_nothing_else() -> None:
    joan = scene.person(met=years_ago(1))
    old, young = scene.mail(joan, years_ago(2)), scene.mail(joan, years_ago(1))
    run = scene.expire()
    assert run.state == Run.State.DONE
    assert list(Message.objects.all()) == [young]
    assert part(run, "outbox.Message").removed == 1
    assert Deletion.objects.get().rows == [str(old.pk)]


def test_a_run_says_what_it_did_under_which_rule_and_how_long_it_took() -> None:
    joan = scene.person(met=years_ago(1))
    scene.mails(joan, years_ago(3), 2)
    scene.mail(joan, years_ago(2))
    run = scene.expire()
    did = part(run, "outbox.Message")
    assert (did.total, did.due, did.removed, did.counts) == (3, 3, 3, {"outbox.Message": 3})
    assert (did.earliest, did.latest) == (years_ago(3), years_ago(2))
    assert did.terms["period"] == "2 years"
    assert did.owner == "Data protection lead"
    assert run.organisation_version_id == versions.current().id
    assert run.finished_at is not None
    assert run.worked.total_seconds() > 0


def test_a_record_of_a_deletion_holds_keys_and_no_content() -> None:
    joan = scene.person(met=years_ago(7))
    scene.mail(joan, years_ago(2))
    scene.expire()
    written = str(list(Deletion.objects.values()))
    assert str(joan.pk) in written
    assert "joan" not in written
    assert "example.org" not in written


def test_somebody_not_heard_of_for_six_years_is_gone_with_all_that_hangs_on_them() -> None:
    joan, marek = scene.person(met=years_ago(6)), scene.person(scene.MAREK, met=years_ago(5))
    scene.mail(joan, years_ago(0.1))  # our own mails are no contact, and go with the address they went to
    run = scene.expire()
    assert list(ContactPoint.objects.all()) == [marek]
    assert list(Subject.objects.all()) == [marek.subject]
    assert Provenance.objects.get().contact_point == marek
    assert not Message.objects.exists()
    assert part(run, "subjects.ContactPoint", "contacts").counts["outbox.Message"] == 1


def test_what_has_no_date_is_kept_and_counted() -> None:
    joan = scene.person(met=years_ago(7))
    Provenance.objects.filter(contact_point=joan).delete()
    run = scene.expire()
    assert ContactPoint.objects.filter(pk=joan.pk).exists()
    assert part(run, "subjects.ContactPoint", "contacts").undated == 1


def test_a_mail_that_still_waits_to_be_sent_is_not_over_its_time() -> None:
    joan = scene.person(met=years_ago(1))
    scene.mail(joan, years_ago(5), state="queued")
    scene.expire()
    assert Message.objects.count() == 1


def test_the_day_before_everything_stays() -> None:
    joan = scene.person(met=years_ago(1))
    sent = NOW.replace(year=2023, day=25, hour=22)  # kept through 25 November 2025
    scene.mail(joan, sent)
    scene.expire(NOW.replace(day=25, hour=23))
    assert Message.objects.exists()
    scene.expire(NOW)
    assert not Message.objects.exists()


def test_a_second_run_finds_nothing_left() -> None:
    scene.mails(scene.person(met=years_ago(1)), years_ago(3), 5)
    scene.expire()
    again = scene.expire()
    assert sum(again.parts.values_list("removed", flat=True)) == 0


def test_a_run_is_never_judged_by_a_day_that_has_not_come() -> None:
    scene.mail(scene.person(met=years_ago(1)), years_ago(1))
    with pytest.raises(ValueError, match="not come"):
        running.expire(as_of=NOW.replace(year=2099))
    assert Message.objects.exists()
    assert not Run.objects.exists()


def test_what_is_due_is_found_however_far_apart_it_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "WINDOW", 2)
    for number in range(7):
        scene.person(f"kept{number}@example.org", met=years_ago(1))
    for number in range(3):
        scene.person(f"gone{number}@example.org", met=years_ago(7))
    scene.expire()
    assert {point.address[:4] for point in ContactPoint.objects.all()} == {"kept"}
    assert ContactPoint.objects.count() == 7
