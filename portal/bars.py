"""The bars of a chart that stands in the first row of its own table, each above its numbers; drawn by the server.

``templates/admin/bars.html`` draws them. They are hidden from screen readers, which have the numbers below.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

HEIGHT: Final = 100  # of the chart, in its own units
BAR: Final = 14
GAP: Final = 2
Numbers = Sequence[tuple[str, int | None]]
"""What stands side by side in one column: a kind, which is the class of its colour, and a number; None is not shown."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, in the units of the chart."""

    kind: str
    x: int
    y: int
    height: int
    width: int = BAR


@dataclass(frozen=True, slots=True)
class Chart:
    """Columns of bars, each as many as there are kinds, and the size of a column."""

    columns: list[list[Bar]]
    width: int
    height: int = HEIGHT


def chart(columns: Sequence[Numbers]) -> Chart:
    """The highest number of all fills the height; a number above zero is never invisible."""
    most = max([number or 0 for numbers in columns for _kind, number in numbers], default=0)
    kinds = max([len(numbers) for numbers in columns], default=1)
    drawn = [
        [
            Bar(kind, place * (BAR + GAP), HEIGHT - tall, tall)
            for place, (kind, number) in enumerate(numbers)
            if number and (tall := max(1, round(number * HEIGHT / most)))
        ]
        for numbers in columns
    ]
    return Chart(drawn, kinds * (BAR + GAP) - GAP)
