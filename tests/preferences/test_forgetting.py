"""Who was asked by mail and did not answer is forgotten; who is known otherwise is not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from accounts.models import User
from consent.ledger.models import Event
from consent.preferences import tasks
from consent.preferences.flows import forgetting, stopping
from consent.preferences.models import Confirmation
from portal.database import database_now
from portal.holds import flows as holds
from portal.holds.flows import Terms
from portal.jobs.models import JobRun
from portal.outbox.models import Message
from portal.subjects import flows as subjects
from portal.subjects.models import ContactPoint, Provenance
from tests.preferences.conftest import JOAN, MAREK, asked, on, own_page, subjects_at, subscribed

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("organisation")]


def run_out() -> None:
    Confirmation.objects.update(expires_at=database_now() - timedelta(seconds=1))


def test_an_address_known_from_nothing_else_is_deleted_and_the_event_names_it_no_more() -> None:
    asked(JOAN, "newsletter", "webinars")
    run_out()
    assert forgetting.forget_unconfirmed() == (1, 1)
    assert not ContactPoint.objects.exists()
    assert not Provenance.objects.exists()
    assert not Message.objects.exists()
    assert not Confirmation.objects.exists()
    events = list(Event.objects.values())
    assert len(events) == 2
    assert "joan" not in str(events)


def test_what_has_not_run_out_or_was_used_stays() -> None:
    asked(JOAN, "newsletter")
    subscribed(MAREK, "newsletter")
    assert forgetting.forget_unconfirmed() == (0, 0)
    run_out()
    assert forgetting.forget_unconfirmed() == (1, 1)
    assert Confirmation.objects.get().contact_point == subjects_at(MAREK)
    assert "newsletter.email" in on(subjects_at(MAREK))


def test_who_is_held_is_not_forgotten_before_the_hold_is_lifted() -> None:
    asked(JOAN, "newsletter")
    run_out()
    terms = Terms(reason="The address is part of a case.", owner="1", review_on=holds.today())
    hold = holds.place(subjects_at(JOAN).subject, terms, by="1")
    assert forgetting.forget_unconfirmed() == (0, 0)
    holds.lift(hold, by="1", reason="The case is closed.")
    assert forgetting.forget_unconfirmed() == (1, 1)


def test_somebody_asked_twice_is_forgotten_with_the_last_question() -> None:
    asked(JOAN, "newsletter")
    run_out()
    asked(JOAN, "webinars")
    assert forgetting.forget_unconfirmed() == (1, 0)
    run_out()
    assert forgetting.forget_unconfirmed() == (1, 1)
    assert not ContactPoint.objects.exists()


def test_who_was_known_before_stays_known() -> None:
    subjects.reach("email", MAREK, context="website", source="person")
    asked(MAREK, "newsletter")
    run_out()
    assert forgetting.forget_unconfirmed() == (1, 0)
    assert subjects_at(MAREK).retired_at is None


def test_an_account_holder_stays(joan: User) -> None:
    asked(JOAN, "newsletter")
    run_out()
    assert forgetting.forget_unconfirmed() == (1, 0)
    assert subjects_at(JOAN).subject == joan.subject


def test_who_came_by_another_way_meanwhile_stays() -> None:
    asked(JOAN, "newsletter")
    subjects.reach("email", JOAN, context="shop", source="person")
    run_out()
    assert forgetting.forget_unconfirmed() == (1, 0)


def test_who_gave_another_address_meanwhile_stays() -> None:
    point = asked(JOAN, "newsletter").contact_point
    subjects.add_address(point.subject, "post", "Joan Archer\n1 High Street", context="website", source="person")
    run_out()
    assert forgetting.forget_unconfirmed() == (1, 0)


def test_who_said_stop_stays_so_that_it_is_obeyed() -> None:
    point = asked(JOAN, "newsletter").contact_point
    stopping.stop_everything(point.subject, own_page(proved=False))
    run_out()
    assert forgetting.forget_unconfirmed() == (1, 0)


def test_the_job_runs_in_batches_and_leaves_a_record(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> None:
    monkeypatch.setattr(forgetting, "BATCH", 2)
    for number in range(5):
        asked(f"reader{number}@example.net", "newsletter")
    run_out()
    tasks.forget_unconfirmed.run()
    assert not ContactPoint.objects.exists()
    assert JobRun.objects.get(name="consent.preferences.forget_unconfirmed").outcome == "succeeded"
