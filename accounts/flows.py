"""What is done with accounts: open one, prove its address, close it, follow a merge, write to it.

An account is joined to a person in one moment: when its address is proved. Until then it is a claim, by somebody
who may have typed any address; it has no Subject, and gives way to whoever proves the address first.
"""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import addresses, mails
from accounts.models import Session, User
from portal.database import locked
from portal.holds import standing
from portal.outbox import flows as outbox
from portal.outbox.kinds import MailKind
from portal.outbox.models import Message
from portal.personal_data import registry
from portal.retention import ties
from portal.subjects import flows as people
from portal.subjects import merging
from portal.subjects.models import Channel, ContactPoint, Merge, Subject

# Where the portal came to know an address, as the organisation file names it.
CONTEXT = "account"
SOURCE = "person"

_CHOSEN = "chosen_by_reader"


class OfStaff(Exception):
    """An account of staff is closed by a colleague, who sees what hangs on it."""


class AccountExists(Exception):
    """The person who reads this address has another account, under another address of theirs."""


def reach(address: str, *, typed: bool = True) -> ContactPoint:
    """The contact point at an address typed on an account page, or not ``typed`` but answered for by staff.

    Raises ``InvalidAddress``.
    """
    language = get_language() or "en-gb"
    return people.reach(Channel.EMAIL, address, context=CONTEXT, source=SOURCE, language=language, typed=typed)


def write(kind: MailKind, address: str, *, params: dict[str, Any]) -> Message:
    """Puts a mail about an account into the outbox, for whoever reads the address."""
    point = people.find(Channel.EMAIL, address) or reach(address)
    return outbox.enqueue(kind.code, point, params=params)


def open_account(
    address: str,
    password: str | None = None,
    *,
    name: str = "",
    staff: bool = False,
    superuser: bool = False,
    groups: tuple[str, ...] = (),
) -> User:
    """An account that somebody answers for, staff or operator: the address counts as the person's.

    Without a password they sign in by code. Raises ``InvalidAddress``, :class:`AccountExists` where that person
    has one, and ``IntegrityError`` where the address does.
    """
    with transaction.atomic():
        user = User.objects.create_user(
            address, password, name=name, is_staff=staff or superuser, is_superuser=superuser
        )
        user.groups.set(Group.objects.filter(name__in=groups))
        answered_for(user, address)
    return user


def answered_for(user: User, address: str = "") -> None:
    """Joins an account made for somebody to the person at its address, without proof that they read it.

    ``address`` is the address as it was typed. Raises :class:`AccountExists`.
    """
    with transaction.atomic():
        point = reach(address or user.email, typed=False)
        _go_on_with_a_closed_one(user, addresses.subject_of(point))
        _refuse_second_account(user, addresses.subject_of(point))
        addresses.mirror(user, point)


def chosen_by_reader(email_address: EmailAddress) -> None:
    """Notes that who proves this address now also knows the account's password or holds its session."""
    setattr(email_address, _CHOSEN, True)


def address_proved(email_address: EmailAddress) -> None:
    """The account's address is proved: it is joined to the person who reads that address.

    A person known before there was an account keeps their record, and the account takes it over. An account that
    had an address before keeps its own record, into which the other is merged; the old address is given up. A
    password set by somebody who never read the address stops working: a stranger may have opened the account.
    Raises :class:`AccountExists` where the person has another account; then nothing has changed.
    """
    with transaction.atomic():
        user = User.objects.get(pk=email_address.user_id)
        point = reach(email_address.email)
        known = _locked(addresses.subject_of(point))
        _go_on_with_a_closed_one(user, known)
        _refuse_second_account(user, known)
        if user.subject is not None and user.subject.pk != known.pk:
            merging.merge(user.subject, known)
            point.refresh_from_db()
        people.prove(point)
        _give_up_other_addresses(user, point)
        user.subject = addresses.subject_of(point)
        user.save(update_fields=["subject"])
        if not (getattr(email_address, _CHOSEN, False) or user.is_staff):
            user.set_unusable_password()
            user.save(update_fields=["password"])
    _refresh(email_address.user, user)


def close(user: User) -> None:
    """Nobody signs in with the account from now on, and whoever is signed in is no longer; whoever closes it.

    The day is noted (:meth:`~accounts.models.User.save`): what is kept from when an account was closed counts from it.
    """
    with transaction.atomic():
        user.is_active = False
        user.save()
        Session.objects.filter(user=user).delete()


