"""The mails this portal can send. An app registers each kind once, in ``AppConfig.ready()``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise

    from portal.outbox.models import Message


class Category(StrEnum):
    """Why a mail may be sent at all; the gate decides by it, and headers follow from it."""

    RIGHTS = "rights"
    SECURITY = "security"
    BREACH = "breach"
    CONFIRMATION = "confirmation"
    SERVICE = "service"
    NOTICE = "notice"
    MARKETING = "marketing"


OPTIONAL = frozenset({Category.NOTICE, Category.MARKETING})
"""Mails somebody can switch off: they carry ``List-Unsubscribe``, and never go before the others."""


class NoLongerNeeded(Exception):
    """Raised by a kind's ``context`` when its mail has lost its point (a code expired, a request withdrawn).

    The message is then withheld, with the text of the exception as the reason that staff read.
    """


class UnknownKind(LookupError):
    """No mail is registered under this code."""


@dataclass(frozen=True)
class MailKind:
    """One kind of mail.

    ``template`` names ``mail/<template>.subject.txt``, ``.txt`` and ``.html``. ``context`` is called at sending,
    outside any transaction, in the person's language; whatever is secret (codes, links) is made there. ``about`` names
    for staff what is in one mail, where its title does not.
    """

    code: str
    category: Category
    template: str
    context: Callable[[Message], dict[str, Any]]
    title: _StrOrPromise
    about: Callable[[Message], str] | None = None

    @property
    def templates(self) -> tuple[str, str, str]:
        """Subject, text part, HTML part."""
        stem = f"mail/{self.template}"
        return f"{stem}.subject.txt", f"{stem}.txt", f"{stem}.html"


_kinds: dict[str, MailKind] = {}


def register(kind: MailKind) -> MailKind:
    """Makes a kind known; raises ValueError where its code is taken by another."""
    if _kinds.get(kind.code, kind) != kind:
        raise ValueError(f"There is already a kind of mail {kind.code!r}.")
    _kinds[kind.code] = kind
    return kind


def get(code: str) -> MailKind:
    """The kind registered under ``code``; raises :class:`UnknownKind`."""
    try:
        return _kinds[code]
    except KeyError:
        raise UnknownKind(f"No kind of mail is registered as {code!r}.") from None


def described(message: Message) -> str:
    """What staff call this mail: its kind, and which one of the kind; a kind that is gone by its code."""
    try:
        kind = get(message.kind)
    except UnknownKind:
        return message.kind
    about = kind.about(message) if kind.about else ""
    return f"{kind.title}: {about}" if about else str(kind.title)


def registered() -> Iterator[MailKind]:
    """All kinds, by code."""
    yield from (kind for _, kind in sorted(_kinds.items()))


def unregister(code: str) -> None:
    """Forgets a kind; tests use it to leave the registry as they found it."""
    _kinds.pop(code, None)
