"""Staff pause, resume and abort a run between two batches; there is only one; what fails is told and done later."""

from collections.abc import Callable

import pytest
from django.conf import settings
from django.template.loader import render_to_string

from portal.database import database_now
from portal.organisation import versions
from portal.outbox import kinds
from portal.outbox.models import Message
from portal.retention import batches, journal
from portal.retention.flows import running, steering
from portal.retention.models import Part, Run
from tests.retention import scene
from tests.retention.scene import NOW, years_ago

pytestmark = [pytest.mark.django_db, pytest.mark.parametrize("organisation", ["openitio"], indirect=True)]
MAILS = 30


@pytest.fixture(autouse=True)
def _old_mails(organisation: versions.Current, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.approve()
    scene.mails(scene.person(met=years_ago(1)), years_ago(3), MAILS)
    for size in ("LEAST", "FIRST", "MOST"):
        monkeypatch.setattr(batches, size, 10)


def read(kind: str) -> str:
    """What a mail of this kind says."""
    message = Message.objects.filter(kind=kind).latest("created_at")
    return render_to_string("mail/retention/news.txt", kinds.get(kind).context(message))


def after_first_batch(act: Callable[[Run], None]) -> Callable[[Part], None]:
    """Somebody at the desk, acting as soon as the first mails are gone."""
    done: list[int] = []

    def tell(part: Part) -> None:
        if part.holding == "outbox.Message" and part.removed and not done:
            done.append(part.removed)
            act(Run.objects.get(pk=part.run_id))

    return tell


def test_a_paused_run_stands_still_and_goes_on_where_it_was() -> None:
    run = running.expire(as_of=NOW, tell=after_first_batch(steering.pause))
    assert run.state == Run.State.PAUSED
    assert Message.objects.count() == MAILS - 10
    with pytest.raises(running.AlreadyAtWork):
        running.expire(as_of=NOW)
    steering.resume(run)
    run = running.expire(as_of=NOW)
    assert run.state == Run.State.DONE
    assert run.parts.get(holding="outbox.Message").removed == MAILS
    assert Run.objects.count() == 1


def test_an_aborted_run_is_over_and_the_next_does_the_rest() -> None:
    run = running.expire(as_of=NOW, tell=after_first_batch(steering.abort))
    assert (run.state, Message.objects.count()) == (Run.State.ABORTED, MAILS - 10)
    with pytest.raises(steering.TooLate):
        steering.resume(run)
    assert running.expire(as_of=NOW).state == Run.State.DONE
    assert not Message.objects.exists()


def test_a_run_that_is_at_work_keeps_others_out() -> None:
    seen: list[str] = []

    def second(_run: Run) -> None:
        with pytest.raises(running.AlreadyAtWork):
            running.expire(as_of=NOW)
        with pytest.raises(running.AlreadyAtWork):
            running.begin(as_of=NOW)
        seen.append("refused")

    assert running.expire(as_of=NOW, tell=after_first_batch(second)).state == Run.State.DONE
    assert seen == ["refused"]


def test_who_lost_the_run_to_another_commits_nothing_more() -> None:
    def stolen(run: Run) -> None:
        Run.objects.filter(pk=run.pk).update(holder="somebody else")

    run = running.expire(as_of=NOW, tell=after_first_batch(stolen))
    assert (run.state, run.holder) == (Run.State.RUNNING, "somebody else")
    assert Message.objects.count() == MAILS - 10


def test_a_run_that_is_out_of_time_is_gone_on_with_later() -> None:
    run = running.expire(as_of=NOW, seconds=-1)
    assert (run.state, run.holder, Message.objects.count()) == (Run.State.RUNNING, "", MAILS)
    again = running.expire(as_of=NOW)
    assert (again.pk, again.state) == (run.pk, Run.State.DONE)
    assert not Message.objects.exists()


def test_a_full_disk_fails_the_run_which_is_mailed_and_the_next_run_does_the_rest(
    mailed: Callable[[str], int],
) -> None:
    file = settings.VAR_DIR / "journal" / f"deletions-{database_now().year}.jsonl"
    file.parent.mkdir(exist_ok=True)
    file.unlink(missing_ok=True)
    file.symlink_to("/dev/full")
    with pytest.raises(OSError, match="No space"):
        running.expire(as_of=NOW)
    file.unlink()
    failed = Run.objects.get()
    assert (failed.state, failed.trouble, failed.open) == (Run.State.FAILED, "OSError", None)
    assert mailed("retention-failed") == 1
    assert "Mails with their privacy notice (Data protection lead)" in read("retention-failed")
    run = running.expire(as_of=NOW)
    assert run.state == Run.State.DONE
    assert Message.objects.filter(kind="news").count() == 0
    written = {key for line in journal.lines() for key in line.rows}
    assert len(written) == MAILS, "what was deleted while the disk was full is in the journal all the same"
