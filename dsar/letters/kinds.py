"""The letters as kinds of mail: registered with the outbox, written when they are sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from dsar import codes, waiting
from dsar.letters import CODE, kind_code, to_owners, to_person, to_staff
from dsar.letters.letter import Letter, page_of
from dsar.models import Challenge, Event, Request
from dsar.vocabulary import State
from portal.database import database_now
from portal.organisation import versions
from portal.outbox import keeping
from portal.outbox.kinds import Category, MailKind, NoLongerNeeded
from portal.outbox.models import Message
from portal.retention import unproved


def _of(
    write: Callable[[str, Request, Event], Letter], name: str, footer: Callable[[], dict[str, str]]
) -> Callable[[Message], dict[str, Any]]:
    def context(message: Message) -> dict[str, Any]:
        request = Request.objects.filter(pk=message.params["request"]).first()
        event = Event.objects.filter(pk=message.params["event"]).first()
        if request is None or event is None:
            raise NoLongerNeeded("The request is gone.")
        letter = write(name, request, event)
        heading = _unbroken(letter.subject, request.reference)
        return {"letter": letter, "heading": heading, "request": request, "footer": footer()}

    return context


def _code(message: Message) -> dict[str, Any]:
    challenge = Challenge.objects.filter(pk=message.params["challenge"]).select_related("request").first()
    if challenge is None or codes.ends(challenge) <= database_now():
        raise NoLongerNeeded("The code ran out before the mail could be sent.")
    until = date_format(localtime(codes.ends(challenge)), "H:i T")
    organisation = versions.current().organisation
    footer = unproved.footer(message.contact_point, organisation)
    return {
        "code": codes.derive(challenge),
        "until": until,
        "reference": challenge.request.reference,
        "whole_reference": _unbroken(challenge.request.reference, challenge.request.reference),
        "page_url": page_of(challenge.request),
        "unconfirmed": waiting.in_words(organisation) if challenge.request.state == State.RECEIVED else "",
        "footer": footer,
    }


def _unbroken(words: str, reference: str) -> SafeString:
    """The words for HTML, with the reference on one line: it is read out and copied."""
    whole = format_html('<span style="white-space:nowrap;">{}</span>', reference)
    return mark_safe(escape(words).replace(escape(reference), whole))  # noqa: S308  # both are escaped


def _of_staff() -> dict[str, str]:
    return {
        "purpose": gettext("the work on requests"),
        "held": gettext("this address"),
        "source": gettext("your work for us"),
        "how_long": keeping.of_our_own(versions.current().organisation),
    }


def _of_the_person() -> dict[str, str]:
    return {
        "purpose": gettext("your request"),
        "held": gettext("this address, and your request with what was said about it"),
    }


TITLES: Final = {
    "receipt": _("Request received"),
    "identity": _("Proof of identity asked for"),
    "identity_shown": _("Identity check done"),
    "no_identity": _("Closed: identity not shown"),
    "authority": _("Proof of authority asked for"),
    "clarification": _("Explanation asked for"),
    "clarified": _("Explanation arrived"),
    "extension": _("More time needed"),
    "answer": _("Answer to a request"),
    "refusal": _("Refusal of a request"),
    "passed_on": _("Request passed on"),
    "withdrawn": _("Request withdrawn"),
    "joined": _("Joined to an earlier request"),
    "no_reply": _("Closed: no reply"),
    "carried_out": _("Request carried out"),
    "message": _("Message about a request"),
    "progress": _("How a request stands"),
    "restriction_lifted": _("Restriction ends"),
    "downloaded": _("File downloaded"),
}
STAFF_TITLES: Final = {
    "assigned": _("Request given to staff"),
    "answered": _("Person wrote about a request"),
    "reminder": _("Reminder of a request"),
    "compromise": _("Report of a compromise"),
}
OWNER_TITLES: Final = {
    "task": _("Task for another system"),
    "task_reminder": _("Reminder of a task"),
    "task_over": _("Task no longer needed"),
}

KINDS: Final = (
    MailKind(CODE, Category.SECURITY, "requests/code", _code, _("Code for a request")),
    *(
        MailKind(kind_code(name), Category.RIGHTS, "requests/letter", _of(to_person.write, name, _of_the_person), title)
        for name, title in TITLES.items()
    ),
    *(
        MailKind(kind_code(name), Category.SERVICE, "requests/letter", _of(to_staff.write, name, _of_staff), title)
        for name, title in STAFF_TITLES.items()
    ),
    *(
        MailKind(kind_code(name), Category.SERVICE, "requests/letter", _of(to_owners.write, name, _of_staff), title)
        for name, title in OWNER_TITLES.items()
    ),
)
