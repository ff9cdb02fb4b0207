"""From a message to the bytes of a mail: rendered at sending, in the person's language, from ids alone."""

from __future__ import annotations

import binascii
import re
import time
from dataclasses import dataclass, replace
from email.header import Header
from email.utils import format_datetime, formataddr
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import idna
from django.conf import settings
from django.template import Context
from django.template.loader import get_template
from django.utils import timezone, translation

from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.outbox import colours, kinds, links
from portal.outbox.footer import Footer, Footers
from portal.outbox.kinds import Category, NoLongerNeeded
from portal.outbox.models import Message
from portal.outbox.permits import Permit

__all__ = ["Composer", "Letter", "NoLongerNeeded", "Unsendable"]

AUTOMATIC = frozenset({Category.CONFIRMATION, Category.SERVICE, Category.SECURITY})
"""Mails that answer to what a person just did; ``Auto-Submitted`` keeps their absence notes quiet (RFC 3834)."""

ORGANISATION_GOOD_FOR = 1.0
"""Seconds before a drainer looks again which version of the organisation file is in force."""

_HEADER_NAME = re.compile(r"[!-9;-~]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\x85\u2028\u2029]")
_LONGEST_LINE = 76


class Unsendable(ValueError):
    """No mail can be made of this message, now or later; the text says why, for staff."""


@dataclass(frozen=True)
class Letter:
    """What SMTP needs: envelope and content, with CRLF."""

    sender: str
    recipient: str
    content: bytes


class Composer:
    """Writes letters for one drain."""

    def __init__(self) -> None:
        self._current: versions.Current | None = None
        self._looked_at = 0.0

    def letter(self, permit: Permit) -> Letter:
        """The mail that ``permit`` allows.

        Raises :class:`Unsendable`; :class:`portal.outbox.kinds.NoLongerNeeded` where its kind says so; whatever the
        kind's context or templates raise.
        """
        message, organisation = permit.message, self._organisation()
        with translation.override(message.language), timezone.override(ZoneInfo(organisation.law.time_zone)):
            kind = kinds.get(message.kind)
            texts = _rendered(kind, permit, organisation, self._footers)
            sender = _ascii_domain(_sender(message, organisation))
            recipient = _recipient(message)
            headers = _headers(permit, organisation, sender, recipient, texts.subject)
        return Letter(sender, recipient, _assembled(headers, texts, message))

    def _organisation(self) -> Organisation:
        """What is in force, looked up once a second."""
        if self._current is None or time.monotonic() - self._looked_at > ORGANISATION_GOOD_FOR:
            found = versions.current()
            if self._current is None or found.id != self._current.id:
                self._footers = Footers(found.organisation)
            self._current, self._looked_at = found, time.monotonic()
        return self._current.organisation


@dataclass(frozen=True)
class _Texts:
    subject: str
    text: str
    html: str


def _rendered(kind: kinds.MailKind, permit: Permit, organisation: Organisation, footers: Footers) -> _Texts:
    own = kind.context(permit.message)
    footer: Footer = replace(footers.of(permit), **own.pop("footer", {}))
    values: dict[str, Any] = {
        "organisation": organisation,
        "footer": footer,
        "colour": colours.of(organisation.look.brand),
        "language": permit.message.language,
        **own,
    }
    subject_template, text_template, html_template = kind.templates
    values["subject"] = _render(subject_template, values, autoescape=False).strip()
    text = _render(text_template, values, autoescape=False)
    html = _render(html_template, values, autoescape=True)
    return _Texts(values["subject"], re.sub(r"\n{3,}", "\n\n", text).strip() + "\n", html.strip() + "\n")


def _render(name: str, values: dict[str, Any], *, autoescape: bool) -> str:
    template = get_template(name).template  # type: ignore[attr-defined]  # Django's own engine is the only one here
    rendered: str = template.render(Context(values, autoescape=autoescape))
    return rendered


def _sender(message: Message, organisation: Organisation) -> str:
    mail = organisation.mail
    return mail.marketing_address if message.category in kinds.OPTIONAL else mail.service_address


def _recipient(message: Message) -> str:
    """The stored address, as it was given; only its domain is written as DNS has it."""
    local_part, _at, domain = message.contact_point.address.rpartition("@")
    if not local_part or _CONTROL.search(local_part) or " " in domain:
        raise Unsendable("The stored address is no e-mail address.")
    return f"{local_part}@{_domain(domain)}"


