"""The words of the ledger: what a decision is about, what was decided, how, and by whom."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _


class ObjectKind(models.TextChoices):
    """What a decision is about. ``MARKETING`` is all marketing and has no code; ``NOTICE`` is a privacy notice."""

    TOPIC = "topic", _("topic")
    PURPOSE = "purpose", _("purpose")
    MARKETING = "marketing", _("all marketing")
    NOTICE = "notice", _("notice")


class Decision(models.TextChoices):
    """What was decided. Only ``GRANTED`` followed or accompanied by proof can ever lift a stop."""

    GRANTED = "granted", _("said yes")
    CONFIRMED = "confirmed", _("confirmed")
    REFUSED = "refused", _("said no")
    WITHDRAWN = "withdrawn", _("withdrew")
    OBJECTED = "objected", _("objected")
    PAUSED = "paused", _("paused")
    RESUMED = "resumed", _("resumed")
    LAPSED = "lapsed", _("lapsed")
    ESTABLISHED = "established", _("basis recorded")
    MERGED = "merged", _("records joined")
    UNMERGED = "unmerged", _("records parted")


class Method(models.TextChoices):
    """How a decision reached the ledger."""

    PREFERENCE_CENTRE = "preference_centre", _("on the preference page, signed in")
    PREFERENCE_LINK = "preference_link", _("on the preference page, by a link from a mail")
    FORM = "form", _("on a form")
    SIGNUP = "signup", _("when the account was opened")
    ONE_CLICK = "one_click", _("with the unsubscribe button of the mail program")
    UNSUBSCRIBE_PAGE = "unsubscribe_page", _("on the unsubscribe page")
    REPLY = "reply", _("by answering a mail")
    IMPORT = "import", _("from a list")
    API = "api", _("from another system")
    STAFF = "staff", _("by a member of staff")
    CONFIRMATION_MAIL = "confirmation_mail", _("by the link in the confirmation mail")
    SYSTEM = "system", _("by the portal")


class Actor(models.TextChoices):
    """Who acted: the person, staff, the portal itself, or somebody else (another system, a parent)."""

    PERSON = "person", _("the person")
    STAFF = "staff", _("staff")
    SYSTEM = "system", _("the portal")
    OTHER = "other", _("somebody else")


STOPS = frozenset({Decision.REFUSED, Decision.WITHDRAWN, Decision.OBJECTED})
"""Decisions that forbid. An objection to direct marketing is absolute (Art. 21(3)); a refusal counts alike."""

HOOKED = frozenset({Decision.MERGED, Decision.UNMERGED})
"""Decisions that only the merging of subjects may write."""

SECOND_HAND = frozenset({Method.IMPORT, Method.API, Method.STAFF, Method.SYSTEM})
"""Ways by which nobody can lift a stop, whoever is named as the actor."""

EVERY_CHANNEL = ""


class Key(NamedTuple):
    """What a cell of the ledger is about. An empty channel means every channel."""

    kind: str
    code: str
    channel: str


ALL_MARKETING = Key(ObjectKind.MARKETING.value, "", EVERY_CHANNEL)


def is_own(actor: str, method: str) -> bool:
    """Whether this is the person's own act: done by them, and not reported by a list, a system or staff."""
    return actor == Actor.PERSON and method not in SECOND_HAND