def close_own(user: User) -> bool:
    """The person closes their account, and is told by mail; whether it was open until now.

    Password and address leave it, so that from outside there is no account there, and they can open one again with the
    address. Raises :class:`OfStaff`.
    """
    if user.is_staff or user.is_superuser:
        raise OfStaff
    with transaction.atomic():
        own = locked(User.objects.filter(pk=user.pk, is_active=True)).first()
        if own is None:
            return False
        if (point := addresses.contact_point_of(own)) is not None:
            outbox.enqueue(mails.ACCOUNT_CLOSED.code, point)
        EmailAddress.objects.filter(user=own).delete()
        own.set_unusable_password()
        own.closed_by_person, own.email = True, f"closed-{own.pk}@account.invalid"  # RFC 2606: nobody's, and unique
        close(own)
    return True


def release_claims(address: str, *, keep: User) -> None:
    """Removes accounts at this address that nobody ever proved, and nothing holds: proof outranks a claim."""
    with transaction.atomic():
        standing.freeze()
        claims = User.objects.at(address).unproved().exclude(pk=keep.pk)
        standing.free(registry.holding_of(User), claims).delete()


def holder(address: str) -> User | None:
    """The account at this address, proved or not."""
    return User.objects.at(address).first()


def would_be_second_account(address: str) -> bool:
    """Whether the person at this address has an account under another address of theirs."""
    point = people.find(Channel.EMAIL, address)
    if point is None:
        return False
    theirs = User.objects.filter(subject=addresses.subject_of(point))
    return theirs.exclude(pk__in=_giving_way(theirs).values("pk")).exists()


def follow_merge(merge: Merge) -> None:
    """After a merge or its undoing an account belongs to whoever has its address now.

    Raises :class:`~portal.subjects.merging.MergeRefused` where one person would be left with two accounts.
    """
    records = {merge.survivor_id, merge.absorbed_id, people.resolve(merge.survivor).pk}
    for user in list(User.objects.filter(subject__in=records)):
        point = addresses.contact_point_of(user)
        subject = addresses.subject_of(point) if point else people.resolve(merge.survivor)
        try:
            _refuse_second_account(user, subject)
        except AccountExists:
            raise merging.MergeRefused(_("Both records have an account. Close one of them first.")) from None
        user.subject = subject
        user.save(update_fields=["subject"])


def _locked(subject: Subject) -> Subject:
    return locked(Subject.objects.filter(pk=subject.pk)).get()


def _giving_way(accounts: QuerySet[User]) -> QuerySet[User]:
    """Those that their person closed, unless a hold names the account itself, or it shows what was done at the desk."""
    holding = registry.holding_of(User)
    closed = standing.not_named(holding, accounts.filter(closed_by_person=True, logentry=None))
    return ties.without_referrers(holding, closed)


def _go_on_with_a_closed_one(user: User, subject: Subject) -> None:
    """Who closed their account and opens one again goes on with it: what it held is carried over, and it gives way."""
    standing.freeze()
    closed = _giving_way(User.objects.filter(subject=subject).exclude(pk=user.pk)).first()
    if closed is not None:
        user.date_joined, user.name = closed.date_joined, user.name or closed.name
        user.last_login = user.last_login or closed.last_login
        user.save(update_fields=["date_joined", "name", "last_login"])
        closed.delete()


def _refuse_second_account(user: User, subject: Subject) -> None:
    if User.objects.filter(subject=subject).exclude(pk=user.pk).exists():
        raise AccountExists


def _give_up_other_addresses(user: User, point: ContactPoint) -> None:
    """Tells the addresses the account had until now, and retires them; allauth then drops its copies.

    In this order: a mail to a retired address needs its contact point, and the next to write there would get
    a new one.
    """
    for old in EmailAddress.objects.filter(user=user, verified=True).exclude(email=point.identity):
        given_up = people.find(Channel.EMAIL, old.email)
        if given_up is not None and addresses.subject_of(given_up).pk == addresses.subject_of(point).pk:
            outbox.enqueue(mails.ADDRESS_CHANGED.code, given_up)
            people.retire(given_up)


def _refresh(user: User, saved: User) -> None:
    """allauth goes on with its own copy of the account and saves it later."""
    user.subject, user.password = saved.subject, saved.password
    user.name, user.date_joined, user.last_login = saved.name, saved.date_joined, saved.last_login
