"""Which numbers of a table are not shown, so that none points at somebody: the small ones, and those that would give
them away by subtraction from a total."""

from __future__ import annotations

from collections.abc import Sequence


def is_small(count: int, fewest: int) -> bool:
    """Whether a number stands for some, and for fewer than ``fewest``. None at all is nobody's secret."""
    return 0 < count < fewest


def hidden(rows: Sequence[Sequence[int]], fewest: int, already: frozenset[int] = frozenset()) -> frozenset[int]:
    """The numbers of those rows that are hidden, ``already`` among them.

    A row is what a group falls into: promises kept, promises missed. It is hidden whole where a part is small. The
    total is public, and so is what the hidden rows add up to: so there are never just one of them, and never so few
    that a part of their sum is small. The smallest rows follow until that is so.
    """
    found = set(already) | {number for number, parts in enumerate(rows) if any(is_small(one, fewest) for one in parts)}
    rest = sorted(set(range(len(rows))) - found, key=lambda number: sum(rows[number]), reverse=True)
    while found and rest and _gives_away([rows[number] for number in found], fewest):
        found.add(rest.pop())
    return frozenset(found)


def _gives_away(rows: Sequence[Sequence[int]], fewest: int) -> bool:
    return len(rows) == 1 or any(is_small(sum(part), fewest) for part in zip(*rows, strict=True))
