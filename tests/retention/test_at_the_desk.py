"""Priya looks what each rule would do, lets it, begins a run, stops it and ends it; others see what they may."""

from __future__ import annotations

import html
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import redis
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts import flows as accounts
from accounts.groups import AUDITOR, EDITOR, PRIVACY_OFFICER, SUPPORT
from accounts.models import Session
from portal.database import database_now
from portal.holds import flows as holds
from portal.organisation import local_time, versions
from portal.organisation.versions import Current
from portal.outbox.models import Message
from portal.retention import also
from portal.retention.desk import nudge, words
from portal.retention.flows import daily, running
from portal.retention.models import Approval, Deletion, Part, Run
from portal.subjects.models import ContactPoint, Subject
from tests.retention import scene

pytestmark = pytest.mark.django_db
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
LIST = "admin:portal_retention_run_changelist"
PAGES = [("rules",), ("preview", "mails"), ("coming",), ("months",)]


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.OUTBOX_NUDGE = False


@pytest.fixture
def priya(organisation: Current) -> Client:
    return sitting(PRIVACY_OFFICER)


def sitting(group: str) -> Client:
    client = Client()
    address = f"{group.split(maxsplit=1)[0].lower()}@staff.example"
    client.force_login(accounts.open_account(address, name=group, staff=True, groups=(group,)), BACKEND)
    return client


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def see(client: Client, name: str, *args: Any) -> str:
    return said(client.get(reverse(f"admin:portal_retention_{name}", args=args)))


def press(client: Client, name: str, *args: Any, **data: Any) -> str:
    """What the page says after a button was pressed."""
    return said(client.post(reverse(f"admin:portal_retention_{name}", args=args), data, follow=True))


def old_mails(count: int = 3) -> ContactPoint:
    """So many mails that were sent long ago."""
    point = scene.person(met=database_now() - timedelta(days=30))
    scene.mails(point, database_now() - timedelta(days=366 * 8), count)
    return point


def approve(client: Client, code: str) -> str:
    page = client.get(reverse("admin:portal_retention_preview", args=[code])).content.decode()
    (digest,) = re.findall(r'name="digest" value="([0-9a-f]+)"', page)
    return press(client, "approve", code, digest=digest)


def test_every_rule_is_shown_with_its_reason_its_owner_and_what_it_covers(priya: Client, organisation: Current) -> None:
    page = see(priya, "rules")
    for _holding, rule in also.in_force():
        for words_of_rule in (rule.entry.title, rule.entry.reason, rule.entry.owner, words.sentence(rule)):
            assert str(words_of_rule) in page
    assert "Deleted 1 year after it was sent." in page
    assert "Deleted 28 days after somebody last typed it." in page
    assert page.count("does nothing yet") == len({rule.code for _holding, rule in also.in_force()})


def test_a_rule_that_nobody_ever_approved_does_not_read_as_one_that_changed(priya: Client) -> None:
    assert "Approved not as it is now" not in see(priya, "rules")
    assert "Approved by nobody yet" in see(priya, "rules")
    version = versions.current().id
    Approval.objects.create(rule="mails", rule_digest="0" * 64, organisation_version_id=version, approved_by="1")
    assert see(priya, "rules").count("Approved not as it is now: it was approved before it changed") == 1


def test_what_goes_without_its_rule_says_so(priya: Client) -> None:
    assert "They go with the check itself, approved or not." in see(priya, "rules")


def test_a_preview_says_that_more_may_go_than_is_free_now_and_it_does(priya: Client) -> None:
    point = scene.person(met=database_now() - timedelta(days=366 * 12))
    page = see(priya, "preview", "contacts")
    assert re.search(r"Would go now 0 of .* Kept: something points at them 1 .* it goes in the same run, on top", page)
    assert "More may go: what belongs to a row goes with it" in see(priya, "coming")
    approve(priya, "contacts")
    run = running.expire()
    assert not Subject.objects.filter(pk=point.subject_id).exists()
    page = see(priya, "run_change", run.pk)
    whole = sum(Deletion.objects.values_list("count", flat=True))
    assert f"With what belonged to them, {whole}: so the months and the report of the year count." in page


def test_a_preview_counts_shows_some_and_changes_nothing(priya: Client) -> None:
    point = old_mails()
    terms = holds.Terms(reason="A case.", owner="1", review_on=holds.today())
    holds.place(Message.objects.latest("pk"), terms, by="1")
    page = see(priya, "preview", "mails")
    assert "Would go now 2 of 4" in page, "Priya was told of the hold by mail"
    assert "Kept: on hold 1" in page
    assert point.address not in page
    assert str(Message.objects.filter(kind="news").earliest("pk").pk) in page
    assert Message.objects.filter(kind="news").count() == 3


