"""A preview judges each person once, where a run judges each row: whatever people did, the two say the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count, pairwise
from uuid import UUID

import pytest
from django.db.models import Count, Max, Min
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import flows as accounts
from accounts.models import User
from consent.ledger import projection
from consent.ledger.vocabulary import Decision
from dsar.flows import asking
from dsar.flows.asking import Wish
from dsar.vocabulary import Matter
from portal.organisation import versions
from portal.organisation.schema import Period
from portal.personal_data.registry import holding_of
from portal.retention import everybody, rules, starts
from portal.retention.flows import preview
from portal.retention.removable import Work
from portal.subjects import merging
from portal.subjects.models import ContactPoint, Ending, Subject
from tests.retention import scene
from tests.retention.moments import as_of
from tests.retention.scene import NOW

pytestmark = pytest.mark.django_db
numbers = count()


@dataclass(frozen=True)
class Life:
    """What somebody did and has, each so many years ago; whether they are held or ask something; and whether they were
    found to be the same as whoever comes before them."""

    met: float
    decided: list[tuple[Decision, bool, float]]
    account: tuple[bool, float] | None
    endings: list[tuple[str, str, float | None]]
    held: bool
    asks: bool
    merged: bool


ages = st.sampled_from([0.1, 1.0, 1.9, 2.5, 3.0, 5.9, 6.5, 9.0])
lives = st.lists(
    st.builds(
        Life,
        met=ages,
        decided=st.lists(
            st.tuples(st.sampled_from([Decision.GRANTED, Decision.WITHDRAWN, Decision.OBJECTED]), st.booleans(), ages),
            max_size=3,
        ),
        account=st.none() | st.tuples(st.booleans(), ages),
        endings=st.lists(
            st.tuples(
                st.sampled_from(Ending.What.values),
                st.sampled_from(["", "standard", "emergency-line"]),
                st.none() | ages,
            ),
            max_size=2,
        ),
        held=st.booleans(),
        asks=st.booleans(),
        merged=st.booleans(),
    ),
    min_size=2,
    max_size=5,
)


@pytest.mark.parametrize("organisation", ["open-e", "open-ecx", "opencontact", "openitio", "openmarket"], indirect=True)
@given(lives=lives)
@settings(max_examples=3, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@pytest.mark.usefixtures("organisation")
def test_it_shows_what_a_run_would_find_row_by_row(lives: list[Life]) -> None:
    people = [born(life) for life in lives]
    for one, (_before, life) in zip(pairwise(people), pairwise(lives), strict=True):
        if life.merged and life.account is None:  # two records that both have one are not merged
            kept, other = (Subject.objects.get(pk=pk) for pk in one)
            merging.merge(kept if kept.head is None else kept.head, other)
    for work in judged():
        assert_same(work)


def test_every_rule_that_runs_from_a_person_is_judged_so(organisation: versions.Current) -> None:
    """Open-E keeps addresses from the last use, and decisions from the last one."""
    assert {work.holding.label for work in judged()} >= {"subjects.ContactPoint", "consent_ledger.Event"}
    assert not any(work.holding.label == "subjects.Merge" for work in judged()), "a merge is about two people"


@as_of("opencontact")
def test_a_period_by_contract_from_a_start_that_knows_none_is_left_to_the_rows(organisation: versions.Current) -> None:
    """No file says so today: contacts kept from the last contact, for as long as the contract says."""
    rule = rules.rule("contacts")
    other = replace(rule, entry=rule.entry.model_copy(update={"from_": "last_contact"}))
    point = scene.person(met=scene.years_ago(3))
    Ending.objects.create(subject=point.subject, what=Ending.What.CONTRACT, contract="standard")
    work = Work(holding_of(ContactPoint), other, NOW)
    assert rule.own["standard"] == Period(amount=1, unit="year")
    assert not everybody.can_judge(work)
    assert preview.line(work).due == work.due().count() == 1


@as_of("open-e")
def test_a_file_without_topics_and_contexts_is_counted_too(organisation: versions.Current) -> None:
    """Then nobody has a yes that stands, and no first meeting counts."""
    rule = rules.rule("contacts")
    bare = rule.current.organisation.model_copy(update={"topics": {}, "purposes": {}, "contexts": {}})
    scene.decision(scene.person(met=scene.years_ago(3)), scene.years_ago(2))
    scene.person("marek.nowak@example.com", met=scene.years_ago(3))
    assert_same(Work(holding_of(ContactPoint), replace(rule, current=replace(rule.current, organisation=bare)), NOW))


def judged() -> Iterator[Work]:
    """What is judged at once."""
    return filter(everybody.can_judge, preview.works(NOW))


def assert_same(work: Work) -> None:
    """Figures, rows and samples are those of the rows, one by one; and then as well as now."""
    line, rows = preview.line(work), work.due()
    figures = rows.aggregate(due=Count("pk"), earliest=Min("starts_at"), latest=Max("starts_at"))
    assert {name: getattr(line, name) for name in figures} == figures
    undated = work.holding.model._base_manager.count() - everything_dated(work)
    assert line.undated == undated
    free = work.free(rows)
    assert (line.held, line.needed) == (line.due - free.count(), free.count() - work.unneeded(free).count())
    going = dict(work.removable().order_by(work.key, "pk").values_list("pk", "starts_at"))
    assert line.going == len(going)
    assert [(one.key, one.start) for one in line.samples] == [
        (str(key), start) for key, start in list(going.items())[: preview.SAMPLES]
    ]
    earlier = replace(work, as_of=work.as_of - timedelta(days=500))
    several = [everybody.due(work, turn) for turn in (0, 1)]
    seen = everybody.look(work, [earlier.as_of, work.as_of], several, first=10_000)
    assert seen.numbers == [earlier.due().count(), len(seen.first)]
    assert set(seen.first) == set(rows.values_list("pk", flat=True))


def everything_dated(work: Work) -> int:
    """How many rows have a start: those that would be over their time at the end of days."""
    return starts.dated(work.holding, work.rule).exclude(starts_at=None).count()


def born(life: Life) -> UUID:
    """Somebody new with this life; the key of their record."""
    address = f"somebody{next(numbers)}@example.org"
    point = scene.person(address, met=scene.years_ago(life.met))
    topic = next(iter(versions.current().organisation.topics))
    for what, wide, age in life.decided:
        scene.decision(point, scene.years_ago(age), what, code="" if wide else topic)
    projection.rebuild(point.subject_id)
    if life.account is not None:
        is_open, age = life.account
        user = accounts.open_account(address)
        used = {"date_joined": scene.years_ago(9), "last_login": scene.years_ago(age), "is_active": is_open}
        User.objects.filter(pk=user.pk).update(**used, closed_at=None if is_open else scene.years_ago(age))
    for kind, contract, ended in life.endings:
        day = None if ended is None else scene.years_ago(ended).date()
        Ending.objects.create(subject=point.subject, what=kind, contract=contract, day=day)
    if life.held:
        scene.hold(point.subject)
    if life.asks:
        asking.ask_as_guest(address, Wish(Matter.ACCESS))
    return point.subject_id
