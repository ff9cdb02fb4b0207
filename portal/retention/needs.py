"""What is in use stays, whatever its age: an address that an account signs in with, a choice that is still obeyed.

An app says so once for each kind of row; nobody need know when it ends, since each run looks again.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

from django.db.models import Exists, Q, QuerySet

from portal.personal_data.registry import Holding, Text

Condition = Callable[[], Q | Exists]

_needs: Final[dict[str, list[tuple[Text, Condition]]]] = {}
_after: Final[dict[str, set[str]]] = {}


def register(label: str, words: Text, condition: Condition, *, after: str) -> None:
    """Rows of the holding ``label`` (``app.Model``) that meet ``condition()`` stay; ``words`` say why.

    ``after`` is the holding that needs them: its turn comes first, so that what it frees goes in the same run.
    """
    _after.setdefault(label, set()).add(after)
    known = _needs.setdefault(label, [])
    if (words, condition) not in known:
        known.append((words, condition))


def after(label: str) -> set[str]:
    """The holdings whose turn comes before that of this one."""
    return _after.get(label, set())


def not_needed(holding: Holding, rows: QuerySet[Any]) -> QuerySet[Any]:
    """The rows that nothing in use needs."""
    for _words, condition in _needs.get(holding.label, ()):
        rows = rows.exclude(condition())
    return rows


def reasons(holding: Holding, row: Any) -> Iterator[str]:
    """Why a row is still in use, in words."""
    for words, condition in _needs.get(holding.label, ()):
        if holding.model._base_manager.filter(condition(), pk=row.pk).exists():
            yield str(words)
