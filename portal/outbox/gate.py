"""The one question before every mail: may it go? An upper app answers; where none does, the answer is no."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from portal.outbox.models import Message


@dataclass(frozen=True)
class Verdict:
    """An answer and the rule that gave it.

    ``reason`` is a sentence the person reads under "Why did I get this?". Of ``evidence``, which must be JSON,
    the footer shows ``since`` (ISO 8601) and ``wording`` (the words agreed to); the rest is for staff.
    """

    allowed: bool
    rule: str
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


Gate = Callable[["Message"], Verdict]

_gates: list[Gate] = []  # none or one


def register(gate: Gate) -> None:
    """Installs the gate; raises ValueError if another one stands there already."""
    if _gates and _gates != [gate]:
        raise ValueError("A send gate is already registered: there is one door, and one keeper.")
    _gates[:] = [gate]


def registered() -> Gate | None:
    """The gate in force, or None."""
    return _gates[0] if _gates else None


def ask(message: Message) -> Verdict:
    """May this message go now? Called inside the permit transaction, with message and Subject locked."""
    if not _gates:
        return Verdict(False, "no-gate", "No gate is registered, so nothing is sent.")
    return _gates[0](message)


@contextmanager
def replaced(gate: Gate | None) -> Iterator[None]:
    """Another gate, or none, for as long as the block lasts: for tests and measurements."""
    before = list(_gates)
    _gates[:] = [] if gate is None else [gate]
    try:
        yield
    finally:
        _gates[:] = before
