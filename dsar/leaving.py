"""What of requests is more than a row: the files, destroyed once the rows that name them are gone for good."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet

from dsar.files.vault import Area, destroy
from dsar.models import Attachment, IdentityDocument
from portal.retention import disposal


def _destroys(area: Area) -> disposal.Hook:
    def before(rows: QuerySet[Any]) -> Callable[[], None] | None:
        names = list(rows.values_list("stored_as", flat=True))

        def destroy_all() -> None:
            for name in names:  # one that is gone already is gone; what fails is swept within the day
                destroy(area, name)

        return destroy_all if names else None

    return before


def register() -> None:
    """Tell retention."""
    disposal.before_gone(Attachment._meta.label, _destroys(Area.ATTACHMENTS))
    disposal.before_gone(IdentityDocument._meta.label, _destroys(Area.IDENTITY))
