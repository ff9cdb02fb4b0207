"""Each rule of the clock as a sentence to the person, with its dates and where it comes from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext

from dsar.clock.happenings import About
from portal.organisation.schema import Statute
from portal.organisation.working_days import Calendar


class Rule(StrEnum):
    """What decided, by name. What each one says stands in SENTENCES, where it comes from in SOURCES."""

    RECEIVED = "received"
    LOCAL_DAY = "local-day"
    IDENTITY = "identity"
    AUTHORITY = "authority"
    FEE = "fee"
    FEE_MOVES_NOTHING = "fee-moves-nothing"
    CLARIFICATION_MOVES_NOTHING = "clarification-moves-nothing"
    ASKED_TOO_LATE = "asked-too-late"
    WAITING_FOR_IDENTITY = "waiting-for-identity"
    WAITING_FOR_AUTHORITY = "waiting-for-authority"
    WAITING_FOR_FEE = "waiting-for-fee"
    WAITING_FOR_CLARIFICATION = "waiting-for-clarification"
    NO_DATE_YET = "no-date-yet"
    STARTS = "starts"
    ANY_DAY_COUNTS = "any-day-counts"
    ONE_MONTH = "one-month"
    SHORT_MONTH = "short-month"
    CLOCK_STOOD_STILL = "clock-stood-still"
    DAYS_ADDED = "days-added"
    NEXT_WORKING_DAY = "next-working-day"
    EXTENDED = "extended"
    TOLD_TOO_LATE = "told-too-late"
    NOT_TOLD = "not-told"
    PROMISE = "promise"
    PROMISE_STOOD_STILL = "promise-stood-still"
    LAW_IS_EARLIER = "law-is-earlier"
    SUMMARY = "summary"
    COMPLAINT_RECEIVED = "complaint-received"
    COMPLAINT_ACKNOWLEDGED = "complaint-acknowledged"
    COMPLAINT_OUTCOME = "complaint-outcome"
    COMPLAINT_WITHOUT_DATE = "complaint-without-date"
    COMPLAINT_BEFORE_THE_LAW = "complaint-before-the-law"
    COMPLAINT_WAITS_FOR_NOTHING = "complaint-waits-for-nothing"
    COMPLAINT_SUMMARY = "complaint-summary"
    BREACH_KNOWN = "breach-known"
    BREACH_HOURS = "breach-hours"
    BREACH_CLOCK_CHANGE = "breach-clock-change"
    BREACH_PROMISE = "breach-promise"


MOVED: Final = {About.IDENTITY: Rule.IDENTITY, About.AUTHORITY: Rule.AUTHORITY, About.FEE: Rule.FEE}
IDLE: Final = {About.FEE: Rule.FEE_MOVES_NOTHING, About.CLARIFICATION: Rule.CLARIFICATION_MOVES_NOTHING}
WAITING: Final = {about: Rule(f"waiting-for-{about}") for about in About}
LATE: Final = Rule.ASKED_TOO_LATE

SENTENCES: Final[Mapping[Rule, Promise]] = {
    Rule.RECEIVED: _("Your request reached us on %(day)s."),
    Rule.LOCAL_DAY: _("That was the date in %(city)s when it came, and it is the one that counts."),
    Rule.IDENTITY: _("On %(asked)s we asked you to show who you are. What we asked for reached us on %(answered)s."),
    Rule.AUTHORITY: _(
        "On %(asked)s we asked for proof that one person may act for the other. It reached us on %(answered)s."
    ),
    Rule.FEE: _("On %(asked)s we asked for a fee. It was paid on %(answered)s."),
    Rule.FEE_MOVES_NOTHING: _("On %(asked)s we asked for a fee. That changes no date."),
    Rule.CLARIFICATION_MOVES_NOTHING: _("On %(asked)s we asked you what exactly you want. That changes no date."),
    Rule.ASKED_TOO_LATE: _(
        "On %(asked)s we asked you for something more. Our time had ended on %(due)s, so that gives us no new time."
    ),
    Rule.WAITING_FOR_IDENTITY: _("On %(asked)s we asked you to show who you are, and we do not have it yet."),
    Rule.WAITING_FOR_AUTHORITY: _(
        "On %(asked)s we asked for proof that one person may act for the other, and we do not have it yet."
    ),
    Rule.WAITING_FOR_FEE: _("On %(asked)s we asked for a fee, and it is not paid yet."),
    Rule.WAITING_FOR_CLARIFICATION: _(
        "On %(asked)s we asked you which information you want, and we do not have your answer yet."
    ),
    Rule.NO_DATE_YET: _("Until it reaches us the clock stands still. So there is no date yet."),
    Rule.STARTS: _("So our time starts on %(start)s, the day it arrived, not the day we checked it."),
    Rule.ANY_DAY_COUNTS: _("%(start)s counts although it is not a working day."),
    Rule.ONE_MONTH: _("The law gives us one month, to the same date in the next month: %(due)s."),
    Rule.SHORT_MONTH: _(
        "The law gives us one month. The next month has no such date, so its last day counts: %(due)s."
    ),
    Rule.CLOCK_STOOD_STILL: _("The days on which we waited to hear which information you want do not count: %(days)s."),
    Rule.DAYS_ADDED: _("With %(days)s added, that makes %(due)s."),
    Rule.NEXT_WORKING_DAY: _("%(days)s, so the law gives us until the next working day: %(due)s."),
    Rule.EXTENDED: _(
        "On %(told)s we told you that we need longer, and why. That was within the first month, which ended on "
        "%(ended)s. So the law gives us three months in all from %(start)s: to %(due)s."
    ),
    Rule.TOLD_TOO_LATE: _(
        "On %(told)s we told you that we need longer. The first month had ended on %(ended)s, so that gives us no "
        "more time."
    ),
    Rule.NOT_TOLD: _(
        "On %(decided)s we decided that we need longer, but we have not told you. Unless we do so by %(ended)s, it "
        "gives us no more time."
    ),
    Rule.PROMISE: _(
        "We promise an answer within %(period)s, counted from the next day: by %(due)s. No weekend, holiday or "
        "extension moves that date."
    ),
    Rule.PROMISE_STOOD_STILL: _("Only the time in which we waited for you is added to it: %(days)s."),
    Rule.LAW_IS_EARLIER: _("The law's date comes before our promise, so it is the one that holds: %(due)s."),
    Rule.SUMMARY: _("So: we promise an answer by %(promised)s, and the law allows until %(due)s."),
    Rule.COMPLAINT_RECEIVED: _("Your complaint reached us on %(day)s."),
    Rule.COMPLAINT_ACKNOWLEDGED: _(
        "The law gives us 30 days to tell you that we have it, counted from the next day: to %(due)s."
    ),
    Rule.COMPLAINT_OUTCOME: _(
        "We look into it at once, tell you how it goes, and tell you the outcome without undue delay. The law names "
        "no day for that."
    ),
    Rule.COMPLAINT_WITHOUT_DATE: _("The law names no day for answering a complaint made to us."),
    Rule.COMPLAINT_BEFORE_THE_LAW: _("For complaints that came before %(day)s the law names no day."),
    Rule.COMPLAINT_WAITS_FOR_NOTHING: _("On %(asked)s we asked you for something more. That changes no date."),
    Rule.COMPLAINT_SUMMARY: _("So: you hear by %(due)s that we have it, and we promise an answer by %(promised)s."),
    Rule.BREACH_KNOWN: _("We became aware of the breach on %(aware)s."),
    Rule.BREACH_HOURS: _(
        "The authority is told within 72 hours. Every hour counts, at night and at weekends too: to %(due)s."
    ),
    Rule.BREACH_CLOCK_CHANGE: _("The clocks change in between, so the hour on the clock is another one."),
    Rule.BREACH_PROMISE: _("Our own promise is %(period)s: to %(due)s."),
}

_UK: Final = Statute.UK
_EU: Final = Statute.EU
_MONTH_UK: Final = _("UK GDPR, Articles 12(3) and 12A(1)")
_ICO: Final = _("the Information Commissioner's guidance on time limits")
_PERIODS: Final = _("Regulation 1182/71, Article 3")
SOURCES: Final[Mapping[tuple[Rule, Statute], Promise | str]] = {
    (Rule.FEE_MOVES_NOTHING, _EU): _("GDPR, Article 12(3)"),
    (Rule.CLARIFICATION_MOVES_NOTHING, _UK): _("UK GDPR, Article 12A(5): only asking about a copy of data does"),
    (Rule.CLARIFICATION_MOVES_NOTHING, _EU): _("GDPR, Article 12(3)"),
    (Rule.STARTS, _UK): _("UK GDPR, Article 12A(2)"),
    (Rule.STARTS, _EU): _("EDPB Guidelines 01/2022, section 5.3"),
    (Rule.ANY_DAY_COUNTS, _UK): _ICO,
    (Rule.ANY_DAY_COUNTS, _EU): _PERIODS,
    (Rule.ONE_MONTH, _UK): _MONTH_UK,
    (Rule.ONE_MONTH, _EU): format_lazy("{}; {}", _("GDPR, Article 12(3)"), _PERIODS),
    (Rule.SHORT_MONTH, _UK): _MONTH_UK,
    (Rule.SHORT_MONTH, _EU): format_lazy("{}; {}", _("GDPR, Article 12(3)"), _PERIODS),
    (Rule.CLOCK_STOOD_STILL, _UK): _("UK GDPR, Article 12A(5)"),
    (Rule.NEXT_WORKING_DAY, _UK): _ICO,
    (Rule.NEXT_WORKING_DAY, _EU): _PERIODS,
    (Rule.EXTENDED, _UK): _("UK GDPR, Article 12A(3) and (4)"),
    (Rule.EXTENDED, _EU): _("GDPR, Article 12(3)"),
    (Rule.TOLD_TOO_LATE, _UK): _("UK GDPR, Article 12A(4)"),
    (Rule.TOLD_TOO_LATE, _EU): _("GDPR, Article 12(3)"),
    (Rule.NOT_TOLD, _UK): _("UK GDPR, Article 12A(4)"),
    (Rule.NOT_TOLD, _EU): _("GDPR, Article 12(3)"),
    (Rule.COMPLAINT_ACKNOWLEDGED, _UK): _("Data Protection Act 2018, section 164A(3)"),
    (Rule.COMPLAINT_OUTCOME, _UK): _("Data Protection Act 2018, section 164A(4)"),
    (Rule.BREACH_HOURS, _UK): _("UK GDPR, Article 33(1)"),
    (Rule.BREACH_HOURS, _EU): _("GDPR, Article 33(1)"),
}


@dataclass(frozen=True, slots=True)
class Tally:
    """A number of days, as a phrase."""

    days: int

    def __str__(self) -> str:
        return ngettext("%(number)d day", "%(number)d days", self.days) % {"number": self.days}


@dataclass(frozen=True, slots=True)
class Stretch:
    """Days in a row, by the first and the last, as a phrase."""

    first: date
    last: date

    def __str__(self) -> str:
        if self.first == self.last:
            return written(self.first)
        return _("%(first)s to %(last)s") % {"first": written(self.first), "last": written(self.last)}


@dataclass(frozen=True, slots=True)
class NotWorking:
    """Days in a row that are not working days, as the first half of a sentence that says so."""

    calendar: Calendar
    days: tuple[date, ...]

    def __str__(self) -> str:
        named = [
            f"{written(day)} ({name})" if (name := self.calendar.holiday(day)) else written(day) for day in self.days
        ]
        *before, last = named
        listed = _("%(days)s and %(last)s") % {"days": ", ".join(before), "last": last} if before else last
        sentence = ngettext(
            "%(days)s is not a working day in %(place)s", "%(days)s are not working days in %(place)s", len(named)
        )
        return sentence % {"days": listed, "place": self.calendar.place}


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was used, with what it was used on. As text it is a sentence in the active language."""

    rule: Rule
    facts: Mapping[str, object] = field(default_factory=dict)
    law: Statute | None = None

    def __str__(self) -> str:
        words = str(SENTENCES[self.rule]) % {name: written(fact) for name, fact in self.facts.items()}
        source = SOURCES.get((self.rule, self.law)) if self.law else None
        return f"{words.removesuffix('.')} ({source})." if source else words


def written(fact: object) -> str:
    """A moment with its weekday and clock, a day with its weekday, anything else as it is."""
    if isinstance(fact, datetime):
        return date_format(
            fact, pgettext("how a moment is written out, in the letters of Django's date filter", "l j F Y, H:i T")
        )
    if isinstance(fact, date):
        return date_format(fact, pgettext("how a date with its weekday is written out, likewise", "l j F Y"))
    return str(fact)
