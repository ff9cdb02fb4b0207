"""The one table a run prints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """One measured value. ``aim`` is text for the reader: nothing here decides whether a run was good."""

    name: str
    value: float
    unit: str = ""
    aim: str = ""


@dataclass
class Row:
    """One figure at every size of the ledger at which it was measured."""

    figure: Figure
    values: dict[int, float]


def rows(measured: Iterable[tuple[int, Figure]]) -> list[Row]:
    """Figures of the same name side by side, in the order in which they first came.

    Raises ValueError for a name measured twice at one size: the second would hide the first.
    """
    found: dict[str, Row] = {}
    for size, figure in measured:
        row = found.setdefault(figure.name, Row(figure, {}))
        if size in row.values:
            raise ValueError(f"Two figures are called {figure.name!r}.")
        row.values[size] = figure.value
    return list(found.values())


def rendered(measured: Sequence[tuple[int, Figure]]) -> str:
    """The table as text: a column for each size, and what changed between the smallest and the largest."""
    sizes = sorted({size for size, _ in measured})
    heads = ["", *(f"{size:,} events" for size in sizes), *(["change"] if len(sizes) > 1 else []), "aim"]
    lines = [heads, *([*_cells(row, sizes), row.figure.aim] for row in rows(measured))]
    widths = [max(len(line[column]) for line in lines) for column in range(len(heads))]
    return "\n".join("  ".join(_aligned(line, widths)).rstrip() for line in lines)


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    last = len(widths) - 1
    return [
        word.ljust(width) if number in {0, last} else word.rjust(width)
        for number, (word, width) in enumerate(zip(line, widths, strict=True))
    ]


def _cells(row: Row, sizes: Sequence[int]) -> list[str]:
    cells = [row.figure.name + (f" [{row.figure.unit}]" if row.figure.unit else "")]
    cells += [_number(row.values[size]) if size in row.values else "" for size in sizes]
    if len(sizes) > 1:
        both = sizes[0] in row.values and sizes[-1] in row.values and row.values[sizes[0]]
        cells.append(f"× {row.values[sizes[-1]] / row.values[sizes[0]]:.2f}" if both else "")
    return cells


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
