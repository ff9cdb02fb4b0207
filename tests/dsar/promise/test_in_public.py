"""How well the promise is kept, in public: true numbers, and none that point at anybody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from dsar import published, statistics
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


def record(current: Current) -> statistics.Record:
    """What the desk sees."""
    return statistics.answer_times(current.organisation, TODAY)


def shown(current: Current, today: date = TODAY) -> published.Published:
    """What everybody sees."""
    return published.count(current.organisation, today, fewest=10)


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


def test_a_quarter_with_few_answers_is_shown_together_with_the_next(
    organisation: Current, answered: Callable[..., None]
) -> None:
    answered(30, date(2026, 8, 3))
    answered(20, date(2026, 5, 4))
    answered(3, date(2026, 2, 2))
    rows = [(row.title, row.answered) for row in shown(organisation).quarters]
    assert rows == [("2026, quarter 3", 30), ("2026, quarters 1 to 2", 23)]


def test_what_is_few_at_the_end_of_a_year_is_not_shown(organisation: Current, answered: Callable[..., None]) -> None:
    answered(30, date(2025, 8, 3))
    answered(3, date(2025, 12, 31))
    answered(30, date(2026, 1, 2))
    found = shown(organisation)
    assert [(row.title, row.answered) for row in found.quarters] == [("2026, quarter 1", 30), ("2025, quarter 3", 30)]
    assert found.total.answered == 60
    assert [row.answered for _year, rows in found.years for row in rows] == [30]


def test_few_late_ones_are_named_as_few_and_added_up_once_they_are_many(
    organisation: Current, answered: Callable[..., None]
) -> None:
    answered(30, date(2026, 2, 2), late=4)
    first = shown(organisation)
    assert [(row.answered, row.late, row.few_late) for row in first.quarters] == [(30, None, True)]
    assert first.total.answered == 0
    answered(40, date(2026, 5, 4), late=7)
    found = shown(organisation)
    assert [(row.answered, row.late, row.few_late) for row in found.quarters] == [(40, None, True), (30, None, True)]
    assert (found.total.answered, found.total.late) == (70, 11)


def test_the_present_quarter_is_not_shown_before_it_is_over(
    organisation: Current, answered: Callable[..., None]
) -> None:
    answered(40, date(2026, 10, 1), late=20)
    assert shown(organisation, date(2026, 12, 31)).quarters == []
    assert [row.late for row in shown(organisation, date(2027, 1, 1)).quarters] == [20]


def test_matters_are_told_by_finished_year(organisation: Current, answered: Callable[..., None]) -> None:
    answered(40, date(2025, 2, 3), late=20)
    answered(30, date(2025, 2, 3), matter=Matter.ERASURE)
    answered(30, date(2026, 2, 3), matter=Matter.ERASURE)
    assert [(year, [(row.answered, row.late) for row in rows]) for year, rows in shown(organisation).years] == [
        ("2025", [(40, 20), (30, 0)])
    ]


def test_what_was_lawful_is_left_out_where_a_few_were_not(organisation: Current, answered: Callable[..., None]) -> None:
    answered(60, date(2026, 2, 2), late=30)
    answered(60, date(2026, 5, 4), late=30)
    two = Request.objects.filter(promised_due__month=2, closed_at__month=2).exclude(promised_due__day=2)[:2]
    Request.objects.filter(pk__in=[one.pk for one in two]).update(statutory_due=date(2026, 1, 2))
    found = shown(organisation)
    assert [(row.late, row.lawful) for row in found.quarters] == [(30, 60), (30, None)]
    assert (found.total.late, found.total.lawful) == (60, None)


def test_a_promise_that_was_missed_is_never_a_hundred_percent(
    organisation: Current, answered: Callable[..., None]
) -> None:
    answered(300, date(2026, 11, 2), late=1)
    assert record(organisation).total.share == 99


def test_late_is_not_unlawful(organisation: Current, answered: Callable[..., None]) -> None:
    answered(60, date(2026, 8, 2), late=30)
    Request.objects.update(statutory_due=date(2026, 8, 1))
    total = shown(organisation).total
    assert (total.kept, total.lawful) == (30, 0)


def test_ten_thousand_requests_are_one_query(organisation: Current, answered: Callable[..., None]) -> None:
    answered(40, date(2026, 11, 2))
    with CaptureQueriesContext(connection) as queries:
        record(organisation)
    assert len(queries) == 1


@pytest.mark.parametrize("organisation", ["openmarket", "open-ecx", "opencontact", "openitio", "open-e"], indirect=True)
def test_the_page_says_it_in_words(organisation: Current, client: Client, answered: Callable[..., None]) -> None:
    empty = client.get("/requests/promise/").content.decode()
    assert "were answered in finished quarters so far: too few to show how well we do" in empty
    assert "<table" not in empty
    cache.clear()
    answered(160, last_december(), late=40)
    page = client.get("/requests/promise/").content.decode()
    assert "Of 160 requests we answered 120 within it: 75 %." in page
    assert page.count("<table") == 2


def test_the_page_counts_once_for_all_who_look(
    organisation: Current, client: Client, answered: Callable[..., None]
) -> None:
    answered(40, last_december())
    with CaptureQueriesContext(connection) as first:
        client.get("/requests/promise/")
    with CaptureQueriesContext(connection) as again:
        assert "Of 40 requests we answered 40 within it: 100 %." in client.get("/requests/promise/").content.decode()
    assert len(again) < len(first)


def test_one_more_answer_today_changes_nothing_on_the_page(
    organisation: Current, client: Client, answered: Callable[..., None]
) -> None:
    def words() -> str:
        return client.get("/requests/promise/").content.decode().partition("<main")[2].partition("</main>")[0]

    answered(40, last_december())
    before = words()
    cache.clear()
    answered(1, datetime.now(LONDON).date(), late=1)
    assert words() == before


def last_december() -> date:
    """A day of a quarter, and of a year, that is over."""
    return date(datetime.now(LONDON).year - 1, 12, 2)


def test_the_page_only_reads(organisation: Current, client: Client) -> None:
    assert client.post("/requests/promise/").status_code == 405


def test_where_all_was_lawful_no_matter_keeps_that_back(organisation: Current, answered: Callable[..., None]) -> None:
    answered(40, date(2025, 2, 3), late=3)
    answered(30, date(2025, 2, 3), late=8, matter=Matter.ERASURE)
    found = shown(organisation)
    assert found.total.lawful == found.total.answered == 70
    _year, matters = found.years[0]
    assert [(row.answered, row.lawful) for row in matters] == [(40, 40), (30, 30)]
    assert [row.kept for row in matters] == [None, None]
    assert [(row.answered, row.lawful) for row in found.quarters] == [(70, 70)]


def test_figures_of_other_things_do_not_stand_under_how_we_counted(organisation: Current, client: Client) -> None:
    page = client.get("/requests/promise/").content.decode()
    counted, others = page.split("Other figures of ours")
    sentence = str(organisation.organisation.reports.sentence)
    assert sentence in others
    assert sentence not in counted
