"""What is done once it is clear who asks and that they may: not before, once, and not for a stranger's address."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from accounts.models import User
from consent.ledger.models import Event as Decision
from dsar.flows import answering, asking, identity, tasks
from dsar.flows.answering import Answer
from dsar.flows.asking import Wish
from dsar.flows.identity import Doubt, Method
from dsar.flows.steps import By
from dsar.letters import to_person
from dsar.matters import MARKETING
from dsar.models import Request, Task
from dsar.vocabulary import Behalf, Happening, Matter, Outcome, Party, State
from portal.organisation.versions import Current
from tests.dsar.answers import answer
from tests.dsar.requests.conftest import JOAN, MAREK, as_guest, proved, systems_answer, written

pytestmark = pytest.mark.django_db
Ask = Callable[..., Request]


def shown(request: Request, user: User) -> Request:
    identity.arrived(request, user, "A signed letter")
    identity.settle(request, user, shown=True)
    request.refresh_from_db()
    return request


def test_no_system_searches_for_an_agent_before_they_show_that_they_may(priya: User) -> None:
    request = proved(as_guest(Matter.ACCESS, behalf=Behalf.AGENT, on_behalf_of="Joan Archer"))
    assert not Task.objects.filter(request=request).exists()
    shown(request, priya)
    assert Task.objects.filter(request=request).exists()


@pytest.mark.parametrize(
    ("behalf", "needed"),
    [
        (Behalf.AGENT, "a power of attorney"),
        (Behalf.PARENT, "A birth certificate, or the paper that makes you the guardian"),
    ],
)
def test_who_asks_for_another_is_told_at_once_what_is_needed(
    organisation: Current, priya: User, behalf: Behalf, needed: str
) -> None:
    request = proved(as_guest(Matter.ACCESS, behalf=behalf, on_behalf_of="Max"))
    check = identity.open_check(request)
    assert check is not None
    assert (check.about, check.method, check.documents) == ("authority", "document", [])
    assert request.promised_due is None
    assert written(MAREK) == ["request-code", "request-receipt", "request-authority"]
    asked = request.events.get(kind=Happening.AUTHORITY_REQUESTED)
    letter = str(to_person.write("authority", request, asked))
    assert "You ask for Max." in letter
    assert needed in letter
    assert not Task.objects.filter(request=request).exists()
    shown(request, priya)
    assert (request.state, request.promised_due is not None) == (State.ACTIVE, True)


def test_who_does_not_show_that_they_may_is_told_just_that(organisation: Current, priya: User) -> None:
    request = proved(as_guest(Matter.ACCESS, behalf=Behalf.PARENT, on_behalf_of="Max"))
    identity.settle(request, priya, shown=False, words="The paper names other people.")
    letter = to_person.write("no_identity", request, request.events.get(kind=Happening.NO_IDENTITY))
    assert letter.subject.startswith("We could not see that you may ask")
    assert "that you may ask for Max" in letter.lead


def test_whoever_warns_of_a_compromise_is_asked_for_no_paper(organisation: Current, priya: User) -> None:
    request = proved(as_guest(Matter.COMPROMISE, behalf=Behalf.PARENT, on_behalf_of="Max"))
    assert request.state == State.ACTIVE


def test_an_objection_is_recorded_once_however_often_identity_is_checked(
    ask: Ask, organisation: Current, priya: User
) -> None:
    purpose = next(code for code, one in organisation.organisation.purposes.items() if "legitimate" in str(one.basis))
    request = ask(Matter.OBJECTION, {"use": purpose})
    identity.ask(request, priya, Doubt("Another name", Method.QUESTION))
    shown(request, priya)
    assert request.events.filter(kind=Happening.EFFECT).count() == 1
    assert Decision.objects.filter(code=purpose).count() == 1


@pytest.mark.parametrize("organisation", ["openmarket"], indirect=True)
def test_an_objection_to_marketing_counts_at_once_and_is_answered_when_other_systems_stopped_too(
    ask: Ask, priya: User
) -> None:
    request = ask(Matter.OBJECTION, {"use": MARKETING})
    assert Decision.objects.filter(decision="objected").exists()
    assert request.state == State.ACTIVE
    assert list(Task.objects.open().filter(request=request).values_list("code", flat=True)) == ["crm"]
    systems_answer(request, priya)
    request.refresh_from_db()
    assert (request.state, request.outcome) == (State.CLOSED, Outcome.FULFILLED)
    assert written(JOAN)[-1] == "request-carried-out"


def test_an_address_that_nobody_proved_gets_the_code_and_nothing_else(organisation: Current, priya: User) -> None:
    request = as_guest(Matter.ACCESS)
    asking.take_back(request, By(Party.STAFF, priya))
    assert written(MAREK) == ["request-code"]


def refused(ask: Ask, user: User) -> Request:
    request = ask(Matter.ACCESS)
    systems_answer(request, user)
    answering.refuse(request, user, Answer(Outcome.REFUSED, "Last week.", ("excessive",), "Everywhere"))
    return request


def complain(about: Request, ask: Ask) -> Request:
    return ask(Matter.COMPLAINT, {"what": "You sent nothing."}, complains_about=about)


def test_a_complaint_that_is_withdrawn_was_not_answered(ask: Ask, priya: User) -> None:
    about = refused(ask, priya)
    complaint = complain(about, ask)
    about.refresh_from_db()
    assert about.state == State.COMPLAINT
    asking.take_back(complaint)
    about.refresh_from_db()
    assert (about.state, about.outcome) == (State.CLOSED, Outcome.REFUSED)


def test_what_was_complained_about_twice_waits_for_both_answers(ask: Ask, priya: User) -> None:
    about = refused(ask, priya)
    complaints = [complain(about, ask), complain(about, ask)]
    for complaint, then in zip(complaints, (State.COMPLAINT, State.REVIEWED), strict=True):
        systems_answer(complaint, priya)
        answer(complaint, priya, Answer(Outcome.FULFILLED, "You are right."))
        about.refresh_from_db()
        assert about.state == then


def test_a_strangers_complaint_that_ran_out_touches_nothing(ask: Ask, priya: User) -> None:
    about = refused(ask, priya)
    real = complain(about, ask)
    unproved = asking.ask_as_guest(MAREK, Wish(Matter.COMPLAINT, {"what": "It"}, complains_about=about))
    asking.take_back(unproved)
    about.refresh_from_db()
    assert about.state == State.COMPLAINT
    assert real.state == State.ACTIVE


def test_each_check_ends_by_its_own_step_and_says_who_looked(priya: User, organisation: Current) -> None:
    request = proved(as_guest(Matter.ACCESS, behalf=Behalf.AGENT, on_behalf_of="Joan Archer"))
    check = identity.open_check(request)
    assert check is not None
    shown(request, priya)
    check.refresh_from_db()
    assert (check.about, check.result, check.verified_by) == ("authority", "shown", priya)
    assert not tasks.carry_out(request)  # type: ignore[func-returns-value]  # nothing of that kind here
    assert request.state == State.ACTIVE
