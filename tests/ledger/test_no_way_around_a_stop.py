"""Random lives: whatever people, lists, systems, staff, merges and time do in whatever order, after a stop nothing is
permitted but by the person's own later confirmed act, and the state is always what the events add up to."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from consent.ledger import projection
from consent.ledger.choices import Choice, Conditions
from consent.ledger.models import Event
from consent.ledger.permission import answers
from consent.ledger.rules import Answer
from consent.ledger.vocabulary import Decision, ObjectKind
from portal.organisation.schema import Basis
from portal.organisation.versions import Current
from portal.subjects import merging, suppression
from portal.subjects.models import ContactPoint, Merge, Subject
from tests.ledger.acting import (
    BY_CONFIRMATION_MAIL,
    BY_ONE_CLICK,
    BY_STAFF,
    BY_TIME,
    FROM_A_CONFIRMED_LIST,
    FROM_A_LIST,
    FROM_A_SYSTEM,
    ON_A_FORM,
    confirm,
    reach,
    says,
    to,
    yes_to,
)
from tests.ledger.oracle import Merge as OracleMerge
from tests.ledger.oracle import Oracle

# Of Open ECX: news of own products on legitimate interests with soft opt-in, partners' products by consent only.
TOPICS = ("product-news", "partner-products")
PURPOSE = {"product-news": "marketing", "partner-products": "partners"}
SOLD_TO = Conditions("you", collected_in="sale", similar_products=True, refusal_offered=True).as_details()
FOR_EVER = timezone.now() + timedelta(days=900)

# Mostly one topic and one person, so that what happens to them meets what happened before.
topics = st.sampled_from([*TOPICS[:1] * 3, *TOPICS[1:]])
stops = st.sampled_from([Decision.REFUSED, Decision.WITHDRAWN, Decision.OBJECTED])
scopes = st.one_of(
    st.tuples(st.just(ObjectKind.MARKETING), st.just("")),
    st.tuples(st.just(ObjectKind.PURPOSE), st.sampled_from(["marketing", "partners"])),
    st.tuples(st.just(ObjectKind.TOPIC), topics),
)
channels = st.sampled_from(["", "", "email", "email", "sms"])


def reached(kind: str, code: str, channel: str) -> set[str]:
    """The topics that something said about this scope is about, by e-mail."""
    if channel == "sms":
        return set()
    if kind == ObjectKind.MARKETING:
        return set(TOPICS)
    return {topic for topic in TOPICS if code == (topic if kind == ObjectKind.TOPIC else PURPOSE[topic])}


class Lives(RuleBasedStateMachine):
    """Three people with an e-mail address each, and everything that may happen to them."""

    merges = Bundle("merges")

    def __init__(self) -> None:
        super().__init__()
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.oracle = Oracle()
        self.suppressed: dict[tuple[str, str], int] = {}

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    @initialize()
    def people_come(self) -> None:
        self.points = [reach(f"person{n}@example.org", "website") for n in range(3)]

    def speaker(self, who: int) -> Subject:
        """The record somebody's address hangs on now."""
        return ContactPoint.objects.select_related("subject").get(pk=self.points[who].pk).subject

    def happen(self, who: int, word: str, about: set[str], *choices: Choice, **how: Any) -> None:
        person = self.speaker(who)
        says(person, *choices, **how)
        self.oracle.write(person.pk, word, about, scope=str([choice.key for choice in choices]))

    people = st.sampled_from([0, 0, 0, 1, 1, 2])

    @rule(who=people, topic=topics)
    def says_yes(self, who: int, topic: str) -> None:
        self.happen(who, "yes", {topic}, yes_to(topic))

    @rule(who=people, topic=topics)
    def asks_on_a_form(self, who: int, topic: str) -> None:
        self.happen(who, "ask", {topic}, yes_to(topic), **ON_A_FORM)

    @rule(who=people, topic=topics)
    def confirms(self, who: int, topic: str) -> None:
        self.happen(who, "confirm", {topic}, confirm(topic), **BY_CONFIRMATION_MAIL)

    @rule(who=people, topic=topics, how=st.sampled_from([FROM_A_LIST, BY_STAFF]))
    def is_on_an_unconfirmed_list(self, who: int, topic: str, how: dict[str, Any]) -> None:
        self.happen(who, "list unconfirmed", {topic}, yes_to(topic), **how)

    @rule(who=people, topic=topics, how=st.sampled_from([FROM_A_CONFIRMED_LIST, FROM_A_SYSTEM]))
    def is_on_a_list(self, who: int, topic: str, how: dict[str, Any]) -> None:
        self.happen(who, "list", {topic}, yes_to(topic), **how)

    @rule(who=people, topic=topics, how=st.sampled_from([FROM_A_LIST, FROM_A_CONFIRMED_LIST, FROM_A_SYSTEM, BY_STAFF]))
    def somebody_else_confirms(self, who: int, topic: str, how: dict[str, Any]) -> None:
        self.happen(who, "nothing", {topic}, confirm(topic), **how)

    @rule(who=people, scope=scopes, channel=channels, decision=stops, how=st.sampled_from([{}, BY_ONE_CLICK, BY_STAFF]))
    def stops(
        self, who: int, scope: tuple[ObjectKind, str], channel: str, decision: Decision, how: dict[str, Any]
    ) -> None:
        kind, code = scope
        self.happen(who, "stop", reached(kind, code, channel), Choice(kind, code, channel, decision), **how)

    @rule(who=people, topic=topics)
    def lapses(self, who: int, topic: str) -> None:
        self.happen(who, "lapse", {topic}, to(topic, Decision.LAPSED), **BY_TIME)

    @rule(who=people, purpose=st.sampled_from(["marketing", "partners"]))
    def buys(self, who: int, purpose: str) -> None:
        basis = Basis.LEGITIMATE_INTERESTS
        sale = Choice(ObjectKind.PURPOSE, purpose, "email", Decision.ESTABLISHED, basis=basis, details=SOLD_TO)
        self.happen(who, "establish", reached(ObjectKind.PURPOSE, purpose, "email"), sale, **FROM_A_SYSTEM)

    @rule(who=people, scope=scopes, channel=st.sampled_from(["", "email"]))
    def rests(self, who: int, scope: tuple[ObjectKind, str], channel: str) -> None:
        pause = Choice(scope[0], scope[1], channel, Decision.PAUSED, until=FOR_EVER)
        self.happen(who, "rest", reached(*scope, channel), pause)

    @rule(who=people, scope=scopes, channel=st.sampled_from(["", "email"]), own=st.booleans())
    def goes_on(self, who: int, scope: tuple[ObjectKind, str], channel: str, own: bool) -> None:
        resume = Choice(scope[0], scope[1], channel, Decision.RESUMED)
        self.happen(
            who, "go on" if own else "nothing", reached(*scope, channel), resume, **({} if own else FROM_A_SYSTEM)
        )

    @rule(target=merges, kept=people, absorbed=people)
    def are_merged(self, kept: int, absorbed: int) -> Any:
        survivor, other = self.speaker(kept), self.speaker(absorbed)
        if survivor == other:
            return multiple()
        return merging.merge(survivor, other), self.oracle.merge(survivor.pk, other.pk)

    @rule(pair=consumes(merges))
    def are_parted(self, pair: tuple[Merge, OracleMerge]) -> None:
        merging.undo(pair[0])
        self.oracle.part(pair[1])

    @rule(who=people, scope=st.sampled_from(["marketing", *(f"topic:{topic}" for topic in TOPICS)]))
    def address_is_suppressed(self, who: int, scope: str) -> None:
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        suppression.suppress(self.points[who], scope, last, "retention")
        self.oracle.now += 1
        for topic in TOPICS:
            if scope in {"marketing", f"topic:{topic}"}:
                self.suppressed[self.points[who].identity, topic] = self.oracle.now

    @rule(who=people)
    def is_rebuilt(self, who: int) -> None:
        projection.rebuild(self.speaker(who).pk)

    @invariant()
    def nobody_gets_what_they_stopped(self) -> None:
        for point in getattr(self, "points", []):
            person = self.speaker(self.points.index(point)).pk
            for topic, answer in answers(point, TOPICS).items():
                self.compare(point, topic, person, answer)

    def compare(self, point: ContactPoint, topic: str, person: Any, answer: Answer) -> None:
        flags = self.oracle.flags(person, topic)
        basis = bool(flags.yes or flags.listed or (flags.established and PURPOSE[topic] == "marketing"))
        expected = basis and not flags.blocked and not flags.rests
        suppressed_at = self.suppressed.get((point.identity, topic), 0)
        if suppressed_at > flags.yes:
            assert not answer.allowed, (answer, flags)
        elif not self.suppressed:
            assert answer.allowed == expected, (answer, flags)
        else:
            # A list that was passed over because of a suppression leaves no trace here: one direction holds.
            assert expected or not answer.allowed, (answer, flags)

    @invariant()
    def the_state_is_what_the_events_add_up_to(self) -> None:
        for person in Subject.objects.values_list("pk", flat=True):
            assert projection.cells_of(person) == projection.replayed(person)


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_no_way_around_a_stop(organisation: Current) -> None:
    run_state_machine_as_test(
        Lives,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )
