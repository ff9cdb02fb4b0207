"""How long something took, and what is usual."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence


def timed(work: Callable[[], object]) -> float:
    """Seconds it took."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def middle(seconds: Sequence[float]) -> float:
    """The median."""
    return sorted(seconds)[len(seconds) // 2]


def nearly_longest(seconds: Sequence[float]) -> float:
    """The 99th percentile; of less than a hundred the longest."""
    return sorted(seconds)[int(len(seconds) * 0.99)]
