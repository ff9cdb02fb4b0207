"""The owner of a system is mailed its task once, reminded before it is due, and daily once late, without names."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from accounts.models import User
from dsar.flows import asking, beginning, deadlines, effects, identity, owners, tasks
from dsar.flows.asking import Logged, Wish
from dsar.flows.identity import Doubt, Method
from dsar.letters import to_owners
from dsar.models import Event, Reminder, Request, Task
from dsar.vocabulary import Arrival, Happening, Matter
from portal.organisation import loader, versions
from portal.organisation.versions import Current
from portal.outbox.kinds import NoLongerNeeded
from portal.outbox.models import Message
from tests.dsar.requests.conftest import JOAN, as_guest, proved, written

pytestmark = pytest.mark.django_db
FIVE = ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"]
Ask = Callable[..., Request]
SUPPORT = "support@open-e.com"


def support(request: Request) -> Task:
    return Task.objects.get(request=request, code="support")


def due_in(task: Task, days: int) -> Task:
    """As if it had been made so long ago that its time ends in so many days."""
    ago = (task.due - deadlines.today(task.request)).days - days
    task.due -= timedelta(days=ago)
    task.created_at -= timedelta(days=ago)
    task.save(update_fields=["due", "created_at"])
    Task.objects.exclude(pk=task.pk).delete()
    return task


def reminded() -> int:
    return written(SUPPORT).count("request-task-reminder")


@pytest.mark.parametrize("organisation", FIVE, indirect=True)
def test_each_system_that_answers_is_told_at_its_own_address(organisation: Current, ask: Ask) -> None:
    request = ask(Matter.ERASURE)
    systems = organisation.organisation.systems.values()
    asked = sorted(str(system.email) for system in systems if Matter.ERASURE.right in system.answers)
    told = Message.objects.filter(kind="request-task", params__request=str(request.pk))
    assert sorted(told.values_list("contact_point__address", flat=True)) == asked
    assert asked


def test_no_system_has_longer_than_the_person_is_to_wait(priya: User) -> None:
    today = deadlines.today()
    for lay, left in ((0, 10), (20, 8), (27, 1), (28, 0), (33, 0)):
        letter = Logged(Arrival.LETTER, today - timedelta(days=lay))
        request = asking.log(priya, Wish(Matter.ACCESS, name="Ann Reader"), letter)
        assert (support(request).due - today).days == left, f"a letter of {lay} days ago"


def test_asking_again_tells_nobody_twice(ask: Ask, priya: User) -> None:
    request = ask(Matter.ACCESS)
    identity.ask(request, priya, Doubt("Another name", Method.QUESTION))
    identity.answer(request, "The green one")
    identity.settle(request, priya, shown=True)
    effects.start(request)
    assert written(SUPPORT) == ["request-task"]


def test_nobody_is_told_before_it_is_shown_who_asks(organisation: Current) -> None:
    request = as_guest(Matter.ACCESS)
    assert written(SUPPORT) == []
    proved(request)
    assert written(SUPPORT) == ["request-task"]


def test_who_is_asked_about_is_not_in_the_mail(ask: Ask) -> None:
    request = ask(Matter.RECTIFICATION, {"fact": "other", "wrong": "12 Mill Lane", "right": "14 Mill Lane"})
    for made in Event.objects.filter(request=request, kind=Happening.TASK_MADE):
        letter = str(to_owners.write("task", request, made))
        assert request.reference in letter
        for theirs in ("Joan", "Archer", JOAN, "Mill Lane", str(request.subject_id)):
            assert theirs not in letter


@pytest.mark.parametrize(("left", "mails"), [(8, 0), (4, 0), (3, 1), (2, 1), (1, 1), (0, 1), (-1, 1), (-9, 1)])
def test_when_an_owner_is_reminded(ask: Ask, left: int, mails: int) -> None:
    due_in(support(ask(Matter.ACCESS)), left)
    for _twice in range(2):
        owners.remind_all()
    assert reminded() == mails


def test_each_day_of_being_late_is_a_day_of_its_own_and_missed_days_are_caught_up_once(ask: Ask) -> None:
    task = support(ask(Matter.ACCESS))
    for late in (-1, -2, -6):
        due_in(task, late)
        owners.remind_all()
    assert reminded() == 3
    assert set(Reminder.objects.values_list("threshold", flat=True)) == {-1, -2, -6}


def test_what_is_asked_for_by_tomorrow_is_not_reminded_of_today(ask: Ask) -> None:
    task = support(ask(Matter.ACCESS))
    task.due = deadlines.today(task.request) + timedelta(days=1)
    task.save(update_fields=["due"])
    assert not owners.remind(task)
    assert owners.remind(due_in(task, 0))


def test_an_answered_task_is_reminded_of_no_more(ask: Ask, priya: User) -> None:
    task = due_in(support(ask(Matter.ACCESS)), -2)
    tasks.answer(task, priya, "Nothing there.")
    assert owners.remind_all().done == 0


def test_a_mail_about_a_task_that_is_done_meanwhile_is_not_sent(ask: Ask, priya: User) -> None:
    request = ask(Matter.ACCESS)
    made = Event.objects.filter(request=request, kind=Happening.TASK_MADE).earliest("pk")
    tasks.answer(Task.objects.get(pk=made.facts["task"]), priya, "Nothing there.")
    with pytest.raises(NoLongerNeeded):
        to_owners.write("task", request, made)


def test_while_it_is_in_doubt_who_asks_no_owner_is_pressed(ask: Ask, priya: User) -> None:
    request = ask(Matter.ACCESS)
    due_in(support(request), -2)
    identity.ask(request, priya, Doubt("Another name", Method.QUESTION))
    assert owners.remind_all().done == 0


def test_what_ended_is_reminded_of_no_more(ask: Ask) -> None:
    request = ask(Matter.ACCESS)
    due_in(support(request), -2)
    asking.take_back(request)
    assert owners.remind_all().done == 0
    assert beginning.forget_unverified().done == 0


def test_a_new_address_in_the_file_is_written_to_from_then_on(ask: Ask) -> None:
    task = due_in(support(ask(Matter.ACCESS)), 1)
    promised = versions.current().organisation
    system = promised.systems["support"].model_copy(update={"email": "cases@open-e.com"})
    loader.apply(promised.model_copy(update={"systems": {**promised.systems, "support": system}}))
    assert owners.remind(task)
    assert (reminded(), written("cases@open-e.com")) == (0, ["request-task-reminder"])


def test_whose_task_was_mailed_hears_that_the_request_was_withdrawn(ask: Ask, priya: User) -> None:
    request = ask(Matter.ERASURE)
    tasks.answer(support(request), priya, "Nothing there.")
    asked = set(Message.objects.filter(kind="request-task").values_list("contact_point__address", flat=True))
    asking.take_back(request)
    told = Message.objects.filter(kind="request-task-over", params__request=str(request.pk))
    assert set(told.values_list("contact_point__address", flat=True)) == asked - {SUPPORT}
    for mail in told:
        letter = to_owners.write("task_over", request, Event.objects.get(pk=mail.params["event"]))
        assert letter.subject.startswith(f"{request.reference}: nothing more to do for")
        assert "The request has ended: withdrawn. Please stop." in letter.lead
        for theirs in ("Joan", "Archer", JOAN):
            assert theirs not in str(letter)


def test_nobody_hears_of_the_end_of_what_they_were_not_asked_about(organisation: Current) -> None:
    asking.take_back(as_guest(Matter.ERASURE))
    assert not Message.objects.filter(kind__in=["request-task", "request-task-over"]).exists()
