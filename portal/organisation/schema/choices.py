"""What people choose: purposes with their lawful basis, topics, the contexts an address comes from, forms."""

from __future__ import annotations

from pydantic import Field

from portal.organisation.schema.table import Promise, Table
from portal.organisation.schema.values import Code, Line, SomeTime, Words
from portal.organisation.schema.vocabulary import (
    About,
    Asks,
    Basis,
    ChannelName,
    Happens,
    OptOutEnds,
    PersonalAddresses,
    PurposeKind,
    Treatment,
)


class BasisChange(Table):
    """How people already subscribed are treated when this version changes the purpose's basis."""

    from_: Basis = Field(alias="from")
    """The basis it had before."""
    treatment: Treatment
    """`keep` them, `stop` for them, or `ask_again`."""


class Purpose(Promise):
    """What data are used for, and the lawful basis (Articles 5(1)(b) and 6)."""

    title: Words
    """The purpose in a few words."""
    sentence: Words
    """The purpose in one sentence to the person."""
    basis: Basis
    """The lawful basis."""
    alternatives: tuple[Basis, ...] = ()
    """Other bases the policy names for the same purpose, where it depends on the case."""
    kind: PurposeKind
    """`marketing`, `notice` (own switch, survives "stop all marketing"), `service` or `internal`."""
    data: tuple[Code, ...] = Field(min_length=1)
    """The data categories used."""
    interest: Words | None = None
    """The legitimate interest pursued (Article 13(1)(d)); required for that basis."""
    obligation: Words | None = None
    """The legal obligation; required for that basis."""
    soft_opt_in: bool = False
    """Whether the soft opt-in of PECR reg. 22(3) may stand in for consent by e-mail and text."""
    profiling: bool = False
    """Whether it evaluates people (Article 4(4)); an objection to marketing ends it."""
    special_categories: bool = False
    """Whether it uses data of Article 9; needs explicit consent."""
    basis_change: BasisChange | None = None
    """Needed once, in the version that changes the basis under subscribed people."""


class TopicEntry(Promise):
    """Something a person can receive, chosen channel by channel. Nothing is ever chosen for them."""

    title: Words
    """Its name on the pages."""
    sentence: Words
    """What it is, in one sentence."""
    wording: Words
    """The words beside its box: a yes in the person's voice."""
    refusal: Words | None = None
    """The words of a "no thanks" box; required where marketing rests on legitimate interests."""
    purpose: Code
    """The purpose it belongs to, of kind `marketing` or `notice`."""
    channels: tuple[ChannelName, ...] = Field(min_length=1)
    """Ways it may come: `email`, `sms`, `phone`, `post`."""
    frequency: Words | None = None
    """How often it comes."""
    about: About = About.OWN
    """`own` products, or those of `partners`, which need consent."""
    confirmation: bool = True
    """Whether a yes counts only once confirmed by a mail to the address."""
    comes_with: tuple[Code, ...] = ()
    """For a notice that no consent is asked for: the contexts whose people get it until they switch it off."""


class Context(Promise):
    """A situation in which addresses become known, and what may follow from it."""

    title: Words
    """The situation in a few words."""
    sentence: Words | None = None
    """What people are told there."""
    marketing: bool
    """Whether an address known only from here may be marketed to, where a basis allows it."""
    only_for: Code | None = None
    """The single purpose it may serve, where it may serve no other."""
    public: bool = False
    """Whether what people write there can be read by everybody."""
    kept: bool = True
    """Whether addresses from here are kept at all, or used once and forgotten."""
    opt_out_ends: OptOutEnds = OptOutEnds.MARKETING
    """How far an opt-out of people from here reaches."""


class ServiceMail(Table):
    """A kind of mail that is always sent, listed on the preference page without a switch."""

    title: Words
    """Its name."""
    sentence: Words
    """Why it has no switch."""


