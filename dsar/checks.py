"""What requests rely on: keys that serve one thing and no other, and periods of the file that fit each other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error

from dsar.waiting import WAITS_FOR_CODE
from portal.organisation.problems import Problem
from portal.organisation.schema import Organisation, Period
from portal.retention import periods, unproved

_KEYS: Final = ("IDENTITY_KEYS", "FILE_KEYS")


def check_keys_are_of_their_own(**_options: Any) -> list[CheckMessage]:
    """What opens proofs of identity opens nothing else, and outlives a SECRET_KEY that leaked."""
    if settings.DEMO:
        return []
    return [
        Error(
            f"The key {key_id!r} of {name} serves something else too.",
            hint=f"Give {name} secrets that nothing else uses.",
            id="dsar.E001",
        )
        for name in _KEYS
        for key_id, secret in getattr(settings, name).items()
        if secret in _others(name)
    ]


def addresses_wait_for_their_code(organisation: Organisation) -> Iterator[Problem]:
    """An address from which somebody asked stays as long as the request waits for its code."""
    entry, days = organisation.retention.get(unproved.RULE), f"{WAITS_FOR_CODE.days} days"
    if entry is not None and periods.is_longer(Period.of(days), entry.period):
        message = f"A request waits {days} for its code, and its address with it."
        yield Problem("", f"retention.{unproved.RULE}", "period", message, f'Write at least "{days}".')


def _others(name: str) -> set[str]:
    sets = ("LINK_KEYS", "SUPPRESSION_KEYS", *(other for other in _KEYS if other != name))
    return {settings.SECRET_KEY, *(secret for other in sets for secret in getattr(settings, other).values())}
