"""A machine whose clock is wrong deletes nothing: it cannot know what is over, and neither can we."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.management import CommandError, call_command

from portal.jobs.models import JobRun, Outcome
from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention import tasks
from portal.retention.flows import running
from portal.retention.models import Run
from tests.retention import scene
from tests.retention.scene import years_ago

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.parametrize("organisation", ["openitio"], indirect=True),
]


@pytest.fixture(autouse=True)
def _old_mail(organisation: versions.Current) -> None:
    scene.approve("mails")
    scene.mail(scene.person(), years_ago(3))


@pytest.mark.parametrize("off", [timedelta(days=366), timedelta(days=-366)])
def test_the_run_of_the_day_is_not_begun_and_is_on_record_as_failed(off: timedelta) -> None:
    with time_machine.travel(datetime.now(UTC) + off), pytest.raises(running.ClocksDisagree):
        tasks.expire()
    assert Message.objects.filter(kind="news").exists()
    assert not Run.objects.exists()
    assert JobRun.objects.filter(outcome=Outcome.FAILED, detail="ClocksDisagree").exists()


def test_the_command_line_says_what_is_wrong() -> None:
    with (
        time_machine.travel(datetime.now(UTC) + timedelta(days=366)),
        pytest.raises(CommandError, match="clocks of this machine and of the database disagree"),
    ):
        call_command("expire")
    assert Message.objects.filter(kind="news").exists()


def test_once_it_is_right_again_the_run_is_done() -> None:
    tasks.expire()
    assert not Message.objects.filter(kind="news").exists()
