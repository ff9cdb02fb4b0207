"""How requests leave: their files are destroyed once the rows that name them are gone for good, and one that was made
from an address nobody proved goes with that."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, QuerySet

from dsar.files.vault import Area, destroy
from dsar.models import Attachment, IdentityDocument, Request
from dsar.vocabulary import OPEN
from portal.retention import also, disposal, unproved
from portal.retention.rules import Rule


def _destroys(area: Area) -> disposal.Hook:
    def before(rows: QuerySet[Any]) -> Callable[[], None] | None:
        names = list(rows.values_list("stored_as", flat=True))

        def destroy_all() -> None:
            for name in names:  # one that is gone already is gone; what fails is swept within the day
                destroy(area, name)

        return destroy_all if names else None

    return before


def of_nobody(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Requests that ended without anybody showing that they read the address: they prove nothing, and go with it."""
    ended = rows.exclude(state__in=OPEN).filter(verified_at=None, contact_point__proved_at=None)
    at_it = {"contact_point": OuterRef("contact_point")}
    dated: QuerySet[Any] = ended.exclude(contact_point=None).annotate(
        starts_at=unproved.last_typed(F("logged_at"), **at_it)
    )
    return dated.filter(starts_at__lt=rule.cutoff(as_of))


def register() -> None:
    """Tell retention."""
    also.register(also.Also(Request._meta.label, unproved.RULE, of_nobody))
    unproved.known_otherwise(lambda: Exists(Request.objects.filter(subject=OuterRef("subject"))))
    disposal.before_gone(Attachment._meta.label, _destroys(Area.ATTACHMENTS))
    disposal.before_gone(IdentityDocument._meta.label, _destroys(Area.IDENTITY))
