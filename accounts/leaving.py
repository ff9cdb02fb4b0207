"""Accounts and retention: an address that an account signs in with stays, and an account that nobody used goes.

An account that was closed goes by the rule for accounts. One that nobody closed, and nobody signed in to for as long as
the rule for contacts says, goes with the address: "up to six years after the last contact" has no exception for it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.personal_data import registry
from portal.retention import also, disposal, needs, starts
from portal.retention.rules import Rule
from portal.subjects.models import ContactPoint, Subject

_USER: Final = User._meta.label


def unused(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Accounts of customers whose time is over by the rule for contacts, and that nobody used as long."""
    holding, cutoff = registry.holding_of(User), rule.cutoff(as_of)
    if not starts.datable(holding, rule.start):
        return rows.none()
    signed_in = Q(last_login__lt=cutoff) | Q(last_login=None)
    customers = rows.filter(signed_in, date_joined__lt=cutoff, is_staff=False, is_superuser=False)
    return starts.due(holding, rule, as_of, customers)


def remember(rows: QuerySet[Any]) -> None:
    """When somebody was last here stays known when their account goes: what counts from contact must not go early."""
    theirs = User.objects.filter(pk__in=rows.values("pk"), subject=OuterRef("pk"))
    used = Subquery(theirs.values(used=Coalesce("last_login", "date_joined"))[:1])
    people = Subject.objects.filter(pk__in=rows.exclude(subject=None).values("subject"))
    people.update(last_act_at=Greatest(Coalesce("last_act_at", used), used))


def register() -> None:
    """Tell retention."""
    disposal.before_gone(_USER, remember)
    also.register(also.Also(_USER, "contacts", unused))
    needs.register(
        ContactPoint._meta.label,
        _("You have an account."),
        lambda: Exists(User.objects.filter(subject=OuterRef("subject"))),
        after=_USER,
    )
