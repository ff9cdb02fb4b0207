"""What may be done about a person's addresses: reach, find, prove, change, give up."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from portal.database import ClockTimestamp, locked
from portal.organisation import versions
from portal.subjects.identity import normalise, tidied
from portal.subjects.models import AddressKind, Channel, ContactPoint, Provenance, Subject, SubscriberKind

# Of two statements about one address the one that protects more stands; rank 0 says nothing.
_PROTECTION: dict[str, int] = {
    AddressKind.UNKNOWN: 0,
    AddressKind.BUSINESS: 1,
    AddressKind.PERSONAL: 2,
    SubscriberKind.CORPORATE: 1,
    SubscriberKind.INDIVIDUAL: 2,
}


class AddressInUse(Exception):
    """The address is another person's. Only proof that both are one, and then a merge, joins them."""

    def __init__(self, contact_point: ContactPoint) -> None:
        super().__init__("address in use")
        self.contact_point = contact_point

    @property
    def message(self) -> str:
        """In the active language. Show it only to somebody who has proved that they read the address."""
        return _("This address already belongs to another record.")


def identity_of(channel: str, address: str) -> str:
    """The identity of an address; a phone number without a country code is one of the organisation's own country.

    Raises :class:`~portal.subjects.identity.InvalidAddress`.
    """
    if channel not in {Channel.SMS, Channel.PHONE}:
        return normalise(channel, address)
    try:
        return normalise(channel, address, country=versions.current().organisation.law.country)
    except versions.NoOrganisation:
        return normalise(channel, address)


def reach(
    channel: str,
    address: str,
    *,
    context: str,
    source: str,
    language: str = "en-gb",
    address_kind: str = AddressKind.UNKNOWN,
    subscriber_kind: str = SubscriberKind.UNKNOWN,
    detail: str = "",
    typed: bool = False,
) -> ContactPoint:
    """The contact point at this address, with its ``subject``; both are made if nobody is known there: :func:`meet`."""
    point, _newcomer = meet(
        channel,
        address,
        context=context,
        source=source,
        language=language,
        address_kind=address_kind,
        subscriber_kind=subscriber_kind,
        detail=detail,
        typed=typed,
    )
    return point


def meet(
    channel: str,
    address: str,
    *,
    context: str,
    source: str,
    language: str = "en-gb",
    address_kind: str = AddressKind.UNKNOWN,
    subscriber_kind: str = SubscriberKind.UNKNOWN,
    detail: str = "",
    typed: bool = False,
) -> tuple[ContactPoint, bool]:
    """The contact point at this address, with its ``subject``, and whether both had to be made for it.

    However many do so at once, one contact point results. ``context`` and ``source`` are codes of the organisation
    file; a pair not seen before adds a :class:`Provenance`. The address and language first given stay. ``typed`` says
    that it came by a form that everybody can fill in, and may be a stranger's (:func:`note_provenance`). Somebody who
    reaches many addresses in one transaction sorts them first, or risks a deadlock with the next who does so.
    Raises :class:`~portal.subjects.identity.InvalidAddress`.
    """
    identity = identity_of(channel, address)
    with transaction.atomic(savepoint=False):
        known = _at(channel, identity)
        point = known or _made(channel, address, identity, language)
        _note_kinds(point, address_kind, subscriber_kind)
        note_provenance([point], context=context, source=source, detail=detail, typed=typed)
    return point, known is None


def find(channel: str, address: str) -> ContactPoint | None:
    """The contact point now at this address, or None. Raises :class:`~portal.subjects.identity.InvalidAddress`."""
    return _at(channel, identity_of(channel, address))


def note_provenance(
    points: Iterable[ContactPoint], *, context: str, source: str, detail: str = "", typed: bool = False
) -> None:
    """These addresses are known from here too; said again, the first time stands. One statement for all.

    What was only ``typed`` by whoever it was and comes here in another way is more than typed from then on.
    """
    facts = {"context": context, "source": source, "detail": detail, "typed": typed}
    rows = [Provenance(contact_point=point, **facts) for point in points]
    if typed:
        Provenance.objects.bulk_create(rows, ignore_conflicts=True)
        return
    unique = ["contact_point", "context", "source"]
    Provenance.objects.bulk_create(rows, update_conflicts=True, update_fields=["typed"], unique_fields=unique)


