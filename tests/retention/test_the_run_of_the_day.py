"""The clock begins one run a day, goes on with one that is not done, and leaves alone one that staff paused."""

import pytest

from portal.jobs.models import JobRun
from portal.organisation import versions
from portal.retention import tasks
from portal.retention.flows import running, steering
from portal.retention.models import Run

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]


def test_it_is_begun_once_and_what_comes_later_finds_nothing_to_do(organisation: versions.Current) -> None:
    tasks.expire()
    tasks.expire()
    assert Run.objects.get().state == Run.State.DONE
    assert list(JobRun.objects.order_by("pk").values_list("detail", flat=True)) == ["done removed=0", "nothing to do"]


def test_one_that_was_cut_off_is_gone_on_with(organisation: versions.Current) -> None:
    run = running.begin()
    tasks.expire()
    run.refresh_from_db()
    assert run.state == Run.State.DONE
    assert Run.objects.count() == 1


def test_a_paused_one_waits_for_who_paused_it(organisation: versions.Current) -> None:
    run = running.begin()
    steering.pause(run)
    tasks.expire()
    run.refresh_from_db()
    assert run.state == Run.State.PAUSED
