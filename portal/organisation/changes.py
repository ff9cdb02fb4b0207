"""Checks of upper apps on a change from one version to the next.

The ledger, say, refuses a new lawful basis under people already subscribed. A check gets the old and the new
content, inside the transaction that would apply it, and returns the problems it sees; any problem refuses the
whole change. The ``file`` of a problem may be left empty: the loader fills it in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from portal.organisation.problems import Problem
from portal.organisation.schema import Organisation

Check = Callable[[Organisation, Organisation], Iterable[Problem]]

_checks: list[Check] = []


def register_check(check: Check) -> Check:
    """Ask ``check(old, new)`` about every change. Registering it again does nothing. Usable as a decorator."""
    if check not in _checks:
        _checks.append(check)
    return check


def unregister_check(check: Check) -> None:
    """Stop asking ``check``. Raises ValueError where it was not registered."""
    _checks.remove(check)


def problems(old: Organisation, new: Organisation) -> Iterator[Problem]:
    """What the registered checks hold against this change."""
    for check in _checks:
        yield from check(old, new)
