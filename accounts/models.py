"""People who sign in, customers and staff, and what staff looked at."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.base_session import AbstractBaseSession
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.managers import LookQuerySet, UserManager
from portal import looks, staff
from portal.database import ClockTimestamp, database_now
from portal.personal_data import registry
from portal.subjects import identity
from portal.subjects.models import Channel


class User(AbstractBaseUser, PermissionsMixin):
    """An account.

    ``email`` is the identity of the person's contact point, and the same as allauth's one EmailAddress:
    ``accounts.addresses`` keeps the three in step. ``subject`` is empty until the address is proved. An account
    that its person closed keeps no address, so that they can open one with it again (``accounts.flows.close_own``).
    """

    subject = models.OneToOneField(
        "subjects.Subject", models.PROTECT, null=True, blank=True, related_name="user", verbose_name=_("person")
    )
    email = models.EmailField(_("e-mail address"), unique=True, max_length=254)
    name = models.CharField(_("name"), max_length=200, blank=True)
    is_staff = models.BooleanField(_("staff"), default=False, help_text=_("May open the desk."))
    is_active = models.BooleanField(_("active"), default=True, help_text=_("May sign in."))
    closed_at = models.DateTimeField(
        _("closed at"), null=True, blank=True, editable=False, help_text=_("Since when nobody may sign in with it.")
    )
    closed_by_person = models.BooleanField(
        _("closed by the person"), default=False, editable=False, help_text=_("Staff closed it where this is not set.")
    )
    date_joined = models.DateTimeField(_("joined"), db_default=ClockTimestamp(), editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("account")
        verbose_name_plural = _("accounts")

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """One address, one account, however it is spelled."""
        try:
            self.email = identity.normalise(Channel.EMAIL, self.email)
        except identity.InvalidAddress as error:
            raise ValidationError({"email": error.message}) from None

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        """An account is closed by taking away that it may sign in, and opened again by giving it back."""
        if self.is_active:
            self.closed_at, self.closed_by_person = None, False
        elif self.closed_at is None:
            self.closed_at = database_now()
        if update_fields is not None and "is_active" in update_fields:
            update_fields = {*update_fields, "closed_at", "closed_by_person"}
        super().save(*args, update_fields=update_fields, **kwargs)

    def get_email_display(self) -> str:
        """The address it signs in with; "" once its person closed it."""
        return "" if self.closed_by_person else self.email

    def get_full_name(self) -> str:
        return self.name or self.email

    def get_short_name(self) -> str:
        return self.name or self.email


class Look(models.Model):
    """That somebody of the staff saw something about a person: who, when, whose, and what kind of row. Never what.

    ``staff`` is the number of the account as text (:mod:`portal.staff`); ``subject`` keeps its number when the person
    is gone, and holds nobody back. A table that only grows: rows leave by a :class:`Clearing` alone.
    """

    staff = models.CharField(_("who"), max_length=staff.KEY_LENGTH)
    subject = models.ForeignKey(
        "subjects.Subject", models.DO_NOTHING, null=True, db_constraint=False, related_name="+", verbose_name=_("whose")
    )
    what = models.CharField(_("what they did"), max_length=8, choices=looks.What)
    kind = models.CharField(_("with"), max_length=100)
    row = models.CharField(_("key"), max_length=64, blank=True)
    shown = models.PositiveIntegerField(_("rows shown"), default=1)
    at = models.DateTimeField(_("when"), db_default=ClockTimestamp())

    objects: ClassVar[LookQuerySet] = LookQuerySet.as_manager()  # type: ignore[assignment]  # a manager with its methods

    class Meta:
        verbose_name = _("look by staff")
        verbose_name_plural = _("looks by staff")
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["at"], name="looks_by_time"),
            models.Index(fields=["staff", "-at"], name="looks_of_somebody"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.kind}"

    def get_kind_display(self) -> str:
        """What was looked at, as the person calls it: "Your requests"; the label of an app that is gone."""
        holding = next((one for one in registry.holdings() if one.label == self.kind), None)
        return str(holding.title) if holding else self.kind


class Clearing(models.Model):
    """That looks left the log, their time being over. The only key to deleting one.

    A trigger refuses to delete a look unless a row here covers its number; once it is done ``up_to`` is cleared.
    """

    up_to = models.BigIntegerField(_("up to"), null=True, db_index=True)
    looks = models.PositiveIntegerField(_("looks"))
    cleared_at = models.DateTimeField(_("when"), db_default=ClockTimestamp())

    class Meta:
        verbose_name = _("clearing of looks")
        verbose_name_plural = _("clearings of looks")

    def __str__(self) -> str:
        return f"{self.cleared_at:%Y-%m-%d}: {self.looks}"


class Session(AbstractBaseSession):
    """What the pages remember of one browser until it ends, and whose it is: nobody's before somebody signs in.

    No constraint in the database: a page must not wait for an account's row, nor fail because it has just gone.
    """

    user = models.ForeignKey(
        User,
        models.CASCADE,
        null=True,
        blank=True,
        related_name="sessions",
        db_constraint=False,
        verbose_name=_("account"),
    )

    def __str__(self) -> str:
        """Never the key: who knows it is signed in."""
        return str(self.expire_date)

    @classmethod
    def get_session_store_class(cls) -> type[SessionBase]:
        from accounts.sessions import SessionStore  # it is made for this model

        return SessionStore
