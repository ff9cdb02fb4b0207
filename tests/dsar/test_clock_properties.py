"""What holds whatever happened: there is always an answer, and the clock can explain it."""

from datetime import UTC, date, datetime, timedelta, timezone
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from dsar.clock import Calendar, Deadline, Event, Kind, Rule, Terms, due
from dsar.clock.explanation import SOURCES, written
from dsar.clock.happenings import local_day
from portal.organisation.schema import Period, RightName, Statute

FIRST = date(2026, 1, 1)
few = settings(max_examples=60, deadline=None)

days = st.integers(0, 200).map(lambda number: FIRST + timedelta(days=number))
zones = st.sampled_from([0, 5, -11, 14]).map(lambda hours: timezone(timedelta(hours=hours)))
moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 7, 20), timezones=zones)
events = st.lists(st.builds(Event, st.sampled_from(Kind), days | moments), max_size=8)
terms = st.builds(
    Terms,
    st.sampled_from([Period(28, "day"), Period(30, "day"), Period(1, "month"), Period(72, "hour")]),
    st.sampled_from(Statute),
    st.sampled_from(["GB-ENG", "GB-SCT", "GB-NIR", "DE-BY", "IE"]),
    st.sampled_from(["Europe/London", "Europe/Berlin", "Pacific/Kiritimati"]),
    st.sampled_from([RightName.ACCESS, RightName.ERASURE, RightName.COMPLAINT]),
)
uk_access = st.sampled_from([Terms(Period(28, "day")), Terms(Period(28, "day"), calendar="GB-SCT")])


def clarifications(*, least: int = 0) -> st.SearchStrategy[list[tuple[datetime, datetime]]]:
    """Questions about a request of 1 January, each with its answer; no two things at the very same moment."""
    minutes = st.lists(st.integers(0, 40 * 1440), min_size=2 * least, max_size=8, unique=True)
    start = datetime(2026, 1, 1, tzinfo=UTC)
    pairs = minutes.map(lambda found: list(zip(found[::2], found[1::2], strict=False)))
    return pairs.map(
        lambda found: [(start + timedelta(minutes=min(pair)), start + timedelta(minutes=max(pair))) for pair in found]
    )


def asked(pairs: list[tuple[datetime, datetime]]) -> list[Event]:
    return [
        Event(kind, at)
        for pair in pairs
        for kind, at in zip((Kind.CLARIFICATION_REQUESTED, Kind.CLARIFICATION_RECEIVED), pair, strict=True)
    ]


def not_before(later: date | None, earlier: date | None) -> bool:
    """Whether the date did not move forward; no date yet is later than any."""
    return later is None or (earlier is not None and later >= earlier)


@few
@given(days | moments, events, terms)
def test_there_is_always_an_answer_and_never_before_receipt(received: date, happened: list[Event], by: Terms) -> None:
    answer = due(received, happened, by)
    day = local_day(received, by.zone)
    assert answer.explanation
    assert answer.promised_due is None or answer.promised_due > day
    if answer.statutory_due:
        assert answer.statutory_due > day
        assert by.working_days.is_working(answer.statutory_due)
    if by.right is not RightName.COMPLAINT:
        assert (answer.statutory_due is None) == (answer.promised_due is None) == bool(answer.waiting_for)


@few
@given(days | moments, events, terms, st.randoms(use_true_random=False))
def test_neither_the_order_of_recording_nor_a_second_recording_matters(
    received: date, happened: list[Event], by: Terms, random: Random
) -> None:
    answer = due(received, happened, by)
    again = [*happened, *random.sample(happened, random.randint(0, len(happened)))]
    random.shuffle(again)
    assert due(received, again, by) == answer
    assert due(received, again, by).explanation == answer.explanation


@few
@given(clarifications(), clarifications(least=1), st.booleans(), uk_access)
def test_a_clarification_more_never_makes_it_earlier(
    before: list[tuple[datetime, datetime]], more: list[tuple[datetime, datetime]], extended: bool, by: Terms
) -> None:
    told = [Event(Kind.EXTENSION_NOTIFIED, date(2026, 1, 30))] if extended else []
    fewer = due(FIRST, [*asked(before), *told], by)
    distinct = [pair for pair in more if not {*pair} & {moment for other in before for moment in other}]
    longer = due(FIRST, [*asked(before), *asked(distinct), *told], by)
    assert not_before(longer.statutory_due, fewer.statutory_due)
    assert not_before(longer.promised_due, fewer.promised_due)


@few
@given(clarifications(), uk_access)
def test_the_days_of_all_clarifications_are_added_once_each(pairs: list[tuple[datetime, datetime]], by: Terms) -> None:
    within = [pair for pair in pairs if pair[0].day <= 31 and pair[0].month == 1]
    off = {
        pair[0].date() + timedelta(days=n) for pair in within for n in range((pair[1].date() - pair[0].date()).days + 1)
    }
    answer = due(FIRST, asked(within), by)
    assert answer.statutory_due == Calendar(by.calendar).from_day(date(2026, 2, 1) + timedelta(days=len(off)))
    assert answer.promised_due == date(2026, 1, 29) + timedelta(days=len(off))


@few
@given(days, st.integers(1, 60), st.integers(0, 60), terms)
def test_later_is_never_earlier(received: date, waited: int, longer: int, by: Terms) -> None:
    assert not_before(due(received + timedelta(days=longer), [], by).promised_due, due(received, [], by).promised_due)
    requested = Event(Kind.IDENTITY_REQUESTED, received)

    def shown(days: int) -> Deadline:
        return due(received, [requested, Event(Kind.IDENTITY_RECEIVED, received + timedelta(days=days))], by)

    assert not_before(shown(waited + longer).statutory_due, shown(waited).statutory_due)
    assert not_before(shown(waited).statutory_due, due(received, [], by).statutory_due)


@few
@given(days | moments, events, terms)
def test_the_explanation_names_every_rule_and_date_that_was_used(
    received: date, happened: list[Event], by: Terms
) -> None:
    answer = due(received, happened, by)
    text = " ".join(answer.explanation)
    assert len(answer.explanation) == len(answer.rules)
    assert written(local_day(received, by.zone)) in text
    for step, words in zip(answer.steps, answer.explanation, strict=True):
        source = SOURCES.get((step.rule, step.law)) if step.law else None
        assert source is None or f"({source})" in words
        assert all(written(fact) in words for fact in step.facts.values())
    for last_day in (answer.promised_due, answer.statutory_due):
        assert last_day is None or written(last_day) in text
    assert (Rule.NO_DATE_YET in answer.rules) == bool(answer.waiting_for)
    assert (Rule.EXTENDED in answer.rules) == answer.extended
