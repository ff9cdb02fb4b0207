"""What one person receives, as the preference page shows it: purposes, topics, a switch for each way, and why.

Whether a switch stands on is decided in ``switches``; here it gets its words.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from consent.ledger.fold import Cells, running_pause
from consent.ledger.models import Event, Text
from consent.ledger.rules import Answer
from consent.ledger.vocabulary import ALL_MARKETING, Key, ObjectKind
from consent.preferences import catalogue, sentences, switches
from consent.preferences.forms import LONGEST_PAUSE
from portal.database import database_now
from portal.organisation.schema import Organisation, PurposeKind, TopicEntry
from portal.organisation.versions import Current
from portal.subjects.models import Channel, Subject

Answers = Mapping[str, Answer]


@dataclass(frozen=True)
class Switch:
    """One cell of the table. ``locked``: by a link, what is off cannot be switched on."""

    name: str
    channel: str
    label: str
    offered: bool
    on: bool = False
    locked: bool = False


@dataclass(frozen=True)
class Row:
    """One topic."""

    code: str
    title: str
    sentence: str
    hints: tuple[str, ...]
    words_label: str
    words: tuple[str, ...]
    cells: tuple[Switch, ...]


@dataclass(frozen=True)
class Column:
    """One way to be reached."""

    channel: str
    label: str


@dataclass(frozen=True)
class Section:
    """One purpose."""

    code: str
    title: str
    note: str
    our_choice: bool
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class ServiceLine:
    """Something that is always sent."""

    title: str
    sentence: str


@dataclass(frozen=True)
class Overview:
    """The whole page. Dates are days where the organisation is."""

    sections: tuple[Section, ...]
    always_sent: tuple[ServiceLine, ...]
    version: int
    organisation_version: int
    switched_on: tuple[str, ...]
    stopped_since: str
    paused_until: str
    pause_day: date | None
    out_of_reach: str
    can_pause: bool
    tomorrow: date
    longest_pause: date

    @property
    def our_choice(self) -> bool:
        """Whether anything on the page is marked as the controller's own choice."""
        return any(section.our_choice for section in self.sections)


def of(person: Subject, current: Current, *, last_event: int, only_takes: bool) -> Overview:
    """The page of one person, whose latest event in the ledger is ``last_event``.

    ``only_takes``: for the holder of a link, who sees no history and switches nothing on.
    """
    organisation = current.organisation
    board = switches.board(person, current)
    page = _Page(organisation, board.answers, board.cells, board.channels, only_takes)
    if not only_takes:
        page = replace(page, words=_words(board.cells), events=_events(board.answers))
    on = tuple(switch for switch in switches.names(organisation) if switch in board.on)
    day = sentences.local(board.now, organisation).date()
    return Overview(
        sections=tuple(page.sections()),
        always_sent=tuple(
            ServiceLine(str(mail.title), str(mail.sentence)) for mail in organisation.service_mails.values()
        ),
        version=last_event,
        organisation_version=current.id,
        switched_on=on,
        stopped_since=page.stopped_since(on),
        paused_until=page.paused_until(on, board.now),
        pause_day=page.pause_day(on, board.now),
        out_of_reach=page.out_of_reach(),
        can_pause=any(catalogue.is_marketing(organisation, switches.parts(switch)[0]) for switch in on),
        tomorrow=day + timedelta(days=1),
        longest_pause=day + LONGEST_PAUSE,
    )


def today(organisation: Organisation) -> date:
    """The day it is where the organisation is."""
    return sentences.local(database_now(), organisation).date()


def words_of(digest: str) -> tuple[str, ...]:
    """The words kept under a digest, if there are any."""
    return tuple(Text.objects.filter(pk=digest).values_list("body", flat=True)) if digest else ()


def _events(answers: Answers) -> dict[int, Event]:
    """The events behind the answers, by id."""
    return Event.objects.in_bulk({answer.event_id for answer in answers.values() if answer.event_id})


def _words(cells: Cells) -> dict[str, str]:
    """The words behind every yes and stop of this person, by digest."""
    digests = {part.text for cell in cells.values() for part in (cell.consent, cell.stop, cell.pending) if part}
    return dict(Text.objects.filter(pk__in=digests - {""}).values_list("digest", "body"))


_NEVER_ASKED = frozenset({"no-basis", "personal-address", "channel-law", "notice-not-asked"})
"""Rules that say no for want of a yes: all are one sentence to somebody who may give it here."""


