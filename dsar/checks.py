"""System checks of the keys that keep files and proofs of identity: each serves one thing and no other."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.checks import CheckMessage, Error

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


def _others(name: str) -> set[str]:
    sets = ("LINK_KEYS", "SUPPRESSION_KEYS", *(other for other in _KEYS if other != name))
    return {settings.SECRET_KEY, *(secret for other in sets for secret in getattr(settings, other).values())}
