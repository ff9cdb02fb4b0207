"""The index of the desk answers one question: what must I do today?"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.groups import AUDITOR, EDITOR
from accounts.models import User
from dsar.flows import answering, asking, deadlines
from dsar.flows.asking import Wish
from dsar.models import Request, Task
from dsar.vocabulary import Matter
from portal.database import database_now
from portal.jobs.models import JobRun
from portal.outbox.models import Message, State
from tests.dsar.desk.conftest import AtDesk, ask, close_tasks, member, refused, words_of

pytestmark = pytest.mark.django_db


def index(desk: AtDesk) -> str:
    return words_of(desk.client.get(reverse("admin:index")).content.decode())


def test_what_is_overdue_is_on_top_and_reports_of_a_compromise_before_it(priya: AtDesk, joan: User) -> None:
    late, soon = ask(joan), ask(joan, Matter.ERASURE)
    for request, days in ((late, -2), (soon, 4)):
        Request.objects.filter(pk=request.pk).update(promised_due=deadlines.today() + timedelta(days=days))
    report = ask(joan, Matter.COMPROMISE)
    page = index(priya)
    assert page.index(report.reference) < page.index(late.reference) < page.index(soon.reference)
    for words in ("look at once", "2 days overdue", "4 days left"):
        assert words in page


def test_a_new_day_with_nothing_to_do_says_so(priya: AtDesk) -> None:
    page = index(priya)
    for words in ("No request is open.", "No other system is late.", "No mail failed.", "no job has run yet"):
        assert words in page


def test_what_nobody_works_on_is_listed(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    assert "assigned to nobody" in index(priya)
    answering.assign(request, priya.user, priya.user)
    assert "Somebody works on each." in index(priya)


def test_with_forty_requests_the_page_says_how_many_and_shows_ones_own(priya: AtDesk, joan: User) -> None:
    own = ask(joan)
    answering.assign(own, priya.user, priya.user)
    Request.objects.filter(pk=own.pk).update(promised_due=deadlines.today() + timedelta(days=9))
    for number in range(39):
        asking.ask_as_guest(f"guest{number}@example.net", Wish(Matter.ACCESS))
    others = Request.objects.exclude(pk=own.pk)
    others.update(state="active", promised_due=deadlines.today() + timedelta(days=2))
    Request.objects.filter(pk__in=others.values("pk")[:5]).update(promised_due=deadlines.today() - timedelta(days=1))
    page = index(priya)
    for words in ("All 40 open requests", "All 5 that are overdue", "Show all 39 in the list"):
        assert words in page
    # More urgent ones fill the first list; hers stands in her own.
    assert f"9 days left {own.reference}" in page
    assert "None is assigned to you." not in page
    assert "None is assigned to you." in index(member(AUDITOR))
    listed = priya.client.get(f"{reverse('admin:dsar_request_changelist')}?assigned=me").content.decode()
    assert "1 request" in words_of(listed)


def test_a_system_that_is_late_leads_to_its_task(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    Task.objects.filter(request=request).update(due=deadlines.today() - timedelta(days=3))
    page = index(priya)
    assert "3 days overdue" in page
    assert Task.objects.filter(request=request)[0].title in page
    close_tasks(request, priya.user)
    assert "No other system is late." in index(priya)


def test_mails_that_failed_are_counted_by_kind(priya: AtDesk, joan: User) -> None:
    ask(joan)
    Message.objects.filter(kind="request-receipt").update(state=State.FAILED)
    assert "1 failed Request received" in index(priya)


def test_jobs_that_failed_or_stopped_running_are_named(priya: AtDesk) -> None:
    now = database_now()
    names = [str(entry["task"]) for entry in settings.CELERY_BEAT_SCHEDULE.values()]
    for name in names:
        JobRun.objects.create(name=name, outcome="succeeded", started_at=now, finished_at=now)
    assert "All jobs run as they should." in index(priya)
    JobRun.objects.create(name="dsar.tidy", outcome="failed", started_at=now)
    JobRun.objects.filter(name="dsar.watch_deadlines").update(started_at=now - timedelta(days=3))
    JobRun.objects.filter(name="portal.outbox.sweep").delete()
    page = index(priya)
    assert "failed dsar.tidy" in page
    assert "has not run dsar.watch_deadlines last on" in page
    assert "has not run portal.outbox.sweep" in page


def test_nobody_is_shown_what_they_may_not_see(priya: AtDesk, joan: User) -> None:
    request = ask(joan)
    editor = index(member(EDITOR))
    assert "What must I do today?" not in editor
    assert request.reference not in editor
    assert request.reference in index(member(AUDITOR))


def test_much_to_do_takes_as_many_queries_as_little(priya: AtDesk, joan: User) -> None:
    ask(joan)
    index(priya)
    with CaptureQueriesContext(connection) as few:
        index(priya)
    for number in range(12):
        asking.ask_as_guest(f"guest{number}@example.net", Wish(Matter.ACCESS))
    Request.objects.update(state="active", promised_due=deadlines.today())
    with CaptureQueriesContext(connection) as many:
        index(priya)
    assert len(many) <= len(few)


def test_how_fast_we_answered_shows_small_numbers_too(priya: AtDesk, joan: User) -> None:
    url = reverse("admin:dsar_request_times")
    assert "Nothing has been answered yet." in words_of(priya.client.get(url).content.decode())
    refused(ask(joan), priya.user)
    page = words_of(priya.client.get(url).content.decode())
    assert "Together: 1 answered, 1 as promised." in page
    assert "Quarter Answered" in page
    assert "Matter Answered" in page
    assert member(EDITOR).client.get(url).status_code == 403
