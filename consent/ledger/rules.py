"""May we contact this person about this topic on this channel now? Rules asked in order; the first decides.

A pause is asked last, and only of a yes: a no says what would come, or not, were there no pause, and nobody is told
that something rests which they never asked for. What may be sent is the same.

Nothing here knows a database: all that counts is in :class:`Facts`, :class:`Question` and the organisation file. The
same function answers for one mail, for a list, for staff, and for "why did I get this?".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from consent.ledger.fold import EMPTY, NEVER, Cell, Established, Grant, covering, outranks, running_pause
from consent.ledger.reasons import phrase
from consent.ledger.vocabulary import Key, ObjectKind
from portal.organisation.schema import (
    About,
    Basis,
    Context,
    OptOutEnds,
    Organisation,
    PersonalAddresses,
    PurposeKind,
    Statute,
)
from portal.outbox.kinds import Category
from portal.subjects import suppression
from portal.subjects.models import AddressKind, Channel, SubscriberKind

SCREENED_FOR: Final = timedelta(days=28)
"""How long a check of a number against TPS and CTPS holds (PECR reg. 21(3))."""

ALWAYS_SENT: Final = frozenset({Category.RIGHTS, Category.SECURITY, Category.BREACH, Category.CONFIRMATION})
_WRITTEN: Final = frozenset({Channel.EMAIL.value, Channel.SMS.value})
_ALL_MARKETING: Final = frozenset({suppression.MARKETING})
_SALES: Final = frozenset({"sale", "negotiation"})


@dataclass(frozen=True, slots=True)
class Suppressed:
    """A stop at the address itself. ``company`` says that it is the company's, not the person's."""

    scope: str
    position: int
    on: datetime
    company: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known about one person at one address. Times are UTC; ``now`` is the database's clock."""

    channel: str
    now: datetime
    address_kind: str = AddressKind.UNKNOWN.value
    subscriber_kind: str = SubscriberKind.UNKNOWN.value
    contexts: tuple[str, ...] = ()
    retired_at: datetime | None = None
    erased_at: datetime | None = None
    restricted_at: datetime | None = None
    under_age: bool = False
    cells: Mapping[Key, Cell] = field(default_factory=dict)
    suppressed: tuple[Suppressed, ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """Yes or no, and the rule that said so.

    ``since`` is when the thing that decided happened (UTC), ``event_id`` the event behind it (0: none), ``text`` the
    digest of the wording agreed to, ``until`` the end of a pause. Dates are read in ``zone``, the organisation's.
    """

    allowed: bool
    rule: str
    since: datetime | None = None
    event_id: int = 0
    text: str = ""
    until: datetime | None = None
    zone: tzinfo = UTC

    @property
    def reason(self) -> str:
        """The rule as a sentence to the person, with its dates, in the active language."""
        return phrase(self.rule, self.allowed, since=self._day(self.since), until=self._day(self.until))

    def _day(self, moment: datetime | None) -> date | None:
        return None if moment is None else moment.astimezone(self.zone).date()


class Question:
    """A category of mail and its topic, under one organisation file: prepared once, asked of many addresses.

    ``dropped`` are the bases that a version of the file gave up for the topic's purpose without keeping those who
    were subscribed on them: pairs of the version's id and the basis.
    """

    def __init__(
        self, organisation: Organisation, category: str, topic: str = "", dropped: tuple[tuple[int, str], ...] = ()
    ) -> None:
        self.organisation = organisation
        self.category = Category(category)
        self.topic = topic
        self.dropped = dropped
        self.zone = ZoneInfo(str(organisation.law.time_zone))
        self.entry = organisation.topics.get(topic)
        self.purpose = organisation.purposes[self.entry.purpose] if self.entry else None
        # The file says what a topic is: calling a newsletter a service message does not make it one.
        self.is_notice = self.purpose is not None and self.purpose.kind is PurposeKind.NOTICE
        self.scopes = frozenset({suppression.topic_scope(topic), *([] if self.is_notice else [suppression.MARKETING])})
        self.stops = {channel: self._covering(channel) for channel in Channel.values}
        self.own_key = {channel: Key(ObjectKind.TOPIC.value, topic, channel) for channel in Channel.values}
        self.ended_by = {channel: covering("", "", channel, marketing=True)[:2] for channel in Channel.values}

    def _covering(self, channel: str) -> tuple[Key, ...]:
        purpose = self.entry.purpose if self.entry else ""
        return covering(self.topic, purpose, channel, marketing=not self.is_notice)

    def yes(self, rule: str, since: datetime | None = None, event_id: int = 0, text: str = "") -> Answer:
        """An answer in the organisation's time zone."""
        return Answer(True, rule, since, event_id, text, zone=self.zone)

    def no(self, rule: str, since: datetime | None = None, event_id: int = 0, until: datetime | None = None) -> Answer:
        """An answer in the organisation's time zone."""
        return Answer(False, rule, since, event_id, until=until, zone=self.zone)


Rule = Callable[[Facts, Question], Answer | None]


def decide(facts: Facts, question: Question) -> Answer:
    """The answer of the first rule that has one; where none has, the answer is no. A pause turns a yes into a no."""
    answer = without_pause(facts, question)
    if answer.allowed and answer.rule != "always-sent":
        return resting(facts, question) or answer
    return answer


def without_pause(facts: Facts, question: Question) -> Answer:
    """The answer as it is once no pause runs: what a switch shows."""
    for rule in RULES:
        answer = rule(facts, question)
        if answer is not None:
            return answer
    return other_basis(facts, question)


def nobody_there(facts: Facts, question: Question) -> Answer | None:
    """1. The person was erased, or gave this address up."""
    if facts.erased_at is not None:
        return question.no("erased", facts.erased_at)
    return question.no("address-given-up", facts.retired_at) if facts.retired_at is not None else None


def always_sent(facts: Facts, question: Question) -> Answer | None:
    """2. Rights, security, breach and confirmation mail go always; service mail too, unless it carries a topic.

    Where every context of the address says that an opt-out ends everything (an applicant's, say), it ends service
    mail as well.
    """
    if question.category in ALWAYS_SENT:
        return question.yes("always-sent")
    contexts = _contexts(facts, question)
    if contexts and all(context.opt_out_ends is OptOutEnds.EVERYTHING for context in contexts):
        stop = _latest_stop(facts, question.ended_by[facts.channel], _ALL_MARKETING)
        if stop.rule in {"stopped", "suppressed"}:
            return question.no("stopped-everything", stop.since, stop.event_id)
    return question.yes("always-sent") if question.category is Category.SERVICE and not question.topic else None


def offered(facts: Facts, question: Question) -> Answer | None:
    """Anything else is about a topic of the file, or it is nothing anybody chose."""
    if question.entry is None:
        return question.no("unknown-topic" if question.topic else "no-topic")
    return None if facts.channel in question.entry.channels else question.no("channel-not-offered")


def notice_switch(facts: Facts, question: Question) -> Answer | None:
    """3. Optional notices obey their own switch, and "stop all marketing" leaves it alone."""
    if not question.is_notice or question.purpose is None:
        return None
    stop = _latest_stop(facts, question.stops[facts.channel], question.scopes)
    grant = _grant(facts, question)
    if stop is not _NONE and not (grant and outranks(grant, stop.position)):
        return question.no("notice-switch", stop.since, stop.event_id)
    if grant:
        return question.yes("notice-switch", grant.on, grant.id, grant.text)
    # What nobody decided about comes only to those who joined what it belongs to: the forum, say.
    joined = question.entry is not None and not set(question.entry.comes_with).isdisjoint(facts.contexts)
    return question.yes("notice-on") if joined else question.no("notice-not-asked")


def protected(facts: Facts, question: Question) -> Answer | None:
    """4. Processing is restricted (Art. 18), or the person is under the age of the file."""
    if facts.restricted_at is not None:
        return question.no("restricted", facts.restricted_at)
    return question.no("under-age") if facts.under_age else None


def known_from(facts: Facts, question: Question) -> Answer | None:
    """5. The address is known only from where marketing, or this purpose, is forbidden; or nobody knows from where."""
    purpose = question.entry.purpose if question.entry else ""
    for context in _contexts(facts, question):
        if context.marketing and context.only_for in {None, purpose}:
            return None
    return question.no("context-forbids-marketing")


def stopped(facts: Facts, question: Question) -> Answer | None:
    """6. The latest of stop everything, stop here, suppression, and the person's own confirmed yes here decides."""
    stop = _latest_stop(facts, question.stops[facts.channel], question.scopes)
    if stop is _NONE:
        return None
    consent = _cell(facts, question).consent
    if consent is not None and outranks(consent, stop.position):
        return None
    return question.no(stop.rule, stop.since, stop.event_id)


def resting(facts: Facts, question: Question) -> Answer | None:
    """7. A pause that reaches this topic has not ended. Asked of a yes, once all else is settled."""
    last = running_pause(facts.cells, question.stops[facts.channel], facts.now)
    return question.no("paused", event_id=last.id, until=last.until) if last is not None else None


def consent(facts: Facts, question: Question) -> Answer | None:
    """9a. A yes that was given, confirmed where the file asks for it, has not lapsed, and whose basis still stands."""
    grant = _grant(facts, question)
    if grant is None:
        return None
    if _dropped(grant, question):
        return question.no("basis-changed", grant.on, grant.id)
    return question.yes("consent", grant.on, grant.id, grant.text)


def channel_law(facts: Facts, question: Question) -> Answer | None:
    """8. Without consent, the law of the channel: PECR reg. 21 for calls, reg. 22 for e-mail and texts."""
    marketing = question.organisation.marketing
    if question.purpose is None or question.purpose.basis is Basis.CONSENT or _is_about_others(question):
        return _consent_missing(facts, question, "no-basis")
    if facts.address_kind != AddressKind.BUSINESS and marketing.personal_addresses is PersonalAddresses.CONSENT:
        return _consent_missing(facts, question, "personal-address")
    found = _established(facts, question)
    if found is None:
        return _consent_missing(facts, question, "no-basis")
    if _dropped(found, question):
        return question.no("basis-changed", found.on, found.id)
    if facts.channel in _WRITTEN and facts.subscriber_kind != SubscriberKind.CORPORATE:
        if question.purpose.soft_opt_in and _is_soft_opt_in(found):
            return question.yes("soft-opt-in", found.on, found.id)
        return question.no("channel-law", found.on, found.id)
    if facts.channel == Channel.PHONE and _must_screen(question) and not _is_screened(found, facts.now):
        return question.no("not-screened", found.on, found.id)
    return None


def other_basis(facts: Facts, question: Question) -> Answer:
    """9b. A recorded basis other than consent; :func:`channel_law` has seen that there is one and that it reaches."""
    found = _established(facts, question)
    return question.yes(found.basis.replace("_", "-"), found.on, found.id) if found else question.no("no-basis")


RULES: Final[tuple[Rule, ...]] = (
    nobody_there,
    always_sent,
    offered,
    notice_switch,
    protected,
    known_from,
    stopped,
    consent,
    channel_law,
)


def _cell(facts: Facts, question: Question) -> Cell:
    return facts.cells.get(question.own_key[facts.channel], EMPTY)


def _contexts(facts: Facts, question: Question) -> list[Context]:
    known = question.organisation.contexts
    return [known[code] for code in facts.contexts if code in known]


def _grant(facts: Facts, question: Question) -> Grant | None:
    cell = _cell(facts, question)
    if cell.consent is None and question.entry is not None and not question.entry.confirmation:
        return cell.pending
    return cell.consent


def _established(facts: Facts, question: Question) -> Established | None:
    """The latest basis recorded for the topic or its purpose, on this channel or on all."""
    keys = question.stops[facts.channel][-4:]
    found = [cell.established for key in keys if (cell := facts.cells.get(key)) and cell.established]
    return max(found, key=lambda established: established.id, default=None)


def _dropped(given: Grant | Established, question: Question) -> bool:
    return any(version > given.version and basis == given.basis for version, basis in question.dropped)


class _Stop(NamedTuple):
    """The stop that counts: its position among events, and what it would answer."""

    position: int
    rule: str
    since: datetime | None
    event_id: int


_NONE: Final = _Stop(NEVER, "", None, 0)


def _latest_stop(facts: Facts, keys: tuple[Key, ...], scopes: frozenset[str]) -> _Stop:
    """The latest of the stops in these cells and of these suppressions. At one position the person's words go first."""
    latest = _NONE
    for key in keys:
        cell = facts.cells.get(key)
        if cell is not None and cell.stop is not None and cell.stop.id > latest.position:
            rule = "stopped" if key.kind == ObjectKind.MARKETING else "stopped-here"
            latest = _Stop(cell.stop.id, rule, cell.stop.on, cell.stop.id)
    for entry in facts.suppressed:
        if entry.scope in scopes and entry.position > latest.position:
            latest = _Stop(entry.position, "company-opted-out" if entry.company else "suppressed", entry.on, 0)
    return latest


def _consent_missing(facts: Facts, question: Question, otherwise: str) -> Answer:
    """Why there is no consent: it waits, it lapsed, or it never was."""
    cell = _cell(facts, question)
    if cell.pending is not None:
        return question.no("unconfirmed", cell.pending.on, cell.pending.id)
    if cell.lapsed is not None:
        return question.no("lapsed", cell.lapsed.on, cell.lapsed.id)
    return question.no(otherwise)


def _is_about_others(question: Question) -> bool:
    return question.entry is not None and question.entry.about is not About.OWN


def _is_soft_opt_in(found: Established) -> bool:
    """PECR reg. 22(3): got in a sale or its negotiation, for own similar products, a refusal offered there and then."""
    details: Mapping[str, Any] = found.details
    return (
        details.get("collected_in") in _SALES
        and details.get("similar_products") is True
        and details.get("refusal_offered") is True
    )


def _must_screen(question: Question) -> bool:
    return question.organisation.marketing.screen_calls or question.organisation.law.statute is Statute.UK


def _is_screened(found: Established, now: datetime) -> bool:
    try:
        screened = date.fromisoformat(str(found.details.get("screened_on")))
    except ValueError:
        return False
    return timedelta(0) <= now.date() - screened <= SCREENED_FOR
