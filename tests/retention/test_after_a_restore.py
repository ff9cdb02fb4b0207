"""A backup brings back what was deleted since; ``--replay`` deletes it again, and nobody else's in its place."""

import json
from io import StringIO
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.contrib.admin.models import LogEntry
from django.core.management import call_command
from django.db import models

from accounts import flows as accounts
from accounts.models import User
from consent.ledger.models import Event
from consent.ledger.vocabulary import Decision
from portal.database import database_now
from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention import journal
from portal.retention.models import Deletion
from portal.subjects.models import ContactPoint, Provenance
from tests.retention import scene
from tests.retention.scene import years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]


@pytest.fixture(autouse=True)
def _approved(organisation: versions.Current) -> None:
    scene.approve()


def kept(*rows: models.Model) -> list[models.Model]:
    """A backup of these rows, in an order in which they can be put back."""
    for row in rows:
        row.refresh_from_db()
    return list(rows)


def restored(backup: list[models.Model]) -> None:
    """The database as it was, and the records of what was deleted since are gone with the rest."""
    for row in backup:
        row.save(force_insert=True)
    Deletion.objects.all().delete()


def replay() -> dict[str, Any]:
    out = StringIO()
    call_command("expire", "--replay", "--json", stdout=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    return found


def test_what_was_deleted_since_the_backup_goes_again() -> None:
    joan = scene.person(met=years_ago(7))
    mail = scene.mail(joan, years_ago(1))
    backup = kept(joan.subject, joan, *Provenance.objects.all(), mail)
    scene.expire()
    restored(backup)
    Provenance.objects.update(seen_at=years_ago(0))  # a start that says otherwise now changes nothing
    assert replay()["gone"]["subjects.ContactPoint"] == 1
    assert not ContactPoint.objects.exists()
    assert not Message.objects.exists()


def test_doing_it_twice_changes_nothing_more() -> None:
    joan = scene.person(met=years_ago(1))
    backup = kept(scene.mail(joan, years_ago(3)))
    scene.expire()
    restored(backup)
    assert replay()["gone"] == {"outbox.Message": 1}
    assert replay() == {"gone": {}, "stayed": {}}


def test_what_is_held_now_stays_and_is_said() -> None:
    joan = scene.person(met=years_ago(1))
    backup = kept(scene.mail(joan, years_ago(3)))
    scene.expire()
    restored(backup)
    scene.hold(joan.subject)
    assert replay() == {"gone": {}, "stayed": {"outbox.Message": 1}}


def test_an_account_closed_and_deleted_since_goes_again_though_it_is_open_in_the_backup() -> None:
    user = accounts.open_account(scene.JOAN, "long enough to do")
    User.objects.filter(pk=user.pk).update(date_joined=years_ago(5))
    address = EmailAddress.objects.get(user=user)
    backup = kept(user, address)
    User.objects.filter(pk=user.pk).update(is_active=False, closed_at=years_ago(2))
    scene.expire()
    assert not User.objects.exists()
    restored(backup)
    assert User.objects.get().is_active
    assert replay()["gone"] == {"accounts.User": 1, "account.EmailAddress": 1}
    assert not User.objects.exists()


def test_an_account_opened_since_under_the_number_of_one_that_went_stays() -> None:
    user = accounts.open_account(scene.JOAN, "long enough to do")
    number = user.pk
    User.objects.filter(pk=number).update(is_active=False, closed_at=years_ago(2), date_joined=years_ago(5))
    scene.expire()
    User.objects.create(pk=number, email=scene.MAREK)
    assert replay()["gone"] == {}
    assert User.objects.get().email == scene.MAREK


def test_decisions_go_again_unless_the_person_came_back() -> None:
    joan, marek = scene.person(met=years_ago(8)), scene.person(scene.MAREK, met=years_ago(8))
    decided = [scene.decision(point, years_ago(7), Decision.REFUSED) for point in (joan, marek)]
    backup = kept(joan.subject, joan, marek.subject, marek, *Provenance.objects.all(), *decided)
    scene.expire()
    assert not Event.objects.exists()
    restored(backup)
    scene.decision(marek, database_now(), Decision.REFUSED)
    replay()
    assert set(Event.objects.values_list("subject_id", flat=True)) == {marek.subject_id}


def test_a_number_given_out_again_names_somebody_elses_row_which_stays() -> None:
    priya = accounts.open_account("priya@staff.example", "long enough to do", staff=True)
    old = LogEntry.objects.create(user=priya, action_flag=1, action_time=years_ago(5))
    number = old.pk
    scene.expire()
    assert not LogEntry.objects.exists()
    LogEntry.objects.create(pk=number, user=priya, action_flag=1)
    assert replay()["gone"] == {}
    assert LogEntry.objects.count() == 1


def test_a_line_that_a_crash_cut_short_hinders_nothing() -> None:
    joan = scene.person(met=years_ago(1))
    backup = kept(scene.mail(joan, years_ago(3)))
    scene.expire()
    file = next(journal._folder().iterdir())
    whole = file.read_text()
    file.write_text(whole[: len(whole) // 2])
    assert list(journal.lines()) == []
    restored(backup)
    scene.expire()
    assert not Message.objects.exists()
    assert [line.holding for line in journal.lines()] == ["outbox.Message"]


def test_the_journal_holds_keys_and_no_content() -> None:
    joan = scene.person(met=years_ago(7))
    scene.expire()
    text = next(journal._folder().iterdir()).read_text()
    assert str(joan.pk) in text
    assert "joan" not in text
    assert "example" not in text
