"""Reads a mail as its reader does, and says what they would stumble over."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import Resolver404, resolve

from dsar.models import Request
from portal.organisation.schema import Organisation
from portal.outbox.models import Message

LONGEST_SUBJECT = 77
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_DAY = re.compile(rf"(\w+ )?\b(\d{{1,2}} (?:{_MONTHS}) \d{{4}})")
_WEEKDAYS = {"Monday ", "Tuesday ", "Wednesday ", "Thursday ", "Friday ", "Saturday ", "Sunday "}
_UNFILLED = re.compile(r"%\(|%[sd]\b|\{\{|\{%|\bNone\b|\[\]|\(\)|&amp;|&#|<Promise|__proxy__")
_EMPTY = re.compile(r"<(p|li|ul|ol|h1|h2|strong|blockquote|td)\b[^>]*>(\s|&nbsp;)*</\1>")
_FOOT = re.compile(r"Why did I get this\?", re.IGNORECASE)


@dataclass(frozen=True)
class Mail:
    """One mail that arrived, in its parts, with the request it is about."""

    kind: str
    to: str
    subject: str
    text: str
    html: str
    request: Request

    @property
    def words(self) -> str:
        """The text part as one line, without its foot."""
        return squeezed(_FOOT.split(self.text)[0])

    @property
    def foot(self) -> str:
        """What stands below."""
        return squeezed("".join(_FOOT.split(self.text)[1:]))

    @property
    def shown(self) -> str:
        """What the HTML part shows."""
        body = re.sub(r"<(style|title)\b.*?</\1>|<!--.*?-->", " ", self.html, flags=re.DOTALL)
        return squeezed(html.unescape(re.sub(r"<[^>]+>", " ", body)))

    @property
    def links(self) -> set[str]:
        """Every address, of both parts."""
        found = {html.unescape(one) for one in re.findall(r'href="([^"]*)"', self.html)}
        return found | set(re.findall(r"https?://\S+", self.text))


def read(mail: EmailMessage) -> Mail:
    """A mail as it came, with its row."""
    message = Message.objects.get(message_id=str(mail["Message-ID"]))
    request = Request.objects.get(pk=message.params["request"])
    return Mail(message.kind, str(mail["To"]), str(mail["Subject"]), _part(mail, "plain"), _part(mail, "html"), request)


def squeezed(text: str) -> str:
    return " ".join(text.split())


def faults(mail: Mail, organisation: Organisation) -> Iterator[str]:
    """What is wrong with a mail, whatever it is about."""
    if len(mail.subject) > LONGEST_SUBJECT or not mail.subject:
        yield f"the subject has {len(mail.subject)} signs: {mail.subject}"
    if mail.request.reference not in mail.words or mail.request.reference not in mail.shown:
        yield "it does not name the request"
    if not mail.text.startswith(organisation.name) or organisation.name not in mail.shown:
        yield "it does not say who writes"
    yield from _unfilled(mail)
    yield from _days(mail)
    yield from _foot(mail, organisation)
    yield from _links(mail)


def _unfilled(mail: Mail) -> Iterator[str]:
    for part in (mail.subject, mail.text, mail.shown):
        if found := _UNFILLED.search(part):
            yield f"something is unfilled: {part[max(0, found.start() - 40) : found.end() + 20]!r}"
    if found := _EMPTY.search(mail.html):
        yield f"an empty part: {found.group()}"
    if re.search(r"[ ,.;:] ?[,.;:](\s|$)|\.\.|\s[.,]\s", mail.words):
        yield "a stop too many"
    for heading in re.findall(r"<h2[^>]*>([^<]+)</h2>\s*(?:</|<h)", mail.html):
        yield f"nothing stands under {heading!r}"
    if missing := {word for word in re.findall(r"\w+", mail.words) if word.isalpha()} - set(
        re.findall(r"\w+", mail.shown)
    ):
        yield f"only the text part says: {sorted(missing)}"


def _days(mail: Mail) -> Iterator[str]:
    for before, day in _DAY.findall(mail.words):
        if before not in _WEEKDAYS:
            yield f"a day without its weekday: {before}{day}"


def _foot(mail: Mail, organisation: Organisation) -> Iterator[str]:
    if len(mail.foot) < len(organisation.controller.legal_name) or not _FOOT.search(mail.shown):
        yield "it does not say why it came"
    if found := re.search(r"From: (person|desk|request)\b", mail.foot):
        yield f"its foot has a code for a word: {found.group()}"
    address = ", ".join((organisation.controller.legal_name, *organisation.controller.address))
    for part in (address, organisation.controller.email, organisation.authority.website):
        if part not in mail.foot:
            yield f"its foot lacks {part}"


def _links(mail: Mail) -> Iterator[str]:
    for link in mail.links:
        at = urlsplit(link)
        if at.scheme not in {"http", "https", "mailto"}:
            yield f"a link that leads nowhere from a mail: {link}"
        elif link.startswith(settings.BASE_URL):
            try:
                resolve(at.path)
            except Resolver404:
                yield f"no such page: {link}"


def _part(mail: EmailMessage, subtype: str) -> str:
    part = mail.get_body((subtype,))
    assert part is not None
    return str(part.get_content())
