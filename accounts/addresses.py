"""One address in three places: User.email, allauth's EmailAddress, and the person's contact point.

The contact point owns it. The other two hold its identity, because they are looked up by and never written to;
mail goes to the contact point, as the person typed it. This is the only module that copies one to the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db.models import Prefetch

from accounts.models import User
from portal.subjects import flows as people
from portal.subjects import identity
from portal.subjects.models import Channel, ContactPoint, Subject


@dataclass(frozen=True)
class Difference:
    """Where an account and its copies disagree. ``words`` hold no address."""

    user_id: int
    words: str

    def __str__(self) -> str:
        return f"account {self.user_id}: {self.words}"


def contact_point_of(user: User) -> ContactPoint | None:
    """The contact point behind the account's address, or None where nobody was written to yet."""
    return people.find(Channel.EMAIL, user.email)


def subject_of(contact_point: ContactPoint) -> Subject:
    """The record that speaks for who reads this address now."""
    return people.resolve(contact_point.subject)


def mirror(user: User, contact_point: ContactPoint) -> None:
    """Copy the address to the account: one EmailAddress, proved and primary, and User.email."""
    user.email = contact_point.identity
    user.subject = subject_of(contact_point)
    user.save(update_fields=["email", "subject"])
    EmailAddress.objects.filter(user=user).exclude(email=contact_point.identity).delete()
    EmailAddress.objects.update_or_create(
        user=user, email=contact_point.identity, defaults={"verified": True, "primary": True}
    )


def differences() -> Iterator[Difference]:
    """Every account whose three places do not say the same; an account not proved yet has no person to agree with, and
    one that its person closed no address."""
    copies = Prefetch("emailaddress_set", to_attr="copies")
    with_one = User.objects.filter(closed_by_person=False)
    for user in with_one.prefetch_related(copies).order_by("pk").iterator(chunk_size=500):
        yield from (Difference(user.pk, words) for words in _differences_of(user, getattr(user, "copies", [])))


def _differences_of(user: User, copies: list[EmailAddress]) -> Iterator[str]:
    verified = [copy.email for copy in copies if copy.verified]
    try:
        if identity.normalise(Channel.EMAIL, user.email) != user.email:
            yield "the address is not kept in the form it is compared by"
    except identity.InvalidAddress:
        yield "the address is none"
        return
    if any(copy.email != user.email for copy in copies):
        yield "allauth knows another address"
    if bool(verified) != (user.subject is not None):
        yield "only one of allauth and the portal takes the address as proved"
    if user.subject is None:
        return
    point = contact_point_of(user)
    if point is None:
        yield "the person has no contact point at this address"
    elif subject_of(point).pk != user.subject.pk:
        yield "the address belongs to another person"
