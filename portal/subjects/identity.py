"""When two addresses are the same: one identity for each, to compare by and never to write to.

Pure functions, no database. An identity is stable under normalising again, holds no control characters, and is
at most :data:`LONGEST` characters, so that it fits its column.
"""

from __future__ import annotations

import re
import unicodedata
from enum import StrEnum
from typing import Final

import idna
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.subjects.models import Channel

LONGEST: Final = 500
LONGEST_EMAIL: Final = 254  # RFC 5321 4.5.3.1.3, less the angle brackets of a path
LONGEST_LOCAL_PART: Final = 64  # octets, RFC 5321 4.5.3.1.1

# Calling code and trunk prefix, for numbers written the way they are dialled at home (ITU-T E.164, E.123).
DIALLED_AT_HOME: Final[dict[str, tuple[str, str]]] = {
    "GB": ("44", "0"),
    "IE": ("353", "0"),
    "US": ("1", "1"),
    "CA": ("1", "1"),
    "DE": ("49", "0"),
    "FR": ("33", "0"),
    "NL": ("31", "0"),
    "PL": ("48", ""),
}

_ATOM = re.compile(r"[^\s\"(),:;<>@\[\\\].]+")  # RFC 5322 atext and RFC 6531 UTF8-non-ascii
_DIALLING_MARKS = re.compile(r"[\s\-./()\u2010-\u2015]+")
_E164 = re.compile(r"\+[1-9][0-9]{6,14}", re.ASCII)
_LINE_ENDS = re.compile(r"[\n,;]")


