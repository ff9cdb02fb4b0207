"""What is held, where it comes from, who receives it, and until when."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from portal.organisation.schema.table import Promise
from portal.organisation.schema.values import Code, Country, Email, Line, Period, SomeTime, Words
from portal.organisation.schema.vocabulary import (
    Basis,
    Happens,
    PartyRole,
    RetentionAction,
    RetentionStart,
    RightName,
    SpecialCategories,
)

PORTAL_RULES = (
    "contacts",
    "decisions",
    "circumstances",
    "mails",
    "accounts",
    "suppression",
    "requests",
    "identity_proofs",
    "breaches",
    "staff_log",
    "cookie_choices",
    "sessions",
    "unproved",
)
"""Retention rules every file states, because the portal itself holds such records."""

PORTAL_CATEGORIES = ("identity", "contact", "preferences", "account", "correspondence")
"""Data categories every file states, for the same reason."""


class DataCategory(Promise):
    """A category of personal data (Articles 14(1)(d) and 30(1)(c))."""

    title: Words
    """Its name."""
    sentence: Words
    """What it is, in one sentence."""
    fields: tuple[Line, ...] = Field(min_length=1)
    """The facts in it."""
    special: bool = False
    """Whether it is of the kinds in Article 9."""


class SpecialData(Promise):
    """Data of Article 9: health, beliefs, origin and the like."""

    held: SpecialCategories
    """`never`, with `explicit_consent`, or `explicit_consent_or_condition`."""
    sentence: Words
    """The rule, to the person."""


class Source(Promise):
    """Where data come from (Article 14(2)(f))."""

    title: Words
    """The source in a few words."""
    sentence: Words
    """What comes from there."""
    person: bool
    """Whether the person gave the data; if not, they are told (Article 14)."""
    public: bool = False
    """Whether everybody can read it."""
    basis: Basis | None = None
    """The lawful basis for using this source, where the policy names one."""


class Recipient(Promise):
    """Who receives data (Articles 13(1)(e) and 30(1)(d))."""

    title: Words
    """Who they are."""
    sentence: Words
    """What they get, and why."""
    role: PartyRole
    """`processor`, `controller`, `authority` or `public`."""
    agreement: bool = False
    """Whether a written agreement binds them."""
    told_of_changes: bool | None = None
    """Whether they are told of corrections, erasure and restriction (Article 19). Where not stated, a `processor` and a
    `controller` are; an authority is no recipient in an inquiry (Article 4(9)), and the public cannot be told."""
    carries_mail: bool = False
    """Whether they carry its mails, and so see addresses and what is written to them."""


class Sharing(Promise):
    """What is never done with data, and what may be."""

    sentence: Words
    """The rule, to the person."""
    sold: bool
    """Whether personal data are sold."""
    successor: bool = False
    """Whether a buyer of the business would receive them."""


class Transfers(Promise):
    """Transfers out of the country or the EEA (Chapter V; Article 13(1)(f))."""

    happens: Happens
    """`never`, `possible` or `always`."""
    sentence: Words
    """Where data go and how they are protected there."""
    countries: tuple[Country, ...] = ()
    """The countries, as far as they are known."""
    on_instruction_of: Words
    """On whose instruction data leave."""
    safeguards: Words
    """What protects them: an adequacy decision, standard clauses."""


class RetentionRule(Promise):
    """How long something is kept, counted from what, and what happens then (Articles 5(1)(e) and 13(2)(a))."""

    title: Words
    """What is kept."""
    data: tuple[Code, ...] = Field(min_length=1)
    """The data categories it covers."""
    period: Period
    """How long: "6 years", "90 days"."""
    from_: RetentionStart = Field(alias="from")
    """The event from which it runs."""
    action: RetentionAction
    """`delete`, `anonymise`, or `review` by a person."""
    reason: Words
    """Why that long."""
    owner: Line
    """Who answers for it."""
    up_to: bool = False
    """Whether the period is the longest, not the usual."""
    opt_out_restarts: bool = False
    """Whether the person's own opt-out counts as contact and starts the period anew."""
    by_contract: bool = False
    """Whether a contract may carry another period."""
    may_be_longer: Words | None = None
    """When it may be kept longer, and why."""


class Contract(Promise):
    """A contract that carries promises of its own."""

    title: Words
    """Its name."""
    retention: Mapping[Code, Period] = Field(default_factory=dict)
    """Its own period for a retention rule, by the rule's code."""
    notice: Code | None = None
    """Its own notice."""


class System(Promise):
    """Another system that holds data about the same people and answers with the portal."""

    title: Words
    """Its name."""
    sentence: Words
    """What it holds."""
    owner: Line
    """Who runs it."""
    email: Email
    """Where its owner gets tasks."""
    data: tuple[Code, ...] = Field(min_length=1)
    """The data categories in it."""
    answers: tuple[RightName, ...] = Field(min_length=1)
    """The rights for which it must be asked."""
    within: SomeTime
    """How long its owner has to answer; no longer than the person was promised."""
