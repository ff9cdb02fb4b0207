"""The mails of the preferences: the question whether somebody asked, and what staff write to a topic's readers.

Whatever opens something is made here, at sending; rows hold ids.
"""

from __future__ import annotations

import re
import time
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from consent.preferences import catalogue, sentences
from consent.preferences.models import Confirmation, Mailing
from portal.database import database_now
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.outbox import links
from portal.outbox.kinds import Category, MailKind, NoLongerNeeded
from portal.outbox.models import Message
from portal.retention import unproved

CONFIRM: Final = "confirm-subscription"
"""The purpose of confirmation links: no other link's token confirms anything."""


def token_of(confirmation: Confirmation) -> str:
    """The single-use token of a confirmation. It exists in the mail and in the link, and is stored nowhere."""
    return links.secret_for(CONFIRM, confirmation.nonce)


def _confirmation(message: Message) -> dict[str, Any]:
    confirmation = Confirmation.objects.filter(pk=message.params["confirmation"], used_at=None).first()
    if confirmation is None or confirmation.expires_at <= database_now():
        raise NoLongerNeeded("The confirmation was given, or its time ran out, before the mail could be sent.")
    organisation = versions.get(confirmation.organisation_version_id).organisation
    path = reverse("confirm_subscription", args=[token_of(confirmation)])
    return {
        "topics": catalogue.titled(organisation, confirmation.choices),
        "confirm_url": f"{settings.BASE_URL}{path}",
        "footer": _footer(confirmation, organisation),
        "asked_at": sentences.day_and_time(confirmation.created_at, organisation),
        "expires_at": sentences.deadline(confirmation.expires_at, organisation),
    }


def _footer(confirmation: Confirmation, organisation: Organisation) -> dict[str, str]:
    """What is held for a question, which is less than the footer of other mails says."""
    words = [topic.wording for topic in catalogue.titled(organisation, confirmation.choices)]
    until = sentences.deadline(confirmation.expires_at, organisation)
    return {
        "why": gettext(
            "A confirmation is always sent, so that nobody can sign you up behind your back. It carries no advertising."
        ),
        "since": "",
        "wording": " ".join(words),
        "held": gettext("this address and the time it was typed"),
        "source": gettext("the form on our page"),
        "purpose": gettext("this question only"),
        "how_long": _how_long(confirmation, until, organisation),
    }


def _how_long(confirmation: Confirmation, until: str, organisation: Organisation) -> str:
    """Until when the question is kept, and where it was not the question that brought the address, that too."""
    if confirmation.newcomer:
        return gettext("Until %(until)s. If you do not confirm, we then delete it.") % {"until": until}
    said = gettext("The question until %(until)s. If you do not confirm, we then delete it.") % {"until": until}
    return " ".join([said, unproved.footer(confirmation.contact_point, organisation).get("how_long", "")]).strip()


def _mailing(message: Message) -> dict[str, Any]:
    mailing = _mailing_at(message.params["mailing"], int(time.monotonic()))
    if mailing is None:
        raise NoLongerNeeded("The mailing was deleted before this mail could be sent.")
    return {"mailing": mailing, "paragraphs": paragraphs(mailing), "topic": mailing.topic}


def paragraphs(mailing: Mailing) -> list[str]:
    """The text as its mails have it: an empty line begins a new paragraph."""
    return [part.strip() for part in re.split(r"\n\s*\n", mailing.body.replace("\r\n", "\n")) if part.strip()]


def _subject_line(message: Message) -> str:
    mailing = _mailing_at(message.params.get("mailing", ""), int(time.monotonic())) if message.params else None
    return mailing.subject_line if mailing else ""


@lru_cache(maxsize=16)
def _mailing_at(pk: str, _second: int) -> Mailing | None:
    """Read once a second: a broadcast asks for the same one with every mail."""
    return Mailing.objects.filter(pk=pk).select_related("topic").first()


CONFIRMATION: Final = MailKind(
    "preferences-confirmation",
    Category.CONFIRMATION,
    "preferences/confirmation",
    _confirmation,
    _("Did you ask for this?"),
)
MAILING: Final = MailKind(
    "preferences-mailing", Category.MARKETING, "preferences/mailing", _mailing, _("Mailing"), _subject_line
)
NOTICE: Final = MailKind(
    "preferences-notice", Category.NOTICE, "preferences/mailing", _mailing, _("Notice"), _subject_line
)
KINDS: Final = (CONFIRMATION, MAILING, NOTICE)
