"""The keys that keep a choice from being saved twice: gone after a day, unless something holds them."""

from __future__ import annotations

from typing import Final

from django.db import transaction

from consent.ledger.models import IdempotencyKey
from portal.holds import standing
from portal.personal_data import registry

AT_ONCE: Final = 1000


def forget() -> int:
    """Delete keys older than a day that nothing holds, some at a time; returns how many. They protect nothing more."""
    holding, gone = registry.holding_of(IdempotencyKey), 0
    while True:
        with transaction.atomic():
            standing.freeze()
            free = standing.free(holding, IdempotencyKey.objects.expired())
            keys = list(free.values_list("pk", flat=True)[:AT_ONCE])
            IdempotencyKey.objects.filter(pk__in=keys).delete()
        gone += len(keys)
        if len(keys) < AT_ONCE:
            return gone
