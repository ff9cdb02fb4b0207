"""Who makes the promises, under which law, and how it looks and writes."""

from __future__ import annotations

from pydantic import Field

from portal.organisation.schema.table import Promise, Table
from portal.organisation.schema.values import (
    Colour,
    Country,
    Email,
    HolidayCalendar,
    Language,
    Line,
    SomeTime,
    TimeZone,
    Website,
    Words,
)
from portal.organisation.schema.vocabulary import PartyRole, RequestsOf, Statute


class Controller(Promise):
    """The controller (Article 4(7)), as named in every notice and mail."""

    legal_name: Line
    """Its full legal name."""
    address: tuple[Line, ...] = ()
    """Its postal address, line by line, where the policy gives one."""
    email: Email
    """Where questions about personal data go."""
    website: Website
    """Its own site."""
    company_number: Line | None = None
    """Its number in the company register."""
    registered_in: Line | None = None
    """The register or country it is registered in."""
    group: Line | None = None
    """The group of companies it belongs to."""
    parent: Line | None = None
    """Its parent company."""
    registered_with_authority: bool = False
    """Whether it is in the supervisory authority's register of fee payers."""


class Role(Promise):
    """One group of people and what the organisation is to their data: controller or processor."""

    title: Words
    """The people, in a few words."""
    role: PartyRole
    """`controller` or `processor`."""
    sentence: Words
    """What that means for them."""
    on_instruction_of: Words | None = None
    """Whose written instructions are followed; a processor must say."""
    requests: RequestsOf = RequestsOf.ANSWER
    """`answer` their requests here, or `pass_on` to the controller, and record that."""


class Law(Promise):
    """The law it is under, and the place whose days and holidays count."""

    statute: Statute
    """`uk` or `eu`: which law fixes the deadlines."""
    country: Country
    """ISO 3166 code of the country whose law applies."""
    time_zone: TimeZone
    """IANA name; all dates people read are dates there."""
    calendar: HolidayCalendar
    """Holidays that move a statutory deadline: a country, or a country and a part of it."""
    languages: tuple[Language, ...] = Field(min_length=1)
    """Languages its texts are written in; the first is the one every text has."""


class Authority(Promise):
    """The supervisory authority people may complain to (Article 13(2)(d))."""

    name: Words
    """Its name."""
    address: tuple[Line, ...] = Field(min_length=1)
    """Its postal address, line by line."""
    website: Website
    """Where a complaint is made."""
    phone: Line | None = None
    """Its helpline."""
    sentence: Words
    """How a person complains, and whether the organisation asks to be told first."""
    asks_to_hear_first: bool = False
    """Whether the organisation asks people to come to it before the authority; nobody has to."""


class Look(Table):
    """All an organisation gives to the look of the pages."""

    brand: Colour
    """Its colour, `#rrggbb`; any colour is readable, the style sheet sees to that."""


class Mail(Promise):
    """How its mails are signed. Service mail has a sender of its own, so that a filter may tell them apart."""

    sender_name: Line
    """The name mails come from."""
    marketing_address: Email
    """The From address of marketing and notices."""
    service_address: Email
    """The From address of service, security and rights mails."""
    reply_to: Email
    """Where answers go."""
    list_domain: Line = Field(pattern=r"^[a-z0-9.-]+\.[a-z]{2,}$")
    """The domain of List-Id (RFC 2919)."""
    layered_notice: bool = True
    """Whether every mail ends in a short privacy notice that leads to the whole one."""
    confirmation_link: SomeTime
    """How long a confirmation link works; afterwards an unconfirmed address is forgotten."""
    preference_link: SomeTime
    """How long a preference link in a mail works."""
