"""How browsers leave when their time is over: each with all its choices, and by a removal that says so."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet

from consent.cookies.models import Browser, Choice, Removal
from portal.retention import disposal


def take_out(rows: QuerySet[Any]) -> Mapping[str, int]:
    """Take these browsers and their choices. Within a transaction."""
    Browser.objects.filter(pk__in=rows.values("pk")).shut()
    numbers = dict(rows.annotate(count=Count("choices")).values_list("pk", "count"))
    made = [Removal(reference=pk, choices=count, reason="retention") for pk, count in numbers.items()]
    removals = [removal.pk for removal in Removal.objects.bulk_create(made)]
    choices, _by_label = Choice.objects.filter(browser__in=list(numbers)).delete()
    browsers, _by_label = Browser.objects.filter(pk__in=list(numbers)).delete()
    Removal.objects.filter(pk__in=removals).update(reference="")
    return {Browser._meta.label: browsers, Choice._meta.label: choices}


def register() -> None:
    """Tell retention."""
    disposal.register_lane(Browser._meta.label, take_out)
