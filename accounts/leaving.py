"""Accounts and retention: an address that an account signs in with stays, and an account that nobody used goes.

An account that was closed goes by the rule for accounts. One that nobody closed, and nobody signed in to for as long as
the rule for contacts says, goes with the address: "up to six years after the last contact" has no exception for it.
One that was opened at an address nobody proved goes with that.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from portal.personal_data import registry
from portal.retention import also, disposal, needs, starts, unproved
from portal.retention.rules import Rule
from portal.subjects.models import Channel, ContactPoint, Subject

_USER: Final = User._meta.label


def unused(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Accounts of customers whose time is over by the rule for contacts, and that nobody used as long."""
    holding, cutoff = registry.holding_of(User), rule.cutoff(as_of)
    if not starts.datable(holding, rule.start):
        return rows.none()
    signed_in = Q(last_login__lt=cutoff) | Q(last_login=None)
    customers = rows.filter(signed_in, date_joined__lt=cutoff, is_staff=False, is_superuser=False)
    return starts.due(holding, rule, as_of, customers)


def claims(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Accounts that nobody proved, once nobody typed their address for as long as the rule for such addresses says."""
    nobodys = rows.filter(pk__in=User.objects.unproved().values("pk"))
    at_it = {"contact_point__channel": Channel.EMAIL, "contact_point__identity": OuterRef("email")}
    dated: QuerySet[Any] = nobodys.annotate(starts_at=unproved.last_typed(F("date_joined"), **at_it))
    return dated.filter(starts_at__lt=rule.cutoff(as_of))


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
    also.register(also.Also(_USER, unproved.RULE, claims))
    unproved.known_otherwise(lambda: Exists(User.objects.filter(subject=OuterRef("subject"))))
    needs.register(
        ContactPoint._meta.label,
        _("Somebody opened an account with it, and has not proved it yet."),
        lambda: Exists(User.objects.unproved().filter(email=OuterRef("identity"))),
        after=_USER,
    )
    needs.register(
        ContactPoint._meta.label,
        _("You have an account."),
        lambda: Exists(User.objects.filter(subject=OuterRef("subject"))),
        after=_USER,
    )
