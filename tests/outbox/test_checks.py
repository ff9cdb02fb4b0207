"""System checks of the outbox, its declaration, and its tasks."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.apps import apps
from pytest_django import Settings

from portal.celery import app
from portal.jobs.models import JobRun
from portal.outbox import checks, drainer, flows, gate, kinds, tasks
from portal.outbox.kinds import Category, MailKind
from portal.outbox.models import Message
from portal.personal_data import registry
from portal.personal_data.checks import faults
from portal.subjects.models import ContactPoint
from tests.outbox.conftest import no, yes
from tests.outbox.sinks import Sink


def test_mail_has_one_door(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "portal.outbox.backend.RefuseDirectMail"
    assert checks.check_backend() == []
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    assert [found.id for found in checks.check_backend()] == ["outbox.E001"]


def test_the_door_has_a_keeper() -> None:
    with gate.replaced(yes):
        assert checks.check_gate() == []
        gate.register(yes)
        with pytest.raises(ValueError, match="one keeper"):
            gate.register(no)
    with gate.replaced(None):
        assert [found.id for found in checks.check_gate()] == ["outbox.W001"]
        gate.register(yes)
        assert gate.registered() is yes


@pytest.fixture
def half_a_kind() -> Iterator[None]:
    kinds.register(MailKind("test-half", Category.SERVICE, "test/not-there", lambda _: {}, "Half"))
    yield
    kinds.unregister("test-half")


def test_every_kind_has_its_three_templates(half_a_kind: None) -> None:
    missing = [str(found.msg) for found in checks.check_kinds() if "test-half" in str(found.msg)]
    assert len(missing) == 3
    assert not [found for found in checks.check_kinds() if "test-service" in str(found.msg)]


def test_what_is_held_about_people_is_declared() -> None:
    assert list(faults(registry.holding_of(Message))) == []
    assert apps.get_app_config("outbox").verbose_name == "Mails and mail server"


@pytest.mark.django_db
def test_a_persons_mails_are_found(joan: ContactPoint, marek: ContactPoint) -> None:
    hers = flows.enqueue("test-service", joan)
    flows.enqueue("test-service", marek)
    assert list(registry.rows_of(registry.holding_of(Message), joan.subject)) == [hers]
    assert str(hers) == f"test-service {hers.pk}"


def test_the_tasks_expire_and_the_sweep_comes_by_the_clock(settings: Settings) -> None:
    assert {"portal.outbox.drain", "portal.outbox.sweep"} <= set(app.tasks)
    assert tasks.drain.expires == 60
    entry = settings.CELERY_BEAT_SCHEDULE["outbox-sweep"]
    assert entry["task"] == tasks.sweep.name
    assert entry["options"]["expires"] <= entry["schedule"]


@pytest.mark.django_db(transaction=True)
def test_the_sweep_sends_and_is_recorded(ready: Sink, joan: ContactPoint) -> None:
    flows.enqueue("test-service", joan)
    tasks.sweep()
    run = JobRun.objects.get(name="portal.outbox.sweep")
    assert (run.outcome, run.detail) == ("succeeded", "1 sent")
    flows.enqueue("test-service", joan)
    tasks.drain()
    assert len(ready.mails) == 2
    assert JobRun.objects.count() == 1


def test_a_drain_says_what_it_did() -> None:
    assert str(drainer.Drained()) == "nothing to send"
    assert str(drainer.Drained(trouble="the mail server smokes")) == "nothing to send; stopped: the mail server smokes"
