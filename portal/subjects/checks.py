"""System checks of the suppression keys: a lost key would let mail through to people who said no."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error
from django.db import connections

from portal.subjects import suppression
from portal.subjects.models import Suppression


def check_keys_are_of_their_own(**_options: Any) -> list[CheckMessage]:
    """SECRET_KEY and LINK_KEYS get replaced when they leak; a suppression key must outlive that."""
    if settings.DEMO:
        return []
    others = {settings.SECRET_KEY, *settings.LINK_KEYS.values()}
    shared = [key_id for key_id, secret in settings.SUPPRESSION_KEYS.items() if secret in others]
    return [
        Error(
            f"The suppression key {key_id!r} is also SECRET_KEY or a link key.",
            hint="Give SUPPRESSION_KEYS secrets that nothing else uses.",
            id="subjects.E001",
        )
        for key_id in shared
    ]


def check_no_key_is_missing(databases: Sequence[str] | None = None, **_options: Any) -> list[CheckMessage]:
    """Runs where a database is named: ``migrate``, and ``check --database default``."""
    for alias in databases or ():
        if Suppression._meta.db_table not in connections[alias].introspection.table_names():
            continue  # before the first migrate
        if missing := suppression.missing_keys():
            return [
                Error(
                    f"SUPPRESSION_KEYS lacks {', '.join(missing)}, which made entries that are still live.",
                    hint="Put the key back, after the first: without it nobody can be found who said no under it.",
                    id="subjects.E002",
                )
            ]
    return []