class Fault(StrEnum):
    """What is wrong with an address."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    CONTROL_CHARACTER = "control_character"
    SPACE = "space"
    AT_SIGN = "at_sign"
    LOCAL_PART = "local_part"
    DOMAIN = "domain"
    COUNTRY_CODE = "country_code"
    NUMBER = "number"
    ADDRESSEE = "addressee"


MESSAGES: Final[dict[Fault, Promise]] = {
    Fault.EMPTY: _("Enter an address."),
    Fault.TOO_LONG: _("This address is too long."),
    Fault.CONTROL_CHARACTER: _("This address contains characters that cannot be printed. Type it again."),
    Fault.SPACE: _("An e-mail address has no spaces."),
    Fault.AT_SIGN: _("An e-mail address has exactly one @, like name@example.org."),
    Fault.LOCAL_PART: _("Check the part before the @."),
    Fault.DOMAIN: _("Check the part after the @."),
    Fault.COUNTRY_CODE: _("Start the number with + and the country code, like +44 1632 960001."),
    Fault.NUMBER: _("Enter a phone number in digits, like +44 1632 960001."),
    Fault.ADDRESSEE: _("Enter the name and the address, each line on its own."),
}


class InvalidAddress(ValueError):
    """Not an address of its channel. ``message`` tells a person what to do; the address is never repeated."""

    def __init__(self, reason: Fault) -> None:
        super().__init__(reason.value)
        self.reason = reason

    @property
    def message(self) -> str:
        """In the active language."""
        return str(MESSAGES[self.reason])


def normalise(channel: str, address: str, *, country: str | None = None) -> str:
    """The identity of ``address`` on ``channel``; raises :class:`InvalidAddress`.

    ``country`` (ISO 3166-1 alpha-2) says where phone numbers without a country code are dialled; other channels
    ignore it. Raises :class:`ValueError` for a channel that does not exist.
    """
    if not address.strip():
        raise InvalidAddress(Fault.EMPTY)
    if len(address) > LONGEST:
        raise InvalidAddress(Fault.TOO_LONG)
    match Channel(channel):
        case Channel.EMAIL:
            return _email(address)
        case Channel.SMS | Channel.PHONE:
            return _phone(address, country)
    return _post(address)


def tidied(channel: str, address: str) -> str:
    """The address as it is kept and written to: as given, without the blanks that came with copying."""
    if channel == Channel.POST:
        return "\n".join(line.strip() for line in address.strip().splitlines() if line.strip())
    return address.strip(" ")


def mail_domain(domain: str) -> str:
    """A domain in lower case as IDNA 2008 has it (``faß.de`` → ``xn--fa-hia.de``); raises :class:`InvalidAddress`."""
    try:
        ascii_domain = idna.encode(domain, uts46=True, transitional=False, std3_rules=True).decode("ascii").lower()
    except (idna.IDNAError, UnicodeError):
        raise InvalidAddress(Fault.DOMAIN) from None
    labels = ascii_domain.split(".")
    # A mail domain has two labels or more, no root dot (RFC 5321 2.3.5), and is no IP address.
    if len(labels) < 2 or not all(labels) or labels[-1].isdigit():
        raise InvalidAddress(Fault.DOMAIN)
    return ascii_domain


def _email(address: str) -> str:
    """RFC 5321 dot-string and RFC 6531: no quoted local parts, no dot- or plus-folding, no case-folding of ``ß``."""
    address = tidied(Channel.EMAIL, address)
    _refuse_control_characters(address)
    if any(character.isspace() for character in address):
        raise InvalidAddress(Fault.SPACE)
    if address.count("@") != 1:
        raise InvalidAddress(Fault.AT_SIGN)
    given_local_part, domain = address.split("@")
    local_part = _lowered(given_local_part)
    if len(local_part.encode()) > LONGEST_LOCAL_PART:
        raise InvalidAddress(Fault.TOO_LONG)
    if any(unicodedata.category(c) == "Cf" for c in local_part) or not all(map(_ATOM.fullmatch, local_part.split("."))):
        raise InvalidAddress(Fault.LOCAL_PART)
    identity = f"{local_part}@{mail_domain(domain)}"
    if max(len(identity.encode()), len(address.encode())) > LONGEST_EMAIL:
        raise InvalidAddress(Fault.TOO_LONG)
    return identity


def _phone(address: str, country: str | None) -> str:
    """E.164: ``+``, country code, number, 7 to 15 digits. ``00`` in front means ``+``; ``(0)`` after it is dropped."""
    _refuse_control_characters(address)
    number = unicodedata.normalize("NFKC", _without_marks(address))
    if "+" in number:
        number = number.replace("(0)", "")
    number = _DIALLING_MARKS.sub("", number)
    if number.startswith("00"):
        number = f"+{number[2:]}"
    if not number.startswith("+"):
        if not (number.isascii() and number.isdigit()):
            raise InvalidAddress(Fault.NUMBER)
        if country not in DIALLED_AT_HOME:
            raise InvalidAddress(Fault.COUNTRY_CODE)
        code, trunk = DIALLED_AT_HOME[country]
        number = f"+{code}{number.removeprefix(trunk)}"
    if not _E164.fullmatch(number):
        raise InvalidAddress(Fault.NUMBER)
    return number


def _post(address: str) -> str:
    """The addressee's name, then the rest: two people of one household are two identities.

    Canonical caseless matching (Unicode 3.13, D145), since envelopes are often written in capitals. A line may end
    with a break, a comma or a semicolon; full stops and repeated blanks do not count.
    """
    lines = address.replace("\r\n", "\n").replace("\r", "\n")
    _refuse_control_characters(lines.replace("\n", " "))
    folded = unicodedata.normalize("NFC", unicodedata.normalize("NFD", _without_marks(lines)).casefold())
    parts = [" ".join(part.replace(".", " ").split()) for part in _LINE_ENDS.split(folded)]
    name, *rest = [part for part in parts if part] or [""]
    if not rest:
        raise InvalidAddress(Fault.ADDRESSEE)
    identity = f"{name}, {' '.join(rest)}"
    if len(identity) > LONGEST:
        raise InvalidAddress(Fault.TOO_LONG)
    return identity


def _lowered(text: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).lower())


def _without_marks(text: str) -> str:
    """Without invisible format characters: numbers copied from an address book come wrapped in them."""
    return "".join(character for character in text if unicodedata.category(character) != "Cf")


def _refuse_control_characters(text: str) -> None:
    """Cc (NUL, CR, LF, …), surrogates, unassigned, and the line and paragraph separators, which end header lines."""
    if any(unicodedata.category(character) in {"Cc", "Cs", "Cn", "Zl", "Zp"} for character in text):
        raise InvalidAddress(Fault.CONTROL_CHARACTER)
