"""How accounts are made and found: always by the identity of an address, never by how it was typed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self
from uuid import UUID

from django.apps import apps
from django.contrib.auth.base_user import BaseUserManager
from django.db import transaction
from django.db.models import BigIntegerField, CharField, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Cast, Coalesce, NullIf

from portal.subjects import identity
from portal.subjects.models import Channel

if TYPE_CHECKING:
    from accounts.models import Look, User  # noqa: F401  # named in the base classes below


class UserQuerySet(QuerySet["User"]):
    """Accounts, by what is known about them."""

    def active(self) -> UserQuerySet:
        return self.filter(is_active=True)

    def unproved(self) -> UserQuerySet:
        """Opened by somebody who never showed that they read the address: a claim, not yet an account."""
        return self.filter(is_staff=False, is_superuser=False, last_login=None, subject=None)

    def who_may(self, permission: str) -> UserQuerySet:
        """Active staff with this permission (``app.codename``), by a group, by themselves, or by being superuser."""
        from django.contrib.auth.models import Permission  # the app registry is not ready when managers are read

        app, _dot, codename = permission.partition(".")
        granted = Permission.objects.filter(content_type__app_label=app, codename=codename)
        by_group, own = Q(groups__permissions__in=granted), Q(user_permissions__in=granted)
        return self.filter(by_group | own | Q(is_superuser=True), is_active=True, is_staff=True).distinct()

    def at(self, address: str) -> UserQuerySet:
        """The account at an address in any spelling; raises :class:`portal.subjects.identity.InvalidAddress`."""
        known = identity.normalise(Channel.EMAIL, address)
        return self.filter(Q(email=known) | Q(emailaddress__email=known)).distinct()


class UserManager(BaseUserManager["User"]):
    """Makes accounts. Whoever makes one for somebody else calls ``accounts.flows`` instead, which knows the person."""

    def get_queryset(self) -> UserQuerySet:
        return UserQuerySet(self.model, using=self._db)

    def at(self, address: str) -> UserQuerySet:
        return self.get_queryset().at(address)

    def unproved(self) -> UserQuerySet:
        return self.get_queryset().unproved()

    def who_may(self, permission: str) -> UserQuerySet:
        return self.get_queryset().who_may(permission)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account with a password, or one that signs in by code; raises ``InvalidAddress``.

        allauth's copy of the address is made with it: otherwise the first look at a page would have to write it.
        """
        from allauth.account.models import EmailAddress  # it points at the model this manager belongs to

        user = self.model(email=identity.normalise(Channel.EMAIL, email), **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
            EmailAddress.objects.using(self._db).create(user=user, email=user.email, primary=True)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        """An account that may do everything; raises ``InvalidAddress``."""
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> User:
        """By address, in any spelling: what ``createsuperuser`` and ``changepassword`` ask for."""
        try:
            known = identity.normalise(Channel.EMAIL, username or "")
        except identity.InvalidAddress:
            raise self.model.DoesNotExist from None
        return self.get(email=known)


class LookQuerySet(QuerySet["Look"]):
    """What staff looked at."""

    def at_person(self, family: list[UUID]) -> Self:
        """At one person, by the ids of all their records."""
        return self.filter(subject__in=family)

    def named(self) -> Self:
        """Each with ``who``: the name of who looked; the number of an account that is gone."""
        accounts = apps.get_model("accounts", "User")._default_manager.annotate(
            called=Coalesce(NullIf("name", Value("")), F("email"), output_field=CharField())
        )
        whose = accounts.filter(pk=Cast(OuterRef("staff"), BigIntegerField())).values("called")[:1]
        return self.annotate(who=Coalesce(Subquery(whose), F("staff"), output_field=CharField()))
