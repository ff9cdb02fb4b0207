"""No number of the promise page is small, and none can be had by subtraction from the total."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsar.small_numbers import hidden, is_small

FEWEST = 10
TABLES = st.lists(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=8)


@given(TABLES)
def test_no_small_number_is_shown(rows: list[tuple[int, int]]) -> None:
    away = hidden(rows, FEWEST)
    shown = [parts for number, parts in enumerate(rows) if number not in away]
    assert not any(is_small(one, FEWEST) for parts in shown for one in parts)


@given(TABLES)
def test_what_is_hidden_cannot_be_subtracted(rows: list[tuple[int, int]]) -> None:
    away = hidden(rows, FEWEST)
    if not away or len(away) == len(rows):  # nothing to find, or nothing to subtract
        return
    assert len(away) > 1
    for part in zip(*(rows[number] for number in away), strict=True):
        assert not is_small(sum(part), FEWEST)


@given(TABLES)
def test_the_desk_is_shown_everything(rows: list[tuple[int, int]]) -> None:
    assert hidden(rows, 0) == frozenset()


def test_the_smallest_row_goes_with_a_lonely_one() -> None:
    assert hidden([(30,), (20,), (3,)], FEWEST) == {1, 2}


def test_two_small_ones_that_are_small_together_take_a_third() -> None:
    assert hidden([(30,), (20,), (3,), (2,)], FEWEST) == {1, 2, 3}


def test_two_small_ones_that_are_many_together_go_alone() -> None:
    assert hidden([(30,), (20,), (6,), (7,)], FEWEST) == {2, 3}


def test_nobody_is_nobodys_secret() -> None:
    assert hidden([(30, 0), (20, 0)], FEWEST) == frozenset()


def test_a_few_late_ones_take_another_row_with_them() -> None:
    quarters = [(30, 28), (30, 2), (25, 0)]  # kept, late
    assert hidden(quarters, FEWEST) >= {1, 2}
