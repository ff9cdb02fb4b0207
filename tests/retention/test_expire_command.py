"""``manage.py expire``: what an operator types, and what it answers."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from portal.organisation import versions
from portal.outbox.models import Message
from portal.retention.flows import steering
from portal.retention.models import Run
from tests.retention import scene
from tests.retention.scene import years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]


@pytest.fixture(autouse=True)
def _old_mail(organisation: versions.Current) -> None:
    scene.mail(scene.person(met=years_ago(1)), years_ago(3))


def expire(*words: str) -> str:
    out = StringIO()
    call_command("expire", *words, stdout=out)
    return out.getvalue()


def test_a_dry_run_says_what_would_go_and_changes_nothing() -> None:
    words = expire("--dry-run", "--as-of", "2025-11-26")
    assert "mails: outbox.Message: 1 of 1 would go" in words
    assert "not approved yet" in words
    assert Message.objects.count() == 1
    assert not Run.objects.exists()


def test_a_dry_run_may_look_ahead() -> None:
    scene.mail(scene.person(), years_ago(0))
    found = {line["holding"]: line for line in json.loads(expire("--dry-run", "--json", "--as-of", "2040-01-01"))}
    assert found["outbox.Message"]["going"] == 2
    assert found["outbox.Message"]["samples"]
    assert scene.JOAN not in str(found)


def test_a_run_may_not() -> None:
    scene.approve()
    with pytest.raises(CommandError, match="has not come"):
        expire("--as-of", "2999-01-01")
    assert Message.objects.count() == 1


def test_it_removes_what_is_over_its_time_and_says_so() -> None:
    scene.approve()
    answer = json.loads(expire("--json", "--as-of", "2025-11-26"))
    part = next(part for part in answer["parts"] if part["holding"] == "outbox.Message")
    assert (answer["state"], part["removed"]) == ("done", 1)
    assert not Message.objects.exists()
    assert "0 rows gone" in expire()


@pytest.mark.parametrize("nonsense", ["yesterday", "2026-02-30", "", "2026-03-02T10:00"])
def test_a_day_that_is_none_is_refused(nonsense: str) -> None:
    with pytest.raises(CommandError, match="no date"):
        expire("--as-of", nonsense)


def test_a_paused_run_is_left_alone() -> None:
    from portal.retention.flows import running

    scene.approve()
    steering.pause(running.begin(as_of=scene.NOW))
    with pytest.raises(CommandError, match="paused"):
        expire()
    assert Message.objects.count() == 1
