"""What is done to many requests by the clock: one that fails stops no other, and the run says so in the end."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from dsar.models import Request, Task

One = TypeVar("One", Request, Task)
logger = logging.getLogger(__name__)


class SomeFailed(Exception):
    """Part of a round went wrong; the rest is done. Ends the job, so that its run is on record as failed."""


@dataclass(frozen=True)
class Round:
    """How many requests something was done to, and how many it failed for."""

    done: int = 0
    failed: int = 0

    def __add__(self, other: Round) -> Round:
        return Round(self.done + other.done, self.failed + other.failed)

    def check(self) -> None:
        """Raises :class:`SomeFailed` where something did."""
        if self.failed:
            raise SomeFailed(f"{self.failed} requests were left out")


def each(many: Iterable[One], do: Callable[[One], bool]) -> Round:
    """Call ``do(one)`` for each, which says whether there was anything to do."""
    round_ = Round()
    for one in many:
        try:
            round_ += Round(done=int(do(one)))
        except Exception:
            logger.exception("A round over requests left out the %s %s.", one._meta.model_name, one.pk)
            round_ += Round(failed=1)
    return round_
