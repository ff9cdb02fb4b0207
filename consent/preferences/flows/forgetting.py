"""Who was asked by mail and did not answer is forgotten: the question always, the person if nothing else is known."""

from __future__ import annotations

import logging
from typing import Final, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model, QuerySet

from consent.ledger.models import Event
from consent.ledger.vocabulary import Decision
from consent.preferences.models import Confirmation
from portal.database import database_now, locked
from portal.holds import standing
from portal.personal_data import registry
from portal.subjects.models import ContactPoint, Subject

logger = logging.getLogger(__name__)

M = TypeVar("M", bound=Model)

BATCH: Final = 200

# What a question that nobody answered leaves behind, and holds lifted since. Anything else is something known about the
# person.
TRACES: Final = frozenset(
    {
        "subjects.Subject",
        "subjects.ContactPoint",
        "subjects.Provenance",
        "outbox.Message",
        "consent_preferences.Confirmation",
        "consent_ledger.Event",
        "consent_ledger.State",
        "consent_ledger.CircumstancesRecord",
        "consent_ledger.IdempotencyKey",
        "portal_holds.Hold",
        "portal_holds.Change",
    }
)


def forget_unconfirmed() -> tuple[int, int]:
    """Delete questions whose time ran out and that nothing holds; returns how many, and how many addresses with them.

    The unconfirmed yes stays in the ledger, as an event about a number that leads to no address any more.
    """
    questions = addresses = 0
    while ids := list(
        _free(Confirmation.objects.unused().expired(database_now())).values_list("pk", flat=True)[:BATCH]
    ):
        for pk in ids:
            gone, address_gone = _forget(pk)
            questions += gone
            addresses += address_gone
    logger.info("Forgot %d unanswered confirmations and %d addresses.", questions, addresses)
    return questions, addresses


def _forget(pk: UUID) -> tuple[bool, bool]:
    """One question, under the person's lock, so that nobody answers it meanwhile."""
    with transaction.atomic():
        standing.freeze()
        confirmation = Confirmation.objects.filter(pk=pk).select_related("contact_point__subject").first()
        if confirmation is None:
            return False, False
        point = confirmation.contact_point
        locked(Subject.objects.filter(pk=point.subject_id)).get()
        if not _free(Confirmation.objects.filter(pk=pk)).exists():
            return False, False
        gone, _models = Confirmation.objects.unused().filter(pk=pk).delete()
        forgotten = bool(gone) and confirmation.newcomer and not _known_otherwise(point)
        forgotten = forgotten and _free(ContactPoint.objects.filter(pk=point.pk)).exists()
        if forgotten:
            point.delete()
        return bool(gone), forgotten


def _free(rows: QuerySet[M]) -> QuerySet[M]:
    """Those that nothing holds."""
    return standing.free(registry.holding_of(rows.model), rows)


def _known_otherwise(point: ContactPoint) -> bool:
    """Whether anything is known about the person beyond unanswered questions."""
    subject = point.subject
    if point.proved_at or point.confirmations.exists() or point.provenances.count() > 1:
        return True
    if subject.contact_points.exclude(pk=point.pk).exists():
        return True
    if Event.objects.filter(subject=subject).exclude(decision=Decision.GRANTED, proved=False).exists():
        return True
    return any(rows.exists() for holding, rows in registry.held_about(subject) if holding.label not in TRACES)
