"""Accounts and retention: an address that an account signs in with stays, and an account that nobody used goes.

An account that was closed goes by the rule for accounts. One that nobody closed, and nobody signed in to for as long as
the rule for contacts says, goes with the address: "up to six years after the last contact" has no exception for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.personal_data import registry
from portal.retention import also, needs, starts
from portal.retention.rules import Rule
from portal.subjects.models import ContactPoint

_USER: Final = User._meta.label


def unused(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Accounts of customers whose time is over by the rule for contacts, and that nobody used as long."""
    holding, cutoff = registry.holding_of(User), rule.cutoff(as_of)
    if not starts.datable(holding, rule.start):
        return rows.none()
    signed_in = Q(last_login__lt=cutoff) | Q(last_login=None)
    customers = rows.filter(signed_in, date_joined__lt=cutoff, is_staff=False, is_superuser=False)
    return starts.due(holding, rule, as_of, customers)


def register() -> None:
    """Tell retention."""
    also.register(also.Also(_USER, "contacts", unused))
    needs.register(
        ContactPoint._meta.label,
        _("You have an account."),
        lambda: Exists(User.objects.filter(subject=OuterRef("subject"))),
        after=_USER,
    )
