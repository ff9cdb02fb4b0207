"""Staff are reminded 7, 3 and 1 days before, on the day and daily once late; once each, and caught up once."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts import flows as accounts
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from dsar import tasks
from dsar.flows import answering, beginning, deadlines, reminding, rounds, talking
from dsar.models import Event, Reminder, Request
from dsar.vocabulary import Happening, Matter, Outcome
from portal.demo.requests import aged
from portal.jobs import recording
from portal.jobs.models import JobRun
from portal.organisation.versions import Current
from portal.organisation.working_days import Calendar
from tests.dsar.aged import due_in
from tests.dsar.requests.conftest import PRIYA, as_guest, proved, written

pytestmark = pytest.mark.django_db
Ask = Callable[..., Request]


def reminded() -> int:
    return written(PRIYA).count("request-reminder")


@pytest.mark.parametrize(("left", "mails"), [(8, 0), (7, 1), (5, 1), (3, 1), (1, 1), (0, 1), (-1, 1), (-9, 1)])
def test_who_is_reminded_when(ask: Ask, priya: User, left: int, mails: int) -> None:
    due_in(ask(Matter.ACCESS), left)
    for _twice in range(2):
        reminding.remind_all()
    assert reminded() == mails


def test_three_days_without_a_run_are_caught_up_by_one_mail(ask: Ask, priya: User) -> None:
    request = ask(Matter.ACCESS)
    due_in(request, 4)
    reminding.remind_all()
    due_in(request, -2)
    reminding.remind_all()
    assert reminded() == 2
    assert list(Reminder.objects.order_by("pk").values_list("threshold", flat=True)) == [7, -2]


def test_each_day_of_being_late_is_a_day_of_its_own(ask: Ask, priya: User) -> None:
    request = ask(Matter.ACCESS)
    for late in (-1, -2, -3):
        due_in(request, late)
        reminding.remind_all()
    assert reminded() == 3


def test_a_late_one_goes_to_the_officers_beside_who_works_on_it(ask: Ask, priya: User) -> None:
    tom = accounts.open_account("tom@staff.example", staff=True, groups=(PRIVACY_OFFICER,))
    sam = accounts.open_account("sam@staff.example", staff=True, superuser=True)
    request = ask(Matter.ACCESS)
    answering.assign(request, sam, priya)
    due_in(request, 3)
    reminding.remind_all()
    assert (reminded(), written("sam@staff.example").count("request-reminder")) == (0, 1)
    due_in(request, -1)
    reminding.remind_all()
    assert reminded() == written(tom.email).count("request-reminder") == 1


def test_who_left_is_not_reminded_and_the_officers_are(ask: Ask, priya: User) -> None:
    sam = accounts.open_account("sam@staff.example", staff=True, superuser=True)
    request = ask(Matter.ACCESS)
    answering.assign(request, sam, priya)
    User.objects.filter(pk=sam.pk).update(is_active=False)
    due_in(request, 1)
    reminding.remind_all()
    assert (reminded(), written("sam@staff.example").count("request-reminder")) == (1, 0)


def test_of_what_waits_for_the_person_nobody_is_reminded(ask: Ask, priya: User) -> None:
    request = ask(Matter.ACCESS)
    due_in(request, 1)
    answering.ask(request, priya, "Which calls?")
    Request.objects.filter(pk=request.pk).update(promised_due=None, statutory_due=None)
    reminding.remind_all()
    assert reminded() == 0


@pytest.mark.django_db(transaction=True)
def test_one_that_fails_keeps_nobody_else_waiting(ask: Ask, priya: User, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = ask(Matter.ACCESS), ask(Matter.ERASURE)
    for request in (broken, fine):
        due_in(request, 1)
    write = talking.write_to_staff

    def trouble(letter: str, to: User, request: Request, event: Event) -> None:
        if request.pk == broken.pk:
            raise RuntimeError("no mail for this one")
        write(letter, to, request, event)

    monkeypatch.setattr(talking, "write_to_staff", trouble)
    round_ = reminding.remind_all()
    assert (round_.done, round_.failed) == (1, 1)
    assert Reminder.objects.get().request == fine
    assert reminded() == 1
    with pytest.raises(rounds.SomeFailed):
        tasks.watch_deadlines()
    assert recording.last_run("dsar.watch_deadlines").outcome == "failed"  # type: ignore[union-attr]  # it ran just now


def test_a_suspected_compromise_is_told_at_once(organisation: Current, priya: User) -> None:
    proved(as_guest(Matter.COMPROMISE))
    assert written(PRIYA) == ["request-compromise"]
    assert written(organisation.organisation.breach.report_to) == ["request-compromise"]


def test_a_code_that_never_comes_ends_a_request_after_four_weeks(organisation: Current) -> None:
    request = as_guest(Matter.ACCESS)
    assert beginning.forget_unverified().done == 0
    aged(request, days=28)
    assert beginning.forget_unverified().done == 1
    request.refresh_from_db()
    assert request.outcome == Outcome.NO_IDENTITY


@pytest.mark.django_db(transaction=True)
def test_the_jobs_of_an_hour_leave_their_trace(ask: Ask, priya: User) -> None:
    due_in(ask(Matter.ACCESS), 3)
    for task in (tasks.watch_deadlines, tasks.tidy):
        task()
    assert reminded() == 1
    for name in ("dsar.watch_deadlines", "dsar.tidy"):
        run = recording.last_success(name)
        assert run is not None
    assert JobRun.objects.get(name="dsar.watch_deadlines").detail == "moved=0 reminded=1"


def test_a_new_holiday_moves_a_date_and_says_so(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    request = ask(Matter.ACCESS)
    before = request.statutory_due
    assert before is not None
    working = Calendar.is_working
    monkeypatch.setattr(Calendar, "is_working", lambda self, day: day != before and working(self, day))
    assert deadlines.recount().done == 1
    request.refresh_from_db()
    assert request.statutory_due is not None
    assert request.statutory_due > before
    assert request.events.filter(kind=Happening.RECOUNTED).count() == 1
    assert deadlines.recount().done == 0