def _ascii_domain(address: str) -> str:
    local_part, _at, domain = address.rpartition("@")
    return f"{local_part}@{_domain(domain)}"


def _domain(domain: str) -> str:
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True, transitional=False).decode("ascii")
    except idna.IDNAError as error:
        raise Unsendable("The domain of the stored address cannot be written for DNS.") from error


def _headers(
    permit: Permit, organisation: Organisation, sender: str, recipient: str, subject: str
) -> list[tuple[str, str]]:
    message = permit.message
    headers = [
        ("From", formataddr((organisation.mail.sender_name, sender))),
        ("To", recipient),
        ("Reply-To", _ascii_domain(organisation.mail.reply_to)),
        ("Subject", _encoded(subject)),
        ("Date", format_datetime(permit.now())),
        ("Message-ID", message.message_id),
    ]
    if message.category in AUTOMATIC:
        headers.append(("Auto-Submitted", "auto-generated"))
    if message.category in kinds.OPTIONAL:
        headers += _list_headers(message, organisation)
    return headers


def _list_headers(message: Message, organisation: Organisation) -> list[tuple[str, str]]:
    """RFC 2369, RFC 2919 and RFC 8058: one press in the mail client stops this topic."""
    token = links.make(links.UNSUBSCRIBE, str(message.contact_point_id), message.topic)
    by_mail = f"mailto:{_ascii_domain(organisation.mail.reply_to)}?subject={quote('unsubscribe ' + token)}"
    topic = organisation.topics.get(message.topic)
    title = str(topic.title) if topic else organisation.mail.sender_name
    list_id = f"<{message.topic or message.kind}.{organisation.mail.list_domain}>"
    return [
        ("List-Unsubscribe", f"<{settings.BASE_URL}/unsubscribe/{token}/>, <{by_mail}>"),
        ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click"),
        ("List-Id", f"{_phrase(title)} {list_id}"),
    ]


def _phrase(title: str) -> str:
    """A display name as RFC 5322 wants it; ``formataddr`` quotes and encodes, and needs some address to do so."""
    return formataddr((title, "x@x")).removesuffix(" <x@x>")


def _assembled(headers: list[tuple[str, str]], texts: _Texts, message: Message) -> bytes:
    """The MIME message: two parts, both quoted-printable, so that nothing on the way has a reason to touch them."""
    # "=_" cannot occur in quoted-printable text, so the boundary needs no search.
    boundary = f"=_{message.id.hex}"
    lines = [_folded(checked(name), checked(value, is_name=False)) for name, value in headers]
    lines += ["MIME-Version: 1.0", f'Content-Type: multipart/alternative; boundary="{boundary}"', ""]
    for subtype, text in (("plain", texts.text), ("html", texts.html)):
        lines += [f"--{boundary}", f"Content-Type: text/{subtype}; charset=utf-8"]
        lines += ["Content-Transfer-Encoding: quoted-printable", "", _quoted_printable(text)]
    return "\r\n".join([*lines, f"--{boundary}--", ""]).encode()


def _quoted_printable(text: str) -> str:
    encoded = binascii.b2a_qp(text.replace("\r\n", "\n").encode(), istext=True)
    return encoded.replace(b"\n", b"\r\n").decode("ascii")


def _encoded(text: str) -> str:
    """A text as RFC 2047 writes it in a header, where it has to."""
    if text.isascii() and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="")


def _folded(name: str, value: str) -> str:
    """A header's lines, broken at spaces where they grow longer than 76 characters; never before the first word."""
    lines, line = [], f"{name}:"
    for word in value.split(" "):
        if len(line) + len(word) > _LONGEST_LINE and not line.endswith(":"):
            lines.append(line)
            line = ""
        line = f"{line} {word}"
    return "\r\n".join([*lines, line])


def checked(value: str, *, is_name: bool = True) -> str:
    """A header's name or value, safe to stand in a header; raises :class:`Unsendable` for line breaks and the like."""
    if (is_name and not _HEADER_NAME.fullmatch(value)) or _CONTROL.search(value):
        raise Unsendable("A header would hold a line break or a control character.")
    return value