class Marketing(Promise):
    """Rules for all marketing."""

    sentence: Words
    """How the organisation goes about marketing, to the person."""
    personal_addresses: PersonalAddresses
    """Whether private addresses need `consent` whatever the basis, or the `basis` decides."""
    company_opt_out_covers_people: bool
    """Whether a company that opted out covers everybody who works there."""
    opt_out_is_for_ever: bool = True
    """Whether an opt-out holds until the person's own later yes, never until a date."""
    minimum_age: int | None = Field(default=None, ge=1, le=21)
    """The age below which nobody is marketed to."""
    stop_all_page: bool = True
    """Whether one page stops all marketing at once."""
    link_in_every_mail: bool = True
    """Whether every marketing mail carries its own way out."""
    screen_calls: bool = True
    """Whether numbers are checked against TPS and CTPS before a call (PECR reg. 21)."""
    settings_title: Words | None = None
    """What the account's page of choices is called."""


class Children(Promise):
    """What happens with data of children."""

    sentence: Words
    """The rule, to the person."""
    parental_consent_below: int | None = Field(default=None, ge=1, le=18)
    """The age below which a parent or guardian is asked before anything is sent."""
    remove_below: int | None = Field(default=None, ge=1, le=21)
    """The age below which details are removed when discovered; then no parental route opens."""
    declaration: Words | None = None
    """The words of the box that asks for the age, without a date of birth."""
    requests_minimum_age: int | None = Field(default=None, ge=1, le=18)
    """The age below which rights requests are not taken from the child alone; normally none."""


class CollectionForm(Promise):
    """A form that collects data, and what it asks and records."""

    title: Words
    """The form's name."""
    sentence: Words
    """What people get for filling it in, and what is done with it."""
    context: Code
    """The context its addresses come from."""
    source: Code
    """The source recorded for them."""
    data: tuple[Code, ...] = Field(min_length=1)
    """The data categories it asks for."""
    topics: tuple[Code, ...] = ()
    """The topics it offers; no box is ticked beforehand."""
    asks: Asks = Asks.CONSENT
    """Whether its boxes ask for a yes (`consent`), offer a "no thanks" (`refusal`), or there is none (`nothing`)."""
    records_untaken: bool = False
    """Whether an offered choice that was not taken is recorded too."""
    gates: Words | None = None
    """What the form opens: a datasheet, a video, a seat at an event."""


class Telling(Promise):
    """Telling people whose data came from somebody else (Article 14)."""

    sentence: Words
    """What they are told."""
    at_first_contact: bool
    """Whether they are told with the first message they get."""
    within: SomeTime
    """The latest moment, counted from when the data came."""
    assistants: bool = False
    """Whether an assistant whom somebody named is told who named them."""


class Profile(Promise):
    """The profile a person can see and correct."""

    sentence: Words
    """What stands there."""
    data: tuple[Code, ...] = Field(min_length=1)
    """The data categories it shows, each field to be corrected there."""
    assistant: bool = False
    """Whether a person can name an assistant to whom work is delegated."""
    managed_in_account: bool = True
    """Whether people can change it themselves at any time."""


class AutomatedDecisions(Promise):
    """Decisions without a human (Article 22; UK Articles 22A to 22D)."""

    happens: Happens
    """`never`, `possible` or `always`."""
    sentence: Words
    """What is decided, and how a person gets a human to look."""


class Reports(Promise):
    """Figures that are shared or published, in which nobody can be recognised."""

    sentence: Words
    """What the figures are for."""
    shared: bool
    """Whether others get them."""
    fewest_people: int = Field(ge=2, le=1_000)
    """The smallest number of people a figure may stand for."""


class Collection(Promise):
    """How purposes are told when data are collected."""

    sentence: Words
    """When data are collected, and what people are told then."""
    new_purpose_needs_consent: bool
    """Whether an incompatible further use waits for consent."""
    least_data: bool = True
    """Whether only what the purpose needs is asked for."""
    occasions: tuple[Line, ...] = Field(min_length=1)
    """The occasions on which data are collected."""
