"""Whoever keeps the promise page of every day, and subtracts, finds no small number: a page is made of numbers that
never change, each of which is shown whole or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from dsar import published
from dsar.small_numbers import is_small
from dsar.statistics import Answered, Row
from dsar.vocabulary import Matter
from portal.organisation import loader

FEWEST = 10
OPEN_E = loader.read("open-e")
QUARTERS = [date(year, month, 1) for year in (2024, 2025, 2026) for month in (1, 4, 7, 10)]
# Of each quarter: answers in time, late but lawful, unlawful.
BOOKS = st.lists(
    st.tuples(st.integers(0, 30), st.sampled_from([0, 0, 1, 4, 12, 20]), st.sampled_from([0, 0, 0, 1, 11])),
    min_size=len(QUARTERS), max_size=len(QUARTERS),
)  # fmt: skip


def answers(book: list[tuple[int, int, int]]) -> list[Answered]:
    """Each on a day of its quarter; by turns about two matters."""
    return [
        Answered(
            (Matter.ACCESS, Matter.ERASURE)[number % 2], first, day, day - timedelta(days=kind > 0),
            day - timedelta(days=kind > 1),
        )
        for first, counts in zip(QUARTERS, book, strict=True)
        for kind, count in enumerate(counts)
        for number in range(count)
        for day in [first + timedelta(days=number)]
    ]  # fmt: skip


def page(found: list[Answered], day: date) -> published.Published:
    """What stands there on a day, when what comes after it has not happened yet."""
    return published.made_of([one for one in found if one.closed <= day], OPEN_E, day, FEWEST)


def numbers(row: Row) -> list[int]:
    """What a row lets be known of how many there were."""
    known = [row.answered, row.kept, row.late, row.lawful]
    unlawful = row.answered - row.lawful if row.answered is not None and row.lawful is not None else None
    lawful_but_late = row.late - unlawful if row.late is not None and unlawful is not None else None
    return [one for one in (*known, unlawful, lawful_but_late) if one is not None]


@given(BOOKS)
def test_within_a_quarter_nothing_changes(book: list[tuple[int, int, int]]) -> None:
    found = answers(book)
    for first, after in pairwise(QUARTERS[8:]):
        assert page(found, first) == page(found, first + timedelta(days=40)) == page(found, after - timedelta(days=1))


@given(BOOKS)
def test_a_row_once_shown_stays_as_it_is(book: list[tuple[int, int, int]]) -> None:
    found = answers(book)
    for earlier, later in pairwise(page(found, day) for day in (*QUARTERS[8:], date(2027, 1, 1))):
        kept = [row for row in earlier.quarters if row.title >= later.since]
        assert later.quarters[len(later.quarters) - len(kept) :] == kept
        assert all(one in later.years for one in earlier.years if one[0] >= later.since)


@given(BOOKS)
def test_no_small_number_stands_there_nor_between_two_days(book: list[tuple[int, int, int]]) -> None:
    found = answers(book)
    pages = [page(found, day) for day in (*QUARTERS[8:], date(2027, 1, 1))]
    for one in pages:
        for row in (one.total, *one.quarters, *(row for _year, rows in one.years for row in rows)):
            assert not [count for count in numbers(row) if is_small(count, FEWEST)]
    for earlier, later in pairwise(pages[:4]):  # of one year, so that nothing falls out of view
        for name in ("answered", "kept", "late", "lawful"):
            before, after = getattr(earlier.total, name), getattr(later.total, name)
            assert before is None or after is None or not is_small(after - before, FEWEST)


@given(BOOKS)
def test_matters_add_up_to_what_the_total_told_already(book: list[tuple[int, int, int]]) -> None:
    """Were there one answer more in them, it would be one that the quarters hide."""
    found = answers(book)
    whole = page(found, date(2027, 1, 1))
    for year, rows in whole.years:
        only = [one for one in found if one.closed.year == int(year)]
        total = published.made_of(only, OPEN_E, date(2027, 1, 1), FEWEST).total
        if all(row.answered is not None for row in rows):
            assert sum(row.answered or 0 for row in rows) == total.answered
