"""Random lives: whatever people, lists, systems, staff, merges and time do in whatever order, after a stop nothing is
permitted but by the person's own later confirmed act, and the state is always what the events add up to."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from consent.ledger.choices import Choice, Conditions
from consent.ledger.rules import Answer
from consent.ledger.vocabulary import Decision, ObjectKind
from portal.organisation import loader
from portal.organisation.schema import Basis
from portal.organisation.versions import Current
from tests.ledger.acting import (
    BY_CONFIRMATION_MAIL,
    BY_ONE_CLICK,
    BY_STAFF,
    BY_TIME,
    FROM_A_CONFIRMED_LIST,
    FROM_A_LIST,
    FROM_A_SYSTEM,
    ON_A_FORM,
    act,
    confirm,
    to,
    yes_to,
)
from tests.ledger.oracle import Merge, Oracle
from tests.ledger.worlds import PEOPLE, DatabaseWorld, MemoryWorld, World

# Of Open ECX: news of own products on legitimate interests with soft opt-in, partners' products by consent only.
TOPICS = ("product-news", "partner-products")
PURPOSE = {"product-news": "marketing", "partner-products": "partners"}
SOLD_TO = Conditions("you", collected_in="sale", similar_products=True, refusal_offered=True).as_details()
FOR_EVER = timezone.now() + timedelta(days=900)


SECOND_HAND = [
    ("list unconfirmed", Decision.GRANTED, FROM_A_LIST),
    ("list unconfirmed", Decision.GRANTED, BY_STAFF),
    ("list", Decision.GRANTED, FROM_A_CONFIRMED_LIST),
    ("list", Decision.GRANTED, FROM_A_SYSTEM),
    ("lapse", Decision.LAPSED, BY_TIME),
    *(("nothing", Decision.CONFIRMED, how) for how in (FROM_A_LIST, FROM_A_CONFIRMED_LIST, FROM_A_SYSTEM, BY_STAFF)),
]

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

    def __init__(self, world: World) -> None:
        super().__init__()
        self.world = world
        self.oracle = Oracle()
        self.suppressed: dict[tuple[int, str], int] = {}
        world.begin()

    def teardown(self) -> None:
        self.world.end()

    def happen(self, who: int, word: str, about: set[str], choice: Choice, **how: Any) -> None:
        self.world.say(who, choice, act(**how))
        self.oracle.write(self.world.speaker(who), word, about, scope=str(choice.key))

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

    @rule(who=people, topic=topics, news=st.sampled_from(SECOND_HAND))
    def others_speak_for_them(self, who: int, topic: str, news: tuple[str, Decision, dict[str, Any]]) -> None:
        word, decision, how = news
        if word.startswith("list") and self.is_suppressed(who, topic):
            word = "nothing"
        self.happen(who, word, {topic}, to(topic, decision), **how)

    @rule(who=people, scope=scopes, channel=channels, decision=stops, how=st.sampled_from([{}, BY_ONE_CLICK, BY_STAFF]))
    def stops(
        self, who: int, scope: tuple[ObjectKind, str], channel: str, decision: Decision, how: dict[str, Any]
    ) -> None:
        kind, code = scope
        self.happen(who, "stop", reached(kind, code, channel), Choice(kind, code, channel, decision), **how)

    @rule(who=people, purpose=st.sampled_from(["marketing", "partners"]))
    def buys(self, who: int, purpose: str) -> None:
        basis = Basis.LEGITIMATE_INTERESTS
        sale = Choice(ObjectKind.PURPOSE, purpose, "email", Decision.ESTABLISHED, basis=basis, details=SOLD_TO)
        self.happen(who, "establish", reached(ObjectKind.PURPOSE, purpose, "email"), sale, **FROM_A_SYSTEM)

    @rule(
        who=people,
        scope=scopes,
        channel=st.sampled_from(["", "email"]),
        word=st.sampled_from(["rest", "go on", "nothing"]),
    )
    def rests_and_goes_on(self, who: int, scope: tuple[ObjectKind, str], channel: str, word: str) -> None:
        """Only the person ends their rest: where another system says so, nothing happens."""
        rest = word == "rest"
        decision, until = (Decision.PAUSED, FOR_EVER) if rest else (Decision.RESUMED, None)
        choice = Choice(scope[0], scope[1], channel, decision, until=until)
        self.happen(who, word, reached(*scope, channel), choice, **(FROM_A_SYSTEM if word == "nothing" else {}))

    @rule(target=merges, pair=st.sampled_from([(0, 1), (1, 0), (0, 2), (1, 2)]))
    def are_merged(self, pair: tuple[int, int]) -> Any:
        survivor, absorbed = (self.world.speaker(who) for who in pair)
        if survivor == absorbed:
            return multiple()
        return self.world.merge(*pair), self.oracle.merge(survivor, absorbed)

    @rule(pair=consumes(merges))
    def are_parted(self, pair: tuple[Any, Merge]) -> None:
        self.world.part(pair[0])
        self.oracle.part(pair[1])

    @rule(who=people, scope=st.sampled_from(["marketing", *(f"topic:{topic}" for topic in TOPICS)]))
    def address_is_suppressed(self, who: int, scope: str) -> None:
        self.world.suppress(who, scope)
        self.oracle.now += 1
        for topic in TOPICS:
            if scope in {"marketing", f"topic:{topic}"}:
                self.suppressed[who, topic] = self.oracle.now

    @invariant()
    def nobody_gets_what_they_stopped(self) -> None:
        for who in range(PEOPLE):
            for topic, answer in self.world.answers(who, TOPICS).items():
                self.compare(who, topic, answer)

    def is_suppressed(self, who: int, topic: str) -> bool:
        """Whether one of the person's addresses was suppressed by somebody else."""
        person = self.world.speaker(who)
        return any((n, topic) in self.suppressed for n in range(PEOPLE) if self.world.speaker(n) == person)

    def compare(self, who: int, topic: str, answer: Answer) -> None:
        flags = self.oracle.flags(self.world.speaker(who), topic)
        basis = bool(flags.yes or flags.listed or (flags.established and PURPOSE[topic] == "marketing"))
        expected = basis and not flags.blocked and not flags.rests
        suppressed_at = self.suppressed.get((who, topic), 0)
        if suppressed_at > flags.yes:
            assert not answer.allowed, (answer, flags)
        elif not self.suppressed:
            assert answer.allowed == expected, (answer, flags)
        else:
            # A list that was passed over because of a suppression leaves no trace here: one direction holds.
            assert expected or not answer.allowed, (answer, flags)

    @invariant()
    def the_state_is_what_the_events_add_up_to(self) -> None:
        self.world.check()


def live(world: World, lives: int, steps: int) -> None:
    """So many random lives of so many steps each."""
    run_state_machine_as_test(
        lambda: Lives(world),  # type: ignore[arg-type]  # anything that makes a machine will do
        settings=settings(
            max_examples=lives,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        ),
    )


@pytest.mark.parametrize("organisation", ["open-ecx"], indirect=True)
def test_no_way_around_a_stop(organisation: Current) -> None:
    live(DatabaseWorld(), lives=30, steps=15)


def test_no_way_around_a_stop_in_many_more_lives() -> None:
    live(MemoryWorld(loader.read("open-ecx")), lives=400, steps=25)
