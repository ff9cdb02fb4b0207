"""Querysets of the cookie choices, read aloud."""

from __future__ import annotations

import secrets
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from django.db import models
from django.db.models import F

if TYPE_CHECKING:
    from consent.cookies.models import Browser, Choice, Refusals  # noqa: F401  # named in the base classes below
    from portal.subjects.models import Subject

SLOTS: Final = 16


class BrowserQuerySet(models.QuerySet["Browser"]):
    """Browsers."""

    def of(self, subject: Subject) -> BrowserQuerySet:
        """Those linked to a person, or to a record merged into theirs."""
        return self.filter(subject__in=subject.family())


class ChoiceQuerySet(models.QuerySet["Choice"]):
    """Choices."""

    def latest_of(self, reference: str) -> Choice | None:
        """The choice in force in a browser."""
        return self.filter(browser_id=reference).select_related("browser").order_by("-id").first()

    def of_press(self, reference: str, key: str) -> Choice | None:
        """What one press in a browser left; None for one that was only counted, or never came."""
        return next(iter(self.filter(browser_id=reference, key=key)), None)  # one at most, so nothing to order


class RefusalsQuerySet(models.QuerySet["Refusals"]):
    """Counts of refusals."""

    def count_one(self, site: str, day: date, version_id: int, method: str) -> None:
        """Add one. Two statements at most, and hardly ever a wait."""
        where: dict[str, Any] = {"site": site, "day": day, "organisation_version_id": version_id, "method": method}
        where["slot"] = secrets.randbelow(SLOTS)
        if not self.filter(**where).update(count=F("count") + 1):
            self.bulk_create([self.model(**where)], ignore_conflicts=True)
            self.filter(**where).update(count=F("count") + 1)
