"""The whole organisation file."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import ConfigDict, Field

from portal.organisation.schema.choices import (
    AutomatedDecisions,
    Children,
    Collection,
    CollectionForm,
    Context,
    Marketing,
    Profile,
    Purpose,
    Reports,
    ServiceMail,
    Telling,
    TopicEntry,
)
from portal.organisation.schema.cookies import Cookies
from portal.organisation.schema.data import (
    Contract,
    DataCategory,
    Recipient,
    RetentionRule,
    Sharing,
    Source,
    SpecialData,
    System,
    Transfers,
)
from portal.organisation.schema.duties import Breach, Notice, NoticeChanges, Rights
from portal.organisation.schema.table import Table
from portal.organisation.schema.values import Code, Line
from portal.organisation.schema.who import Authority, Controller, Law, Look, Mail, Role


class Organisation(Table):
    """What one controller promises. The order of tables is the order people see."""

    # Built with the import, inner tables included; later would be in some first request, in several threads at once.
    model_config = ConfigDict(defer_build=False)

    slug: Code
    """Its short name; one database serves one organisation."""
    name: Line
    """The name people know it by."""
    controller: Controller
    """Who it is."""
    roles: Mapping[Code, Role]
    """Whose data it holds for itself, and whose for others."""
    law: Law
    """The law it is under."""
    authority: Authority
    """The supervisory authority."""
    look: Look
    """Its colour."""
    mail: Mail
    """How it signs its mails."""
    purposes: Mapping[Code, Purpose] = Field(min_length=1)
    """What data are used for."""
    topics: Mapping[Code, TopicEntry] = Field(min_length=1)
    """What people can receive."""
    service_mails: Mapping[Code, ServiceMail] = Field(min_length=1)
    """Mails that are always sent."""
    marketing: Marketing
    """Rules for all marketing."""
    contexts: Mapping[Code, Context] = Field(min_length=1)
    """Situations in which addresses become known."""
    forms: Mapping[Code, CollectionForm] = Field(min_length=1)
    """Forms that collect data."""
    collection: Collection
    """What people are told when data are collected."""
    profile: Profile
    """What a person can see and correct."""
    children: Children
    """Data of children."""
    telling: Telling
    """People whose data came from somebody else."""
    automated_decisions: AutomatedDecisions
    """Decisions without a human."""
    reports: Reports
    """Figures nobody can be recognised in."""
    data_categories: Mapping[Code, DataCategory] = Field(min_length=1)
    """What is held."""
    special_data: SpecialData
    """Data of Article 9."""
    sources: Mapping[Code, Source] = Field(min_length=1)
    """Where data come from."""
    recipients: Mapping[Code, Recipient] = Field(min_length=1)
    """Who receives data."""
    sharing: Sharing
    """What is never done with data."""
    transfers: Transfers
    """Data that leave the country or the EEA."""
    retention: Mapping[Code, RetentionRule] = Field(min_length=1)
    """How long data are kept."""
    contracts: Mapping[Code, Contract] = Field(default_factory=dict)
    """Contracts with promises of their own."""
    systems: Mapping[Code, System] = Field(default_factory=dict)
    """Other systems that hold the same people's data."""
    rights: Rights
    """Rights requests."""
    notices: Mapping[Code, Notice] = Field(min_length=1)
    """Published notices; `privacy` is the main one."""
    notice_changes: NoticeChanges
    """How people learn of changes."""
    breach: Breach
    """The breach register."""
    cookies: Cookies
    """The cookie register."""