def test_a_rule_works_once_somebody_looked_and_said_yes(priya: Client) -> None:
    old_mails()
    assert "It works from the next run on." in approve(priya, "mails")
    approval = Approval.objects.get()
    assert LogEntry.objects.filter(object_id=str(approval.pk)).exists()
    assert "by Privacy officer" in see(priya, "rules")
    assert "Approve this rule" not in see(priya, "preview", "mails")
    running.expire()
    assert not Message.objects.exists()


def test_a_rule_that_changed_since_the_look_is_shown_again(priya: Client) -> None:
    assert "The rule has changed since you looked." in press(priya, "approve", "mails", digest="0" * 64)
    assert not Approval.objects.exists()
    assert priya.get(reverse("admin:portal_retention_preview", args=["no-such-rule"])).status_code == 404
    assert priya.post(reverse("admin:portal_retention_approve", args=["no-such-rule"])).status_code == 404


def test_a_run_is_begun_paused_gone_on_with_and_done(priya: Client) -> None:
    old_mails()
    approve(priya, "mails")
    assert "Begun." in press(priya, "start")
    run = Run.objects.get()
    assert "0 rows are gone" in see(priya, "run_change", run.pk)
    assert "There is only ever one." in press(priya, "start")
    assert "Begin a run now" not in see(priya, "run_changelist")
    assert "Paused." in press(priya, "steer", run.pk, "pause")
    assert daily.look(20) == daily.NOTHING
    assert Message.objects.filter(kind="news").count() == 3
    assert "It goes on." in press(priya, "steer", run.pk, "resume")
    daily.look(20)
    page = see(priya, "run_change", run.pk)
    assert "3 rows are gone" in page
    assert "by Privacy officer" in page
    assert "Pause the run" not in page
    assert "Too late" in press(priya, "steer", run.pk, "pause")
    assert Run.objects.count() == 1


def test_what_a_run_did_is_not_lost_among_rules_that_nobody_approved(priya: Client, organisation: Current) -> None:
    press(priya, "start")
    daily.look(20)
    assert "Nothing: no rule was approved." in see(priya, "run_change", Run.objects.get().pk)
    old_mails()
    approve(priya, "mails")
    press(priya, "start")
    daily.look(20)
    run = Run.objects.latest("pk")
    page = see(priya, "run_change", run.pk)
    rules = organisation.organisation.retention
    others = len(set(run.parts.exclude(rule="mails").values_list("rule", flat=True)))
    assert f"{others} rules did nothing, since nobody approved them: " in page
    assert str(rules["mails"].title) not in page.partition("nobody approved them: ")[2].partition("Look what")[0]
    assert "rule not approved yet" not in page
    assert f"{run.parts.count()} of {run.parts.count()} parts are settled." in page


def test_a_run_is_ended_where_it_is_and_the_rest_stays(priya: Client) -> None:
    old_mails()
    approve(priya, "mails")
    press(priya, "start")
    assert "Ended." in press(priya, "steer", Run.objects.get().pk, "abort")
    assert Run.objects.get().state == Run.State.ABORTED
    assert Message.objects.filter(kind="news").count() == 3
    assert priya.post(reverse("admin:portal_retention_steer", args=[Run.objects.get().pk, "delete"])).status_code == 404


def test_a_run_that_asks_goes_on_after_a_yes(priya: Client, settings: Settings) -> None:
    settings.RETENTION_ASK_FROM_ROWS = 2
    old_mails()
    approve(priya, "mails")
    run = running.expire()
    page = see(priya, "run_change", run.pk)
    assert "Yes, 3 may go" in page
    assert "waits for a yes" in see(priya, "run_changelist")
    part = Part.objects.get(state=Part.State.ASKING)
    assert "Allowed." in press(priya, "allow", run.pk, part.pk)
    assert "Too late" in press(priya, "allow", run.pk, part.pk)
    running.expire()
    assert not Message.objects.filter(kind="news").exists()
    assert priya.post(reverse("admin:portal_retention_allow", args=[run.pk + 1, part.pk])).status_code == 404