@dataclass(frozen=True)
class _Page:
    """What sections are made of."""

    organisation: Organisation
    answers: Answers
    cells: Cells
    reach: frozenset[str]
    only_takes: bool
    words: Mapping[str, str] = field(default_factory=dict)
    events: Mapping[int, Event] = field(default_factory=dict)

    def sections(self) -> Iterator[Section]:
        for code, purpose in self.organisation.purposes.items():
            topics = list(catalogue.topics_of(self.organisation, code))
            if topics:
                columns = tuple(self._columns())
                rows = tuple(self._row(topic, entry, columns) for topic, entry in topics)
                ours = purpose.our_choice("basis")
                yield Section(code, str(purpose.title), catalogue.note(purpose), ours, columns, rows)

    def _columns(self) -> Iterator[Column]:
        """The same columns in every table, so that they stand under one another: the ways the person is reached."""
        for channel in self._used():
            if channel in self.reach or channel == Channel.EMAIL:
                yield Column(channel, str(sentences.COLUMNS[channel]))

    def _used(self) -> list[str]:
        used = {channel for topic in self.organisation.topics.values() for channel in topic.channels}
        return [channel for channel in Channel.values if channel in used]

    def out_of_reach(self) -> str:
        """What is not known of the person, and so cannot be chosen; empty where all ways are known."""
        unknown = [str(sentences.ADDRESSES[channel]) for channel in self._used() if channel not in self.reach]
        if not unknown:
            return ""
        return _("We have %(addresses)s of yours, so nothing can come that way.") % {
            "addresses": sentences.listed(unknown)
        }

    def _row(self, code: str, topic: TopicEntry, columns: Iterable[Column]) -> Row:
        cells = tuple(self._switch(code, topic, column) for column in columns)
        shown = catalogue.shown(code, topic)
        agreed = self._agreed(code, topic)
        return Row(
            code=code,
            title=shown.title,
            sentence=shown.sentence,
            hints=tuple(self._hints(code, topic, shown.frequency)),
            words_label=_("Words shown") if agreed else _("The words of a yes"),
            words=agreed or (() if self.only_takes else (shown.wording,)),
            cells=cells,
        )

    def _switch(self, code: str, topic: TopicEntry, column: Column) -> Switch:
        on = switches.is_on(self.answers.get(switches.name(code, column.channel)))
        return Switch(
            name=switches.name(code, column.channel),
            channel=column.channel,
            label=column.label,
            offered=column.channel in topic.channels and column.channel in self.reach,
            on=on,
            locked=self.only_takes and not on,
        )

    def _agreed(self, code: str, topic: TopicEntry) -> tuple[str, ...]:
        """The words of the person's own yes, once each."""
        found = (self.cells.get(Key(ObjectKind.TOPIC, code, channel)) for channel in topic.channels)
        digests = dict.fromkeys(cell.consent.text for cell in found if cell is not None and cell.consent is not None)
        return tuple(self.words[digest] for digest in digests if digest in self.words)

    def _hints(self, code: str, topic: TopicEntry, frequency: str) -> Iterator[str]:
        """How often, and for each way why it is on or off; what is said of all ways alike is said once."""
        if frequency:
            yield frequency
        reasons: dict[str, list[str]] = {}
        for channel in topic.channels:
            answer = self.answers.get(switches.name(code, channel))
            if answer is not None:
                reasons.setdefault(self._reason(answer), []).append(channel)
        for reason, channels in reasons.items():
            yield reason if len(reasons) == 1 else f"{sentences.way(channels)}: {reason}"

    def _reason(self, answer: Answer) -> str:
        """Why a switch is on or off; for the person themselves with how it came about."""
        event = self.events.get(answer.event_id)
        if answer.rule in _NEVER_ASKED:
            return _("You have not asked for this, so nothing comes.")
        if event is None or answer.since is None or answer.rule not in {"consent", "notice-switch", "stopped-here"}:
            return answer.reason
        said = {"day": sentences.day(answer.since, self.organisation), "how": event.get_method_display()}
        if not answer.allowed:
            return _("You said no on %(day)s, %(how)s, so nothing comes.") % said
        if event.proved:
            return _("You said yes on %(day)s, %(how)s.") % said
        return _("You said yes on %(day)s, %(how)s, and confirmed it by mail.") % said

    def stopped_since(self, on: Iterable[str]) -> str:
        """The day of “stop all marketing”, if nothing that is marketing was switched on again since."""
        cell = self.cells.get(ALL_MARKETING)
        if cell is None or cell.stop is None or self._marketing(on):
            return ""
        return sentences.day(cell.stop.on, self.organisation)

    def _marketing(self, on: Iterable[str]) -> bool:
        return any(catalogue.is_marketing(self.organisation, switches.parts(switch)[0]) for switch in on)

    def paused_until(self, on: Iterable[str], now: datetime) -> str:
        """The day a pause of all marketing ends, in words, if one is running and holds anything back."""
        pause = running_pause(self.cells, [ALL_MARKETING], now)
        return sentences.weekday(pause.until, self.organisation) if pause and self._marketing(on) else ""

    def pause_day(self, on: Iterable[str], now: datetime) -> date | None:
        """The same day, for the field that holds it."""
        pause = running_pause(self.cells, [ALL_MARKETING], now)
        return sentences.local(pause.until, self.organisation).date() if pause and self._marketing(on) else None


def marketing_titles(organisation: Organisation) -> list[str]:
    """The titles of all topics that “stop all marketing” ends."""
    kinds = {code: purpose.kind for code, purpose in organisation.purposes.items()}
    return [str(topic.title) for topic in organisation.topics.values() if kinds[topic.purpose] is PurposeKind.MARKETING]


def notice_titles(organisation: Organisation) -> list[str]:
    """The titles of the topics that have only their own switch."""
    kinds = {code: purpose.kind for code, purpose in organisation.purposes.items()}
    return [str(topic.title) for topic in organisation.topics.values() if kinds[topic.purpose] is PurposeKind.NOTICE]
