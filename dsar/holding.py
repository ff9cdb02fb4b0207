"""Whom a request holds: while an answer is owed, nothing is deleted of the person it is about, or who asks it."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from dsar.models import Request

WORDS: Final = _("A request about these data is open.")


def asked_about() -> QuerySet[Any, Any]:
    """Ids of the people whom open requests are about."""
    return Request.objects.open().filter(subject__isnull=False).values("subject")


def asked_from() -> QuerySet[Any, Any]:
    """Ids of the people from whose address open requests come."""
    return Request.objects.open().filter(contact_point__isnull=False).values("contact_point__subject")
