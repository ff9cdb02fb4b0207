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
ContentCheck = Callable[[Organisation], Iterable[Problem]]

_checks: list[Check] = []
_content_checks: list[ContentCheck] = []


def register_check(check: Check) -> Check:
    """Ask ``check(old, new)`` about every change. Registering it again does nothing. Usable as a decorator."""
    if check not in _checks:
        _checks.append(check)
    return check


def register_content_check(check: ContentCheck) -> ContentCheck:
    """Ask ``check(new)`` about every file that would be applied, the first included. Usable as a decorator."""
    if check not in _content_checks:
        _content_checks.append(check)
    return check


def unregister_check(check: Check) -> None:
    """Stop asking ``check``. Raises ValueError where it was not registered."""
    _checks.remove(check)


def content_problems(new: Organisation) -> Iterator[Problem]:
    """What the registered checks hold against this content, whatever was before."""
    for check in _content_checks:
        yield from check(new)


def problems(old: Organisation, new: Organisation) -> Iterator[Problem]:
    """What the registered checks hold against this change."""
    for check in _checks:
        yield from check(old, new)
