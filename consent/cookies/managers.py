"""Querysets of the cookie choices, read aloud."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from django.db import connection, models
from django.db.models import F

from portal.database import as_datetime

if TYPE_CHECKING:
    from consent.cookies.models import Browser, Choice, Refusals  # noqa: F401  # named in the base classes below
    from portal.subjects.models import Subject

SLOTS: Final = 16
# With every first choice; the ORM takes several times as long to say them as the database to do them.
_BEGIN: Final = "INSERT INTO consent_cookies_browser (reference, secret_hash) VALUES (%s, %s) ON CONFLICT DO NOTHING"
_COLUMNS: Final = (
    "browser_id",
    "key",
    "site",
    "organisation_version_id",
    "text_id",
    "allowed",
    "refused",
    "method",
    "means",
    "signal",
    "path",
    "language",
)
# SQLite's trigger cannot tell a row that is passed over from one that is replaced: so it is looked for first.
_ADD: Final = (
    f"INSERT INTO consent_cookies_choice ({', '.join(_COLUMNS)}) SELECT {', '.join(['%s'] * len(_COLUMNS))} "  # noqa: S608  # constants all
    "WHERE NOT EXISTS (SELECT 1 FROM consent_cookies_choice WHERE browser_id = %s AND key = %s) "
    "ON CONFLICT DO NOTHING RETURNING recorded_at"
)


class BrowserQuerySet(models.QuerySet["Browser"]):
    """Browsers."""

    def of(self, subject: Subject) -> BrowserQuerySet:
        """Those linked to a person, or to a record merged into theirs."""
        return self.filter(subject__in=subject.family())

    def begin(self, reference: str, secret_hash: str) -> bool:
        """Add one; False where there is one of that reference, which stays as it is."""
        with connection.cursor() as cursor:
            cursor.execute(_BEGIN, [reference, secret_hash])
            return bool(cursor.rowcount)

    def shut(self) -> None:
        """Until the transaction ends, nobody adds a choice to these: whoever tries waits, and finds them gone."""
        list(self.select_for_update().values_list("pk"))


class ChoiceQuerySet(models.QuerySet["Choice"]):
    """Choices."""

    def add(self, row: Mapping[str, Any]) -> datetime | None:
        """Add one, by its columns; when, or None where the browser has one of that key, which stays as it is."""
        values = [row[name] for name in _COLUMNS]
        values = [json.dumps(value) if isinstance(value, list) else value for value in values]
        with connection.cursor() as cursor:
            cursor.execute(_ADD, [*values, row["browser_id"], row["key"]])
            added = cursor.fetchone()
        return as_datetime(added[0]) if added else None

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
