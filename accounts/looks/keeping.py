"""How looks are kept: a statement for each page, into a table that only grows; and how they leave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.db.models import Count, Max, QuerySet

from accounts.models import Clearing, Look
from portal import looks
from portal.append_only import AppendOnly
from portal.retention import disposal

LOOKS: Final = AppendOnly(
    "accounts_look",
    replaced="id = NEW.id",
    leaves_when="EXISTS (SELECT 1 FROM accounts_clearing WHERE up_to >= OLD.id)",
)


def write(found: Sequence[looks.Look]) -> None:
    """Keep them; raises what the database raises."""
    Look.objects.bulk_create(
        Look(staff=one.staff, subject_id=one.person, what=one.what, kind=one.kind, row=one.row, shown=one.shown)
        for one in found
    )


def clear(rows: QuerySet[Any]) -> Mapping[str, int]:
    """Take these looks out, and write down how many. Within a transaction."""
    about = rows.aggregate(up_to=Max("pk"), looks=Count("pk"))
    clearing = Clearing.objects.create(**about)
    _gone, counts = rows.delete()
    Clearing.objects.filter(pk=clearing.pk).update(up_to=None)
    return counts


def register_lane() -> None:
    """Tell retention."""
    disposal.register_lane(Look._meta.label, clear)
