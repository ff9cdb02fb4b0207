"""Random lives of requests: whatever the person, staff and the portal do in whatever order, nothing is worked on or
answered before somebody showed who they are, no line of the timeline is lost, and the stored dates are the clock's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from accounts import flows as accounts
from accounts.models import User
from dsar import codes
from dsar.flows import answering, asking, deadlines, effects, identity, steps, talking, tasks
from dsar.flows.answering import Answer
from dsar.flows.asking import Logged, Wish
from dsar.flows.identity import Doubt
from dsar.flows.steps import By, Refused
from dsar.matters import MARKETING
from dsar.models import Challenge, Event, IdentityCheck, Request, Task
from dsar.transitions import TABLE, NotPossible, Step, find, possible
from dsar.vocabulary import OPEN, Arrival, Behalf, Happening, Matter, Outcome, Party, State
from portal.organisation.versions import Current

WORK = {
    Happening.SEARCH_BEGUN, Happening.SEARCH_DONE, Happening.APPROVED, Happening.ANSWERED, Happening.REFUSED,
    Happening.EFFECT, Happening.TASK_MADE, Happening.DOWNLOADED,
}  # fmt: skip
# Steps that stand for more than themselves are taken by their own flows below.
BARE = sorted(
    set(Step)
    - {Step.ASK_IDENTITY, Step.ASK_AUTHORITY, Step.IDENTITY_ARRIVED, Step.IDENTITY_SHOWN, Step.IDENTITY_FAILED}
    - {Step.AUTHORITY_ARRIVED, Step.AUTHORITY_SHOWN, Step.VERIFY, Step.JOIN, Step.COMPLAIN, Step.ANSWER_COMPLAINT}
)
DETAILS = {
    Matter.RECTIFICATION: {"fact": "name", "right": "Joan Archer"},
    Matter.RESTRICTION: {"ground": "accuracy"},
    Matter.OBJECTION: {"use": MARKETING},
}
matters = st.sampled_from([Matter.ACCESS, Matter.ACCESS, *Matter])
words = st.sampled_from(["Because.", "", "  "])


class Life(RuleBasedStateMachine):
    """Up to a few requests of one guest, each with its shadow: what its timeline held when last looked at."""

    def __init__(self, officer: User) -> None:
        super().__init__()
        self.officer = officer
        self.requests: list[Request] = []
        self.shadows: dict[Any, list[tuple[Any, ...]]] = {}
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    @property
    def request(self) -> Request:
        """The one that is worked on: the latest."""
        self.requests[-1].refresh_from_db()
        return self.requests[-1]

    def tried(self, verb: Any, *args: Any, **more: Any) -> None:
        """A refusal is an answer like any other, and leaves everything as it was."""
        try:
            with transaction.atomic():
                verb(*args, **more)
        except (Refused, NotPossible):
            pass

    @initialize(matter=matters)
    def begins(self, matter: Matter) -> None:
        self.asks_as_a_guest(matter, Behalf.SELF)

    @rule(matter=matters, behalf=st.sampled_from([Behalf.SELF, Behalf.SELF, Behalf.AGENT, Behalf.PARENT]))
    def asks_as_a_guest(self, matter: Matter, behalf: Behalf) -> None:
        wish = Wish(matter, DETAILS.get(matter, {"what": "It"}), behalf=behalf)
        self.requests.append(asking.ask_as_guest("joan.archer@example.org", wish))

    @rule(matter=matters, days=st.integers(0, 40))
    def writes_a_letter(self, matter: Matter, days: int) -> None:
        wish, when = Wish(matter, DETAILS.get(matter, {"what": "It"})), deadlines.today() - timedelta(days=days)
        self.requests.append(asking.log(self.officer, wish, Logged(Arrival.LETTER, when, "joan.archer@example.org")))

    @rule(right=st.booleans())
    def enters_a_code(self, right: bool) -> None:
        asking.send_code(self.request)
        newest = Challenge.objects.filter(request=self.request).latest("pk")
        asking.enter_code(self.request, codes.derive(newest) if right else "BBBB-BBBB")

    @rule(step=st.sampled_from(BARE), party=st.sampled_from(Party), outcome=st.sampled_from(answering.ANSWERS))
    def somebody_takes_a_step(self, step: Step, party: Party, outcome: Outcome) -> None:
        request, by = self.request, By(party, self.officer if party is Party.STAFF else None)
        allowed = step in set(possible(request.state, request.matter, party))
        state = request.state
        try:
            with transaction.atomic():
                steps.take(request, step, by, outcome=outcome)
        except NotPossible:
            assert not allowed
        except Refused:
            assert allowed
            assert self.request.state == state
        else:
            assert allowed
            assert self.request.state == (TABLE[step].target or state) or self.request.state == State.REVIEWED

    @rule(why=words, method=st.sampled_from(IdentityCheck.Method))
    def staff_doubt(self, why: str, method: IdentityCheck.Method) -> None:
        self.tried(identity.ask, self.request, self.officer, Doubt(why, method))

    @rule()
    def proof_arrives(self) -> None:
        self.tried(identity.arrived, self.request, self.officer, "A letter")

    @rule(shown=st.booleans())
    def staff_settle_it(self, shown: bool) -> None:
        self.tried(identity.settle, self.request, self.officer, shown=shown)

    @rule(said=words)
    def the_person_writes(self, said: str) -> None:
        self.tried(talking.write, self.request, said)

    @rule(said=words)
    def staff_write(self, said: str) -> None:
        self.tried(talking.reply, self.request, self.officer, said)

    @rule(skipped=st.booleans())
    def systems_answer(self, skipped: bool) -> None:
        for task in Task.objects.open().filter(request=self.request):
            self.tried(tasks.answer, task, self.officer, "Nothing there.", skipped=skipped)

    @rule()
    def a_person_looks(self) -> None:
        self.tried(effects.human_looked, self.request, self.officer, "The same.", changed=False)

    @rule(outcome=st.sampled_from(Outcome), said=words)
    def staff_answer(self, outcome: Outcome, said: str) -> None:
        answer = Answer(outcome, said, ("other",), "Everywhere")
        for write in (answering.review, answering.redraft):
            self.tried(write, self.request, self.officer, answer)

    @rule(back=st.integers(0, 1))
    def staff_approve_or_send(self, back: int) -> None:
        drafts = list(Event.objects.filter(request=self.request, kind=Happening.DRAFTED).values_list("pk", flat=True))
        for draft in drafts[-1 - back : len(drafts) - back]:
            for verb in (answering.approve, answering.send):
                self.tried(verb, self.request, self.officer, draft)

    @invariant()
    def what_was_answered_is_what_was_approved(self) -> None:
        for sent in Event.objects.filter(kind=Happening.ANSWERED, party=Party.STAFF):
            kinds = (Happening.DRAFTED, Happening.APPROVED)
            *_, draft, approval = Event.objects.filter(request=sent.request, kind__in=kinds)
            assert approval.facts["draft"] == sent.facts["draft"] == draft.pk
            assert sent.words == draft.words

    @rule(said=words)
    def staff_take_more_time(self, said: str) -> None:
        self.tried(answering.extend, self.request, self.officer, said)

    @rule()
    def the_person_complains_about_it(self) -> None:
        about = self.request
        if about.state in OPEN or about.subject is None:
            return
        wish = Wish(Matter.COMPLAINT, {"what": "Late"}, complains_about=about)
        self.requests.append(asking.ask_as_guest("joan.archer@example.org", wish))

    @invariant()
    def nothing_is_done_for_a_stranger(self) -> None:
        for request in self.requests:
            kinds = [event.kind for event in self.events(request)]
            work = next((number for number, kind in enumerate(kinds) if kind in WORK), None)
            assert work is None or Happening.VERIFIED in kinds[:work]
            assert (request.verified_at is not None) == (Happening.VERIFIED in kinds)

    @invariant()
    def no_line_is_lost_or_changed(self) -> None:
        for request in self.requests:
            lines = [(e.pk, e.kind, e.party, e.at, e.words, str(e.facts)) for e in self.events(request)]
            before = self.shadows.get(request.pk, [])
            assert lines[: len(before)] == before
            self.shadows[request.pk] = lines

    @invariant()
    def the_stored_dates_are_the_clocks(self) -> None:
        for request in self.requests:
            request.refresh_from_db()
            if request.state not in OPEN:
                continue
            counted = deadlines.deadline(request)
            expected = (counted.promised_due, counted.statutory_due) if counted else (None, None)
            assert (request.promised_due, request.statutory_due) == expected

    @invariant()
    def what_is_over_has_an_outcome_and_nothing_open(self) -> None:
        for request in self.requests:
            over = request.state not in OPEN
            assert bool(request.outcome) == (request.closed_at is not None) == over
            if over:
                assert not Task.objects.open().filter(request=request).exists()
            checks = IdentityCheck.objects.filter(request=request, settled_at=None).exists()
            assert checks == (request.state == State.IDENTITY_PENDING)

    @invariant()
    def the_table_is_the_only_truth(self) -> None:
        for request in self.requests:
            for party in Party:
                for step in possible(request.state, request.matter, party):
                    find(step, request.state, request.matter, party)

    def events(self, request: Request) -> list[Event]:
        return list(Event.objects.filter(request=request).order_by("pk"))


@pytest.mark.django_db
@pytest.mark.parametrize("organisation", ["open-e"], indirect=True)
def test_no_way_around_the_table(organisation: Current) -> None:
    officer = accounts.open_account("priya@staff.example", staff=True, groups=("Privacy officer",))
    run_state_machine_as_test(
        lambda: Life(officer),  # type: ignore[arg-type]  # anything that makes a machine will do
        settings=settings(
            max_examples=20,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
