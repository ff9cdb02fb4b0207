"""What must hold, said a second way: for one topic on one channel, in plain yes and no, without positions or cells.

The product compares ids of events across cells and people. This goes through each person's diary in order and keeps
four flags. Where both agree on every step of a random life, neither is likely to be wrong alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Merge:
    """One record absorbed another."""

    at: int
    survivor: UUID
    absorbed: UUID
    undone_at: int | None = None


@dataclass(frozen=True)
class Line:
    """One line of a diary. ``family``: every record that was one person with this one when it was written."""

    at: int
    word: str
    topics: frozenset[str] = frozenset()
    family: frozenset[UUID] = frozenset()
    merge: Merge | None = None
    scope: str = ""


@dataclass
class Flags:
    """How one topic stands for one person."""

    blocked: bool = False
    ever_stopped: bool = False
    yes: int = 0
    listed: bool = False
    asked: int = 0
    asked_themselves: bool = False
    established: bool = False
    rests: set[str] = field(default_factory=set)


class Oracle:
    """The diaries of everybody."""

    def __init__(self) -> None:
        self.now = 0
        self.diary: dict[UUID, list[Line]] = {}
        self.merges: list[Merge] = []

    def write(self, person: UUID, word: str, topics: set[str], scope: str = "") -> None:
        self.now += 1
        if word.startswith("list"):
            # What a list says leaves no trace where there is more to go by already.
            topics = {topic for topic in topics if self._is_news(word, self.flags(person, topic))}
        line = Line(self.now, word, frozenset(topics), frozenset(self.family(person)), scope=scope)
        self.diary.setdefault(person, []).append(line)

    def _is_news(self, word: str, flags: Flags) -> bool:
        waiting = word == "list unconfirmed" and bool(flags.asked) and flags.asked_themselves
        return not (flags.blocked or flags.yes or flags.listed or waiting)

    def family(self, person: UUID) -> set[UUID]:
        members = {person}
        for merge in self.merges:
            if merge.undone_at is None and merge.survivor == person:
                members |= self.family(merge.absorbed)
        return members

    def merge(self, survivor: UUID, absorbed: UUID) -> Merge:
        self.now += 1
        merge = Merge(self.now, survivor, absorbed)
        self.merges.append(merge)
        self.diary.setdefault(survivor, []).append(Line(self.now, "took in", merge=merge))
        return merge

    def part(self, merge: Merge) -> None:
        self.now += 1
        merge.undone_at = self.now
        self.diary.setdefault(merge.absorbed, []).append(Line(self.now, "came free", merge=merge))

    def flags(self, person: UUID, topic: str, before: int | None = None) -> Flags:
        """How ``topic`` stood for this record before a moment, or stands now."""
        flags = Flags()
        for line in self.diary.get(person, []):
            if before is not None and line.at >= before:
                break
            if line.word == "took in" and line.merge and line.merge.undone_at is None:
                self._take_in(flags, self.flags(line.merge.absorbed, topic, line.at))
            elif line.word == "came free" and line.merge:
                for stop in self._stops_meanwhile(line.merge):
                    self._write_down(flags, stop, topic)
            else:
                self._write_down(flags, line, topic)
        return flags

    def _stops_meanwhile(self, merge: Merge) -> list[Line]:
        lines = {line for diary in self.diary.values() for line in diary if line.word == "stop"}
        until = merge.undone_at or self.now
        return sorted(
            (line for line in lines if merge.absorbed in line.family and merge.at < line.at < until),
            key=lambda line: line.at,
        )

    def _write_down(self, flags: Flags, line: Line, topic: str) -> None:  # noqa: C901  # a list of words, one line each
        if topic not in line.topics:
            return
        match line.word:
            case "stop":
                flags.blocked = flags.ever_stopped = True
                flags.yes, flags.listed, flags.asked = 0, False, 0
            case "yes":
                flags.blocked, flags.yes, flags.asked, flags.listed = False, line.at, 0, False
            case "ask":
                flags.asked, flags.asked_themselves = line.at, True
            case "confirm" if flags.asked:
                # Their own yes may be younger than what was asked of a record that was taken in.
                flags.blocked, flags.yes, flags.asked, flags.listed = False, max(flags.yes, flags.asked), 0, False
            case "list" if not flags.blocked and not flags.yes:
                flags.listed, flags.asked = True, 0 if not flags.listed else flags.asked
            case "list unconfirmed" if self._is_news(line.word, flags):
                flags.asked, flags.asked_themselves = line.at, False
            case "lapse" if flags.yes or flags.listed or flags.asked:
                flags.yes, flags.listed, flags.asked = 0, False, 0
                flags.blocked = flags.ever_stopped
            case "establish":
                flags.established = True
            case "rest":
                flags.rests.add(line.scope)
            case "go on":
                flags.rests.discard(line.scope)

    def _take_in(self, flags: Flags, other: Flags) -> None:
        given, others = flags.yes or flags.listed or flags.asked, other.yes or other.listed or other.asked
        if (given and other.blocked) or (others and flags.blocked):
            flags.yes, flags.listed, flags.asked, flags.blocked = 0, False, 0, True
        else:
            flags.blocked = flags.blocked or other.blocked
            flags.yes = max(flags.yes, other.yes)
            flags.listed = not flags.yes and (flags.listed or other.listed)
            flags.asked_themselves = any(each.asked and each.asked_themselves for each in (flags, other))
            flags.asked = max(flags.asked, other.asked)
        flags.ever_stopped = flags.ever_stopped or other.ever_stopped or flags.blocked
        flags.established = flags.established or other.established
        flags.rests |= other.rests
