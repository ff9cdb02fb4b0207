"""What is owed to people and to the authority: rights, notices, the breach register."""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import Field

from portal.organisation.schema.table import Promise, Table
from portal.organisation.schema.values import Code, Email, Line, PartialDate, SomeTime, Website, Words
from portal.organisation.schema.vocabulary import DateMeans, MailOnChange, NoticeKind, RightName


class Right(Promise):
    """One right, as this organisation keeps it."""

    title: Words
    """The right in plain words: what the person asks for."""
    sentence: Words
    """What happens then."""
    response: SomeTime | None = None
    """Its own time for an answer, where it differs from the general one."""
    in_writing: bool = False
    """Whether the policy asks for it in writing; a request made otherwise is taken all the same."""
    to_others: bool = False
    """Portability: whether the data go to a provider whom the person names."""


class Identity(Promise):
    """How a person shows who they are, and only where there is doubt (Article 12(6))."""

    sentence: Words
    """What is asked, and when."""
    documents: tuple[Line, ...] = ()
    """Documents the policy permits; without any, none may be asked for."""
    certified: bool = False
    """Whether copies may have to be certified."""
    by_post: bool = False
    """Whether they arrive by post, so that staff record what came."""


class Rights(Promise):
    """Rights requests: how soon they are answered, and what each right means here."""

    response: SomeTime
    """The organisation's own promise, counted from the day after receipt and never rolled."""
    withholding: Words
    """When a part of the answer may be withheld."""
    identity: Identity
    """How identity is shown."""
    offered: Mapping[RightName, Right]
    """Each right, by its name; none that the law gives may be missing."""


class Change(Table):
    """A line of a notice's list of changes."""

    date: PartialDate
    """When it changed."""
    sentence: Words
    """What changed, for the reader."""


class Notice(Promise):
    """A published notice or policy."""

    title: Words
    """Its title."""
    kind: NoticeKind
    """`privacy`, `cookies` or `contract`."""
    date: PartialDate | None = None
    """The date printed on it, as exact as it is printed; without one it is shown as undated."""
    date_means: DateMeans = DateMeans.LAST_UPDATED
    """What the date says: `in_force`, `last_updated` or `released`."""
    sentence: Words
    """What it covers."""
    url: Website | None = None
    """Where the whole text stands: pages lead there. Without it they say whom to ask for the text."""
    download: bool = False
    """Whether it can be downloaded."""
    changes: tuple[Change, ...] = ()
    """What changed, newest first."""


class NoticeChanges(Promise):
    """How people learn that a notice changed."""

    sentence: Words
    """The rule, to the person."""
    change_list: bool
    """Whether changes are listed by date."""
    mail_significant: MailOnChange
    """Whether significant changes are mailed to registered people: `never`, `may`, `always`."""
    consent_where_required: bool
    """Whether consent is sought where the law requires it."""


class Criterion(Promise):
    """A sign by which a breach is judged."""

    sentence: Words
    """The sign."""
    people: int | None = Field(default=None, ge=1)
    """The number of people affected from which it applies."""


class Breach(Promise):
    """Personal-data breaches (Articles 33 and 34)."""

    report_within: SomeTime
    """The time to tell the authority, in elapsed hours from becoming aware."""
    sentence: Words
    """What the organisation does, to the person."""
    serious: Mapping[Code, Criterion] = Field(default_factory=dict)
    """Signs of a serious breach. They may raise severity and never lower it."""
    not_reportable: Mapping[Code, Criterion] = Field(default_factory=dict)
    """Cases that are recorded and not reported."""
    records_all: bool = True
    """Whether every breach is recorded, the unreported ones with the reason."""
    people_can_report: bool = False
    """Whether a person can tell the organisation at once that their data may be compromised."""
    report_to: Email
    """Where such a report goes."""