def test_what_goes_in_the_next_30_days_is_counted_beside_what_goes_now(priya: Client) -> None:
    Session.objects.update(expire_date=database_now() + timedelta(days=60))  # hers ends in a fortnight
    assert "Nothing comes to the end of its time." in see(priya, "coming")
    point = old_mails(2)
    scene.mails(point, database_now() - timedelta(days=345), 3)
    assert "Mails Mails we sent 2 3 no: they stay" in see(priya, "coming")


def test_what_went_stands_by_month_and_rule_with_a_bar_above(priya: Client) -> None:
    for month, rule, count in ((1, "mails", 4), (3, "mails", 8), (3, "contacts", 2)):
        at = datetime(2024, month, 31, 23, 30, tzinfo=UTC)
        Deletion.objects.create(rule=rule, holding="outbox.Message", action="delete", count=count, at=at)
    assert "Nothing went in this year." in see(priya, "months")
    answer = priya.get(reverse("admin:portal_retention_year", args=[2024]))
    page = said(answer)
    assert "All rules 0 4 0 10 0 0 0 0 0 0 0 0 14" in page, "the last evening in UTC is the next month here"
    assert "Mails we sent 0 4 0 8 0" in page
    assert answer.content.decode().count("<rect") == 2
    assert "What went in 2026" in page or f"What went in {database_now().year}" in page
    Deletion.objects.create(rule="mails", holding="outbox.Message", action="delete", count=1, at=database_now())
    heads = re.findall(
        r'<th scope="col">(\w+)</th>', priya.get(reverse("admin:portal_retention_months")).content.decode()
    )
    assert heads[-2] == f"{database_now().astimezone(local_time.zone()):%b}", "the year so far ends with this month"
    for year in (0, 99999):
        assert priya.get(reverse("admin:portal_retention_year", args=[year])).status_code == 404


def test_the_index_shows_the_last_run_the_next_and_what_waits(priya: Client) -> None:
    index = said(priya.get(reverse("admin:index")))
    assert "rules do nothing yet" in index
    assert "Next run in a quarter of an hour at the latest" in index
    old_mails()
    approve(priya, "mails")
    running.expire()
    index = said(priya.get(reverse("admin:index")))
    assert "done Last run: 3 rows gone" in index
    assert "Next run tomorrow, soon after midnight" in index
    Run.objects.update(state=Run.State.FAILED, trouble="OperationalError")
    index = priya.get(reverse("admin:index")).content.decode()
    assert '<span class="left late">failed</span>' in index
    assert "OperationalError" in index


def test_an_auditor_looks_and_changes_nothing(organisation: Current) -> None:
    old_mails()
    run = running.begin()
    auditor = sitting(AUDITOR)
    assert "Begin a run now" not in see(auditor, "run_changelist")
    for page in PAGES:
        shown = auditor.get(reverse(f"admin:portal_retention_{page[0]}", args=page[1:]))
        assert shown.status_code == 200, page
        main = shown.content.decode().partition('id="content"')[2]
        assert 'method="post"' not in main, page
    assert "Pause the run" not in see(auditor, "run_change", run.pk)
    posts = [("start",), ("approve", "mails"), ("steer", run.pk, "abort"), ("allow", run.pk, run.parts.all()[0].pk)]
    for post in posts:
        assert auditor.post(reverse(f"admin:portal_retention_{post[0]}", args=post[1:])).status_code == 403, post


@pytest.mark.parametrize("group", [SUPPORT, EDITOR])
def test_others_see_none_of_it(organisation: Current, group: str) -> None:
    other, run = sitting(group), running.begin()
    for page in (
        ("rules",),
        ("preview", "mails"),
        ("coming",),
        ("months",),
        ("run_change", run.pk),
        ("run_changelist",),
    ):
        assert other.get(reverse(f"admin:portal_retention_{page[0]}", args=page[1:])).status_code == 403, page
    assert "Retention" not in said(other.get(reverse("admin:index")))


def test_looking_changes_nothing_and_nothing_is_steered_by_a_link(priya: Client) -> None:
    run = running.begin()
    for page in (("start",), ("approve", "mails"), ("steer", run.pk, "abort")):
        assert priya.get(reverse(f"admin:portal_retention_{page[0]}", args=page[1:])).status_code == 405, page
    assert priya.get(reverse("admin:portal_retention_run_change", args=[run.pk + 1])).status_code == 404


def test_a_worker_is_told_of_a_run_that_was_begun(priya: Client) -> None:
    nudge.publish()
    with redis.Redis.from_url(settings.REDIS_URL, socket_timeout=2) as broker:
        assert b"portal.retention.expire" in b"".join(broker.lrange("celery", 0, -1))
