"""``checkledger`` says nothing is wrong only when nothing is."""

from io import StringIO
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from consent.ledger import projection, verification
from consent.ledger.circumstances import Circumstances
from consent.ledger.fold import Entry
from consent.ledger.models import CircumstancesRecord, Event, State, Text
from portal import append_only
from portal.subjects import merging
from portal.subjects.models import Subject
from tests.ledger.acting import STOP_ALL, says, yes_to

SEEN = Circumstances(ip="203.0.113.0/24", user_agent="Firefox", path="/subscribe/")


@pytest.fixture(autouse=True)
def lives(joan: Subject, marek: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verification, "PAGE", 2)
    says(joan, yes_to("newsletter"), circumstances=SEEN)
    says(joan, yes_to("webinars"), circumstances=SEEN)
    says(marek, STOP_ALL, circumstances=SEEN)
    merging.merge(joan, marek)
    Subject.objects.create()


def check(*options: str) -> str:
    out = StringIO()
    call_command("checkledger", *options, stdout=out)
    return out.getvalue()


def failing(*options: str) -> str:
    out = StringIO()
    with pytest.raises(CommandError, match="differences") as caught:
        call_command("checkledger", *options, stdout=out)
    assert caught.value.returncode == 1
    assert "@" not in out.getvalue()
    return out.getvalue()


def test_a_sound_ledger() -> None:
    assert "5 events: everything as it should be." in check()


def test_a_state_that_somebody_bent(joan: Subject) -> None:
    State.objects.filter(subject=joan, code="newsletter").update(consent_id=99, stopped_id=0)
    assert f"state differs from its events: {joan.pk} topic newsletter email" in failing()


def test_a_state_that_is_lost_or_made_up(joan: Subject, marek: Subject) -> None:
    State.objects.filter(subject=marek).delete()
    State.objects.create(
        subject=joan, kind="topic", code="promotions", channel="email", consent_id=1, last_decision="granted"
    )
    found = failing()
    assert f"{marek.pk} marketing - every-channel" in found
    assert f"{joan.pk} topic promotions email" in found


def test_wrong_states_can_be_made_again(joan: Subject) -> None:
    State.objects.filter(subject=joan).update(consent_id=99)
    assert "Rebuilt the states of 1." in failing("--rebuild")
    assert "everything as it should be" in check()


def test_an_event_that_somebody_changed_past_the_triggers(joan: Subject) -> None:
    with append_only.removed(), connection.cursor() as cursor:
        cursor.execute("UPDATE consent_ledger_event SET decision = 'withdrawn' WHERE code = 'newsletter'")
    assert str(joan.pk) in failing()


def test_a_wording_that_somebody_changed_past_the_triggers() -> None:
    with append_only.removed():
        Text.objects.update(body="Yes to everything.")
    assert f"wording does not match its digest: {Text.objects.get().pk}" in failing()


def test_circumstances_that_somebody_changed() -> None:
    row = CircumstancesRecord.objects.earliest("created_at")
    CircumstancesRecord.objects.filter(pk=row.pk).update(ip="198.51.100.0/24")
    assert f"circumstances do not match their digest: {row.pk}" in failing()


def test_circumstances_that_belong_to_no_event(joan: Subject) -> None:
    CircumstancesRecord.objects.create(
        digest=SEEN.digest("n"), nonce="n", subject=joan, ip=SEEN.ip, path=SEEN.path, user_agent="Firefox"
    )
    assert f"circumstances of no event: {SEEN.digest('n')}" in failing()


def test_circumstances_that_were_deleted_are_gone_by_right() -> None:
    CircumstancesRecord.objects.all().delete()
    assert "everything as it should be" in check()
    assert Event.objects.exclude(circumstances_digest="").count() == 3


def test_a_trigger_that_is_gone() -> None:
    append_only.remove()
    assert "trigger missing, disabled or altered: consent_ledger_event_only_grows" in failing()


def test_a_decision_made_between_two_reads_is_no_difference(joan: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    read = projection.entries_of

    def read_then_somebody_decides(people: list[UUID]) -> dict[UUID, list[Entry]]:
        entries = read(people)
        if joan.pk in people and not Event.objects.filter(code="promotions").exists():
            says(joan, yes_to("promotions"))
        return entries

    monkeypatch.setattr(projection, "entries_of", read_then_somebody_decides)
    assert "everything as it should be" in check()
