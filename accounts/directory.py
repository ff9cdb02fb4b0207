"""The staff as the apps below know them (:mod:`portal.staff`): by the number of their account, as text."""

from __future__ import annotations

from typing import Final

from accounts import addresses
from accounts.groups import PRIVACY_OFFICER
from accounts.models import User
from portal.staff import Directory
from portal.subjects.models import ContactPoint


def key_of(user: User) -> str:
    """What a row keeps of a member of staff."""
    return str(user.pk)


def _name(key: str) -> str:
    user = _find(key)
    return user.get_full_name() if user else ""


def _reach(key: str) -> ContactPoint | None:
    user = _find(key)
    return addresses.contact_point_of(user) if user and user.is_active and user.is_staff else None


def _officers() -> list[str]:
    found = User.objects.filter(groups__name=PRIVACY_OFFICER, is_active=True, is_staff=True).order_by("pk")
    return [str(key) for key in found.values_list("pk", flat=True)]


def _everybody() -> list[tuple[str, str]]:
    found = User.objects.filter(is_active=True, is_staff=True)
    return sorted(((key_of(user), user.get_full_name()) for user in found), key=lambda one: one[1].casefold())


def _find(key: str) -> User | None:
    return User.objects.filter(pk=int(key)).first() if key.isdecimal() else None


DIRECTORY: Final = Directory(_name, _reach, _officers, _everybody)
