"""Addresses that somebody typed and nobody proved: forgotten soon, whatever the rule for addresses counts from.

Anybody can type anybody's address into a form. Where nobody shows that they read it, and nothing else is known about
whom it belongs to, the file's rule ``unproved`` removes it, counted from when it was last typed (ADR 17). Apps say
what else makes somebody known, and what is under way at an address goes on (:mod:`portal.retention.needs`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from typing import Any, Final, TypeAlias

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from portal.organisation import versions
from portal.organisation.schema import Organisation, RetentionAction, RetentionStart
from portal.outbox import keeping
from portal.outbox.models import Message
from portal.personal_data.registry import Holding
from portal.retention import also, periods, starts
from portal.retention.rules import Rule, rule
from portal.subjects.models import Channel, ContactPoint, Ending, Provenance, Subject

Condition: TypeAlias = Callable[[], Q | Exists]

RULE: Final = "unproved"
_UNTOUCHED: Final = {
    "head": None, "merged_into": None, "erased_at": None, "restricted_at": None, "under_age": False, "last_act_at": None
}  # fmt: skip
"""What a person's own record says of somebody of whom nothing is known."""
_TO_THE_ADDRESS: Final = {
    ContactPoint._meta.label: "pk",
    Provenance._meta.label: "contact_point",
    Subject._meta.label: "contact_points",
}
"""The holdings that the address takes along, each with the way to it."""

_known: Final[list[Condition]] = []


def known_otherwise(condition: Condition) -> None:
    """Contact points that meet ``condition()`` belong to somebody of whom more is known than an address typed."""
    if condition not in _known:
        _known.append(condition)


def typed(points: QuerySet[Any]) -> QuerySet[Any]:
    """Of these contact points those that were typed and never proved, of people of whom nothing else is known; with
    ``starts_at``, when somebody last typed one.

    A stop is nothing else: it is obeyed without the address (:mod:`portal.subjects.suppression`).
    """
    record = {f"subject__{name}": value for name, value in _UNTOUCHED.items()}
    found = points.filter(channel=Channel.EMAIL, proved_at=None, retired_at=None, **record)
    seen = Provenance.objects.filter(contact_point=OuterRef("pk"))
    found = found.filter(Exists(seen.filter(typed=True))).exclude(Exists(seen.filter(typed=False)))
    for condition in (_another_address, _an_ending, _another_record, *_known):
        found = found.exclude(condition())
    dated: QuerySet[Any] = found.annotate(starts_at=last_typed(F("created_at"), contact_point=OuterRef("pk")))
    return dated


def last_typed(first: F, **where: Any) -> Any:
    """The latest moment at which an address was typed: each time a mail was written to it. ``where`` leads from a mail
    or a provenance to the address, ``first`` is the moment known without them."""
    mails = Message.objects.filter(**where).order_by().values(latest=F("created_at"))
    seen = Provenance.objects.filter(**where).order_by().values(latest=F("seen_at"))
    return starts.latest([first, starts.Latest(mails), starts.Latest(seen)])


def over(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Contact points that nobody proved in time."""
    return typed(rows).filter(starts_at__lt=rule.cutoff(as_of))


def numbers(rows: QuerySet[Any], rule: Rule, as_of: datetime) -> QuerySet[Any]:
    """Records that no address leads to any more and that say nothing; they go if nothing points at them."""
    nobodys: QuerySet[Any] = rows.filter(contact_points=None, **_UNTOUCHED).annotate(starts_at=F("created_at"))
    return nobodys.filter(starts_at__lt=rule.cutoff(as_of))


def reaches(holding: Holding, rows: QuerySet[Any]) -> Rule | None:
    """The rule, where it and not the holding's own decides when these rows go; they are all of one person. Raises
    NoOrganisation."""
    way = _TO_THE_ADDRESS.get(holding.label)
    if way is None or RULE not in versions.current().organisation.retention or not rows.exists():
        return None
    others = rows.exclude(**{f"{way}__in": typed(ContactPoint.objects.all()).values("pk")})
    return None if others.exists() else rule(RULE)


def last_days(holding: Holding, rule: Rule, rows: QuerySet[Any]) -> Iterator[date | None]:
    """The last day of each of the rows that it :func:`reaches`."""
    points = ContactPoint.objects.filter(pk__in=rows.values(_TO_THE_ADDRESS[holding.label]))
    for moment in typed(points).values_list("starts_at", flat=True):
        yield periods.last_day(rule.entry.period, moment, rule.zone)


def footer(point: ContactPoint, organisation: Organisation) -> dict[str, str]:
    """What the foot of a mail with a code says: whoever typed the address may be a stranger to whom reads it.

    Nobody is told that they gave it. Of an address that nobody proved yet it is said how long it stays if nobody does.
    """
    said = {"held": _("this address"), "source": _("a form on our page, where somebody typed it")}
    if point.proved_at is not None:
        return said
    if RULE not in organisation.retention or not typed(ContactPoint.objects.filter(pk=point.pk)).exists():
        return {**said, "how_long": keeping.address(organisation, until_stopped=False)}
    words = _("Not you? Then for %(period)s from now at most. The links below let you have it deleted sooner.")
    return {**said, "how_long": words % {"period": organisation.retention[RULE].period}}


def faults(organisation: Organisation) -> Iterator[tuple[str, str, str]]:
    """What is wrong with the rule of a file: the key, why, and what to write instead."""
    entry, link = organisation.retention.get(RULE), organisation.mail.confirmation_link
    if entry is None:
        return
    if entry.from_ is not RetentionStart.TYPED:
        yield "from", "An address that nobody proved is dated by when it was typed.", 'Write "typed".'
    if entry.action is not RetentionAction.DELETE:
        yield "action", "Whose address was typed is promised by mail that it goes.", 'Write "delete".'
    if entry.by_contract:
        yield "by_contract", "Nobody of whom only an address is known has a contract.", "Remove the key."
    if periods.is_longer(link, entry.period):
        message = "An address would go while the link that confirms it still works (mail.confirmation_link)."
        yield "period", message, f"Write at least {link.as_written()!r}."


def _another_address() -> Exists:
    return Exists(ContactPoint.objects.filter(subject=OuterRef("subject")).exclude(pk=OuterRef("pk")))


def _an_ending() -> Exists:
    return Exists(Ending.objects.filter(subject=OuterRef("subject")))


def _another_record() -> Exists:
    return Exists(Subject.objects.filter(head=OuterRef("subject")))


def register() -> None:
    """Tell retention."""
    also.register(also.Also(ContactPoint._meta.label, RULE, over))
    also.register(also.Also(Subject._meta.label, RULE, numbers))
