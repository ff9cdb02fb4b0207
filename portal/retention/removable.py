"""Which rows may go now: over their time, held by nothing, in use by nothing, and pointed at by nothing that stays."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from portal.holds import standing
from portal.organisation.schema import RetentionAction
from portal.personal_data.registry import Holding
from portal.retention import disposal, needs, starts, ties
from portal.retention.also import Also
from portal.retention.rules import Rule
from portal.subjects.models import Subject


@dataclass(frozen=True, eq=False)
class Work:
    """One holding under a rule, reached in its own way or in a second one (``also``), judged by one moment."""

    holding: Holding
    rule: Rule
    as_of: datetime
    also: Also | None = None

    @property
    def action(self) -> str:
        """What the rule says is done."""
        return self.rule.entry.action

    @property
    def key(self) -> str:
        """What batches go by: each row, or the person where all their rows go together."""
        return self.holding.paths[0] if self.holding.together else "pk"

    def read_key(self, text: str) -> Any:
        """A key as it was written down."""
        return (Subject if self.holding.together else self.holding.model)._meta.pk.to_python(text)

    def due(self, rows: QuerySet[Any] | None = None) -> QuerySet[Any]:
        """The rows, or those of ``rows``, whose time is over and to which nothing was done yet; with ``starts_at``."""
        if self.also is None:
            found = starts.due(self.holding, self.rule, self.as_of, rows)
        else:
            everything = self.holding.model._base_manager.all() if rows is None else rows
            found = self.also.find(everything, self.rule, self.as_of)
        anonymises = self.action == RetentionAction.ANONYMISE
        return disposal.not_anonymous(self.holding, found) if anonymises else found

    def free(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those that nothing holds."""
        return standing.free(self.holding, rows)

    def unneeded(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those that nothing in use needs."""
        return needs.not_needed(self.holding, rows)

    def unreferred(self, rows: QuerySet[Any], among: Sequence[Any] = ()) -> QuerySet[Any]:
        """Those that nothing which stays points at. What is made anonymous stays itself, and so may be pointed at."""
        if self.action == RetentionAction.ANONYMISE:
            return rows
        return ties.without_referrers(self.holding, rows, among)

    def removable(self, rows: QuerySet[Any] | None = None, among: Sequence[Any] = ()) -> QuerySet[Any]:
        """All of it in one statement; ``among`` are keys of rows that would go in the same moment."""
        return self.unreferred(self.unneeded(self.free(self.due(rows))), among)

    def chosen(self, keys: Iterable[Any]) -> QuerySet[Any]:
        """The rows with these keys."""
        return self.holding.model._base_manager.filter(**{f"{self.key}__among": frozenset(keys)})
