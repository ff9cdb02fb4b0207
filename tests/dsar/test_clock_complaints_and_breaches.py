"""A complaint is acknowledged within 30 days, a breach reported within 72 hours."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from dsar.clock import Rule, breach_due
from portal.organisation.schema import Period, Statute
from tests.dsar.counting import UK_COMPLAINT, after, law, promise

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("received", "due"),
    [
        ("2026-07-01", "2026-07-31"),
        ("2026-07-02", "2026-08-03"),  # a Saturday
        ("2026-08-01", "2026-09-01"),  # the Late Summer Bank Holiday
        ("2026-06-19", "2026-07-20"),  # the day the law came into force; a Sunday
    ],
)
def test_a_complaint_is_acknowledged_within_30_days_from_the_next(received: str, due: str) -> None:
    answer = after(received, terms=UK_COMPLAINT)
    assert law(answer) == due
    assert promise(answer) == (date.fromisoformat(received) + timedelta(days=28)).isoformat()
    assert {Rule.COMPLAINT_ACKNOWLEDGED, Rule.COMPLAINT_OUTCOME} <= set(answer.rules)


def test_nothing_that_is_asked_holds_up_a_complaint() -> None:
    answer = after(
        "2026-07-01", identity_requested="2026-07-03", clarification_requested="2026-07-03",
        extension_notified="2026-07-05", terms=UK_COMPLAINT,
    )  # fmt: skip
    assert (law(answer), promise(answer)) == ("2026-07-31", "2026-07-29")
    assert answer.rules.count(Rule.COMPLAINT_WAITS_FOR_NOTHING) == 2


def test_before_the_law_and_in_the_eu_there_is_only_the_promise() -> None:
    early = after("2026-06-18", terms=UK_COMPLAINT)
    assert (law(early), promise(early)) == (None, "2026-07-16")
    assert Rule.COMPLAINT_BEFORE_THE_LAW in early.rules
    elsewhere = after("2026-07-01", terms=replace(UK_COMPLAINT, statute=Statute.EU))
    assert (law(elsewhere), promise(elsewhere)) == (None, "2026-07-29")
    assert Rule.COMPLAINT_WITHOUT_DATE in elsewhere.rules


def test_72_hours_across_the_change_to_summer_time() -> None:
    answer = breach_due(datetime(2026, 3, 27, 16, tzinfo=UTC), LONDON)
    assert answer.statutory_due == datetime(2026, 3, 30, 16, tzinfo=UTC)
    assert answer.statutory_due.isoformat() == "2026-03-30T17:00:00+01:00"
    assert answer.promised_due == answer.statutory_due
    assert answer.explanation == [
        "We became aware of the breach on Friday 27 March 2026, 16:00 GMT.",
        (
            "The authority is told within 72 hours. Every hour counts, at night and at weekends too: to Monday 30 "
            "March 2026, 17:00 BST (UK GDPR, Article 33(1))."
        ),
        "The clocks change in between, so the hour on the clock is another one.",
    ]


def test_72_hours_across_the_change_to_winter_time() -> None:
    aware = datetime(2026, 10, 23, 17, 30, 15, tzinfo=LONDON)
    answer = breach_due(aware, LONDON, statute=Statute.EU)
    assert answer.statutory_due.isoformat() == "2026-10-26T16:30:15+00:00"
    assert "(GDPR, Article 33(1))" in answer.explanation[1]


def test_the_hour_that_happens_twice_is_two_moments() -> None:
    first = breach_due(datetime(2026, 10, 25, 1, 30, tzinfo=LONDON), LONDON)
    second = breach_due(datetime(2026, 10, 25, 1, 30, fold=1, tzinfo=LONDON), LONDON)
    assert second.statutory_due - first.statutory_due == timedelta(hours=1)


def test_72_hours_without_a_change_end_at_the_same_hour_even_over_christmas() -> None:
    answer = breach_due(datetime(2026, 12, 24, 9, tzinfo=UTC), LONDON)
    assert answer.statutory_due.isoformat() == "2026-12-27T09:00:00+00:00"
    assert len(answer.explanation) == 2


def test_an_organisation_may_promise_less() -> None:
    answer = breach_due(datetime(2026, 6, 1, 9, tzinfo=UTC), LONDON, Period(1, "day"))
    assert answer.promised_due.isoformat() == "2026-06-02T10:00:00+01:00"
    assert answer.statutory_due.isoformat() == "2026-06-04T10:00:00+01:00"
    assert answer.explanation[-1] == "Our own promise is 1 day: to Tuesday 2 June 2026, 10:00 BST."


def test_nonsense_is_refused() -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        breach_due(datetime(2026, 6, 1, 9), LONDON)
    with pytest.raises(ValueError, match="exact length"):
        breach_due(datetime(2026, 6, 1, 9, tzinfo=UTC), LONDON, Period(1, "month"))
