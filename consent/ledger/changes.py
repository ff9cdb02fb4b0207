"""A lawful basis is not changed under people who are subscribed on it, unless the file says how they are treated."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Q
from django.utils.translation import gettext as _

from consent.ledger.models import State
from consent.ledger.vocabulary import ObjectKind
from portal.organisation.problems import Problem
from portal.organisation.schema import Organisation, Purpose


def basis_changes(old: Organisation, new: Organisation) -> Iterator[Problem]:
    """A problem for each purpose whose basis differs, has people on the old one, and states no ``basis_change``."""
    for code in old.purposes.keys() & new.purposes.keys():
        before, after = old.purposes[code], new.purposes[code]
        if before.basis is after.basis or _is_stated(before, after) or not _has_subscribers(code, old):
            continue
        yield Problem(
            file="",
            table=f"purposes.{code}",
            key="basis_change",
            message=_("The basis changes from %(old)s to %(new)s, and people are subscribed on it.")
            % {"old": before.basis, "new": after.basis},
            remedy=_('Add basis_change = {from = "%(old)s", treatment = "keep"}, or "stop", or "ask_again".')
            % {"old": before.basis},
        )


def _is_stated(before: Purpose, after: Purpose) -> bool:
    return after.basis_change is not None and after.basis_change.from_ is before.basis


def _has_subscribers(purpose: str, organisation: Organisation) -> bool:
    topics = [code for code, topic in organisation.topics.items() if topic.purpose == purpose]
    about = Q(kind=ObjectKind.TOPIC, code__in=topics) | Q(kind=ObjectKind.PURPOSE, code=purpose)
    held = Q(consent_id__gt=0) | Q(pending_id__gt=0) | Q(established_id__gt=0)
    return State.objects.filter(about & held).exists()
