"""How well the promise is kept, in public: true numbers, and none that point at anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsar import statistics
from dsar.models import Request
from dsar.vocabulary import Matter, Outcome, State
from portal.organisation.versions import Current

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 26)
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def answered(organisation: Current) -> Callable[..., None]:
    """A function that puts answered requests into the books."""

    def put(count: int, closed: date, *, late: int = 0, matter: Matter = Matter.ACCESS) -> None:
        noon = datetime.combine(closed, time(12), LONDON)
        for number in range(count):
            promised = closed - timedelta(days=1) if number < late else closed
            Request.objects.create(
                matter=matter, state=State.CLOSED, outcome=Outcome.FULFILLED, organisation_version_id=organisation.id,
                received_at=noon - timedelta(days=20), closed_at=noon, promised_due=promised, statutory_due=closed,
            )  # fmt: skip

    return put


def record(current: Current, fewest: int = 0) -> statistics.Record:
    return statistics.answer_times(current.organisation, TODAY, fewest=fewest)


def test_promises_are_counted_by_quarter_and_by_matter(organisation: Current, answered: Callable[..., None]) -> None:
    answered(30, date(2026, 11, 2), late=12)
    answered(20, date(2026, 8, 3), matter=Matter.ERASURE)
    found = record(organisation)
    assert (found.total.answered, found.total.kept, found.total.late, found.total.share) == (50, 38, 12, 76)
    assert found.total.lawful == 50
    assert found.total.typical_days == 20
    assert [(row.title, row.answered) for row in found.quarters] == [
        ("2026, quarter 4", 30),
        ("2026, quarter 3", 20),
    ]
    assert [row.answered for row in found.matters] == [30, 20]


def test_what_was_answered_longer_ago_is_past(organisation: Current, answered: Callable[..., None]) -> None:
    answered(12, date(2024, 12, 31))
    answered(12, date(2025, 1, 2))
    assert record(organisation).total.answered == 12


@pytest.mark.parametrize("outcome", [Outcome.WITHDRAWN, Outcome.DUPLICATE, Outcome.PASSED_ON, Outcome.NO_IDENTITY])
def test_what_ended_without_an_answer_is_neither_kept_nor_missed(
    organisation: Current, answered: Callable[..., None], outcome: Outcome
) -> None:
    answered(12, date(2026, 11, 2), late=12)
    Request.objects.update(outcome=outcome)
    assert record(organisation).total.answered == 0


def test_a_small_group_is_not_shown_nor_can_it_be_subtracted(
    organisation: Current, answered: Callable[..., None]
) -> None:
    answered(30, date(2026, 11, 2))
    answered(20, date(2026, 8, 3))
    answered(3, date(2026, 5, 4))
    shown = [(row.title, row.answered) for row in record(organisation, fewest=10).quarters]
    assert shown == [("2026, quarter 4", 30), ("2026, quarter 3", None), ("2026, quarter 2", None)]


def test_a_few_late_ones_are_not_counted_out(organisation: Current, answered: Callable[..., None]) -> None:
    answered(30, date(2026, 11, 2), late=2)
    total = record(organisation, fewest=10).total
    assert (total.answered, total.kept, total.late) == (30, None, None)


def test_a_quarter_with_a_few_late_ones_is_not_told_by_the_others(
    organisation: Current, answered: Callable[..., None]
) -> None:
    answered(60, date(2026, 11, 2), late=28)
    answered(40, date(2026, 8, 3), late=2)
    answered(30, date(2026, 5, 4))
    found = record(organisation, fewest=10)
    assert found.total.late == 30
    assert [(row.answered, row.late) for row in found.quarters if row.late is not None] == []


def test_a_promise_that_was_missed_is_never_a_hundred_percent(
    organisation: Current, answered: Callable[..., None]
) -> None:
    answered(300, date(2026, 11, 2), late=1)
    assert record(organisation).total.share == 99


def test_late_is_not_unlawful(organisation: Current, answered: Callable[..., None]) -> None:
    answered(60, date(2026, 11, 2), late=30)
    Request.objects.update(statutory_due=date(2026, 11, 1))
    total = record(organisation, fewest=10).total
    assert (total.kept, total.lawful) == (30, 0)


def test_ten_thousand_requests_are_one_query(organisation: Current, answered: Callable[..., None]) -> None:
    answered(40, date(2026, 11, 2))
    with CaptureQueriesContext(connection) as queries:
        record(organisation)
    assert len(queries) == 1


@pytest.mark.parametrize("organisation", ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"], indirect=True)
def test_the_page_says_it_in_words(organisation: Current, client: Client, answered: Callable[..., None]) -> None:
    empty = client.get("/requests/promise/").content.decode()
    assert "were answered so far: too few to show how well we do" in empty
    assert "<table" not in empty
    answered(160, statistics.quarter_of(datetime.now(LONDON).date()), late=40)
    page = client.get("/requests/promise/").content.decode()
    assert "Of 160 requests we answered 120 within it: 75 %." in page
    assert page.count("<table") == 2


def test_the_page_counts_once_until_one_more_is_answered(
    organisation: Current, client: Client, answered: Callable[..., None]
) -> None:
    answered(40, statistics.quarter_of(datetime.now(LONDON).date()))
    with CaptureQueriesContext(connection) as first:
        client.get("/requests/promise/")
    with CaptureQueriesContext(connection) as again:
        assert "Of 40 requests we answered 40 within it: 100 %." in client.get("/requests/promise/").content.decode()
    assert len(again) < len(first)
    answered(1, statistics.quarter_of(datetime.now(LONDON).date()))
    assert "Of 41 requests" in client.get("/requests/promise/").content.decode()


def test_the_page_only_reads(organisation: Current, client: Client) -> None:
    assert client.post("/requests/promise/").status_code == 405