def prove(contact_point: ContactPoint) -> None:
    """The person has just shown that they read this address: by a link in a mail, or a code."""
    ContactPoint.objects.filter(pk=contact_point.pk).update(proved_at=ClockTimestamp())
    contact_point.refresh_from_db(fields=["proved_at"])


def add_address(subject: Subject, channel: str, address: str, *, context: str, source: str) -> ContactPoint:
    """A further address of somebody known, not proved yet; the same one again is found, not made twice.

    Raises :class:`AddressInUse` if it is somebody else's, and :class:`~portal.subjects.identity.InvalidAddress`.
    """
    identity = identity_of(channel, address)
    with transaction.atomic():
        subject = _locked(resolve(subject))
        point = _at(channel, identity) or _made(channel, address, identity, subject.language, subject)
        if point.subject_id != subject.pk:
            raise AddressInUse(point)
        note_provenance([point], context=context, source=source)
    return point


def change_address(contact_point: ContactPoint, address: str, *, context: str, source: str) -> ContactPoint:
    """The person's new address in place of ``contact_point``, which is given up. Call :func:`prove` when they have.

    Another spelling of the same identity only changes what is written to. Anything else is a contact point of its
    own: links mailed to the old address never speak for the new one. Raises as :func:`add_address` does.
    """
    channel = contact_point.channel
    if identity_of(channel, address) == contact_point.identity:
        contact_point.address = tidied(channel, address)
        contact_point.save(update_fields=["address"])
        return contact_point
    with transaction.atomic():
        replacement = add_address(contact_point.subject, channel, address, context=context, source=source)
        retire(contact_point)
    return replacement


def retire(contact_point: ContactPoint) -> None:
    """The address is no longer this person's: nothing more is sent to it; a second time changes nothing."""
    ContactPoint.objects.current().filter(pk=contact_point.pk).update(retired_at=ClockTimestamp())
    contact_point.refresh_from_db(fields=["retired_at"])


def restrict(subject: Subject) -> None:
    """Processing is restricted from now on (Article 18): marketing stops at once; a second time changes nothing."""
    Subject.objects.filter(pk=resolve(subject).pk, restricted_at=None).update(restricted_at=ClockTimestamp())
    subject.refresh_from_db(fields=["restricted_at"])


def lift_restriction(subject: Subject) -> None:
    """The restriction ends; the person was told before (Article 18(3))."""
    Subject.objects.filter(pk=resolve(subject).pk).update(restricted_at=None)
    subject.refresh_from_db(fields=["restricted_at"])


def resolve(subject: Subject) -> Subject:
    """The record that speaks for this person now: the last one it was merged into, or itself."""
    seen = {subject.pk}
    while subject.merged_into_id is not None:
        subject = Subject.objects.get(pk=subject.merged_into_id)
        if subject.pk in seen:
            raise RuntimeError(f"The merges of {subject.pk} run in a circle.")
        seen.add(subject.pk)
    return subject


def _at(channel: str, identity: str) -> ContactPoint | None:
    return ContactPoint.objects.current().at(channel, identity).select_related("subject").first()


def _locked(subject: Subject) -> Subject:
    return locked(Subject.objects.filter(pk=subject.pk)).get()


def _made(channel: str, address: str, identity: str, language: str, subject: Subject | None = None) -> ContactPoint:
    """A new contact point, or the one that somebody else made in the same moment."""
    try:
        with transaction.atomic():
            return ContactPoint.objects.create(
                subject=subject or Subject.objects.create(language=language),
                channel=channel,
                address=tidied(channel, address),
                identity=identity,
            )
    except IntegrityError:
        # The savepoint is gone and our Subject with it; the winner has committed, or we would still be waiting.
        return ContactPoint.objects.current().at(channel, identity).select_related("subject").get()


def _note_kinds(point: ContactPoint, address_kind: str, subscriber_kind: str) -> None:
    changed = []
    for field, value in (("address_kind", address_kind), ("subscriber_kind", subscriber_kind)):
        if _PROTECTION[value] > _PROTECTION[getattr(point, field)]:
            setattr(point, field, value)
            changed.append(field)
    if changed:
        point.save(update_fields=changed)
