"""What accounts know about the starts of retention periods: sign-ins, and when an account was closed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from django.db.models import Case, F, Q, QuerySet, When
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce

from accounts.models import User
from portal.organisation.schema import RetentionStart
from portal.retention.rules import Rule
from portal.retention.starts import Source, Unless


def closed(way: str = "") -> Combinable:
    """When an account was closed; one that nobody ever proved is a claim, and closed from its first day.

    ``way`` leads to the account, with two underscores at its end.
    """
    nobodys = {f"{way}subject": None, f"{way}last_login": None, f"{way}is_staff": False, f"{way}is_superuser": False}
    return Case(When(Q(**nobodys), then=F(f"{way}date_joined")), default=F(f"{way}closed_at"))


def _joined(_rule: Rule) -> QuerySet[User]:
    return User.objects.filter(subject__isnull=False)


def _open(_rule: Rule) -> QuerySet[User]:
    return User.objects.filter(subject__isnull=False, is_active=True)


def _last_seen(_rule: Rule) -> Combinable:
    return Coalesce("last_login", "date_joined")


_SEEN: Final = Source(_joined, person="subject", moment=_last_seen)
_OPEN: Final = Unless(_open, person="subject")

SOURCES: Final[Mapping[RetentionStart, tuple[Source | Unless, ...]]] = {
    RetentionStart.LAST_CONTACT: (_SEEN,),
    # As long as somebody has an account here, they use what it opens, and what serves them has not ended.
    RetentionStart.LAST_USE: (_SEEN, _OPEN),
    RetentionStart.SERVICE_ENDED: (_OPEN,),
    RetentionStart.CONTRACT_ENDED: (_OPEN,),
}
