"""The layered privacy notice at the foot of every mail (Articles 12 to 14): in short here, whole behind links."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from portal.organisation.schema import Organisation, PartyRole
from portal.outbox import keeping, kinds, links
from portal.outbox.models import Message
from portal.outbox.permits import Permit


@dataclass(frozen=True)
class Link:
    url: str
    label: str


@dataclass(frozen=True)
class Footer:
    """What the foot of a mail says; ``since`` is empty where ``why`` names the day.

    A kind's context may replace any of it (``{"footer": {"how_long": …}}``).
    """

    why: str
    wording: str
    since: str
    held: str
    source: str
    purpose: str
    how_long: str
    recipients: str
    links: tuple[Link, ...]
    address: str
    contact: str


class Footers:
    """The feet of mails under one version of the organisation file."""

    def __init__(self, organisation: Organisation) -> None:
        self._organisation = organisation
        self._alike: dict[tuple[str | None, str, str], dict[str, str]] = {}
        self._links: dict[str | None, tuple[Link, ...]] = {}

    def of(self, permit: Permit) -> Footer:
        """From the verdict, the organisation file and where the address came from; in the active language."""
        message, evidence = permit.message, permit.verdict.evidence
        why, since = str(permit.verdict.reason), evidence.get("since")
        day = _day(datetime.fromisoformat(since), self._organisation) if since else ""
        return Footer(
            why=why,
            wording=str(evidence.get("wording") or ""),
            since="" if day in why else day,
            source=_source(message, self._organisation),
            links=(*_ways_out(message), *self._links_for_all()),
            **self._words(message),
        )

    def _words(self, message: Message) -> dict[str, str]:
        """What is the same in all mails of a kind, about a topic, in a language."""
        key = get_language(), message.kind, message.topic
        if key not in self._alike:
            controller = self._organisation.controller
            self._alike[key] = {
                "held": _("this address, and what you chose to receive"),
                "purpose": _purpose(message, self._organisation),
                "how_long": keeping.address(self._organisation, until_stopped=message.category in kinds.OPTIONAL),
                "recipients": _recipients(self._organisation),
                "address": ", ".join((controller.legal_name, *controller.address)),
                "contact": controller.email,
            }
        return self._alike[key]

    def _links_for_all(self) -> tuple[Link, ...]:
        language = get_language()
        if language not in self._links:
            self._links[language] = tuple(_ways_in(self._organisation))
        return self._links[language]


def _day(moment: datetime, organisation: Organisation) -> str:
    return date_format(moment.astimezone(ZoneInfo(organisation.law.time_zone)), "j F Y")


def _source(message: Message, organisation: Organisation) -> str:
    if message.source is None or message.source_seen_at is None:
        return ""
    source = organisation.sources.get(message.source)
    # A file need not list the person as a source of their own data; its code is no word for them.
    title = str(source.title) if source else _("you") if message.source == "person" else message.source
    return _("%(source)s, on %(date)s") % {"source": title, "date": _day(message.source_seen_at, organisation)}


def _purpose(message: Message, organisation: Organisation) -> str:
    topic = organisation.topics.get(message.topic)
    if topic is None:
        return str(kinds.get(message.kind).title)
    return str(organisation.purposes[topic.purpose].title)


def _recipients(organisation: Organisation) -> str:
    """Who carries the mail; a processor does so on the controller's orders alone (Article 28(3)(a))."""
    carriers = [one for one in organisation.recipients.values() if one.carries_mail]
    on_orders = _("%(title)s (on our orders only)")
    named = [
        on_orders % {"title": one.title} if one.role is PartyRole.PROCESSOR else str(one.title) for one in carriers
    ]
    return ", ".join(named) or _("nobody else")


def _ways_out(message: Message) -> Iterator[Link]:
    """This person's own links."""
    person = str(message.contact_point_id)
    yield Link(
        f"{settings.BASE_URL}/preferences/{links.make(links.PREFERENCES, person)}/", _("Choose what you receive")
    )
    if message.category in kinds.OPTIONAL:
        stop = links.make(links.UNSUBSCRIBE, person, message.topic)
        yield Link(f"{settings.BASE_URL}/unsubscribe/{stop}/", _("Stop these mails"))
    stop = links.make(links.UNSUBSCRIBE, person, "")
    yield Link(f"{settings.BASE_URL}/unsubscribe/{stop}/", _("Stop all marketing"))


def _ways_in(organisation: Organisation) -> Iterator[Link]:
    """Everybody's links."""
    yield Link(f"{settings.BASE_URL}/your-data/", _("See or correct your data"))
    yield Link(f"{settings.BASE_URL}/requests/", _("Have it deleted, or get a copy"))
    authority = organisation.authority
    yield Link(authority.website, _("Complain: %(authority)s") % {"authority": authority.name})
    notice = organisation.notices.get("privacy")
    if notice and notice.url:
        yield Link(notice.url, _("The whole policy"))
