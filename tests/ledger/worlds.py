"""Two worlds in which the same random lives are lived: the real one, with its database, and a fast one in memory.

The fast one is made of the same pure parts (judge, fold, replay, rules) and does by hand what the database does, so
that thousands of lives can be lived in the time of a few real ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID, uuid4

from django.db import transaction

from consent.ledger import projection
from consent.ledger.choices import Act, Choice, basis_of
from consent.ledger.fold import NEVER, Cells, Entry, put, replay
from consent.ledger.judgement import Judge, Verdict, reach_of
from consent.ledger.models import Event
from consent.ledger.permission import answers
from consent.ledger.record import record
from consent.ledger.rules import Answer, Facts, Question, Suppressed, decide
from consent.ledger.stops import scopes_of
from consent.ledger.vocabulary import ALL_MARKETING, STOPS, Decision, is_own
from portal.organisation.schema import Organisation
from portal.subjects import merging, suppression
from portal.subjects.models import ContactPoint, Merge, Subject
from tests.ledger.acting import reach

ONCE = datetime(2026, 3, 2, 10, tzinfo=UTC)
PEOPLE = 3


class World(Protocol):
    """Three people with an e-mail address each, known by their number."""

    def begin(self) -> None: ...
    def end(self) -> None: ...
    def speaker(self, who: int) -> UUID:
        """The record somebody's address hangs on now."""

    def say(self, who: int, choice: Choice, act: Act) -> None: ...
    def merge(self, kept: int, absorbed: int) -> Any: ...
    def part(self, merge: Any) -> None: ...
    def suppress(self, who: int, scope: str) -> None: ...
    def answers(self, who: int, topics: Iterable[str]) -> dict[str, Answer]: ...
    def check(self) -> None:
        """The state is what the events add up to, and making it again changes nothing."""


class DatabaseWorld:
    """The real one, rolled back at its end."""

    def begin(self) -> None:
        self.rolled_back = transaction.atomic()
        self.rolled_back.__enter__()
        self.points = [reach(f"person{n}@example.org", "website") for n in range(PEOPLE)]

    def end(self) -> None:
        transaction.set_rollback(True)
        self.rolled_back.__exit__(None, None, None)

    def _person(self, who: int) -> Subject:
        return ContactPoint.objects.select_related("subject").get(pk=self.points[who].pk).subject

    def speaker(self, who: int) -> UUID:
        return self._person(who).pk

    def say(self, who: int, choice: Choice, act: Act) -> None:
        record(self._person(who), [choice], act)

    def merge(self, kept: int, absorbed: int) -> Merge:
        return merging.merge(self._person(kept), self._person(absorbed))

    def part(self, merge: Merge) -> None:
        merging.undo(merge)

    def suppress(self, who: int, scope: str) -> None:
        last = Event.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        suppression.suppress(self.points[who], scope, last, "retention")

    def answers(self, who: int, topics: Iterable[str]) -> dict[str, Answer]:
        return answers(self.points[who], topics)

    def check(self) -> None:
        for person in Subject.objects.values_list("pk", flat=True):
            assert projection.cells_of(person) == projection.replayed(person)
        speaker = self.speaker(0)
        before = projection.cells_of(speaker)
        assert projection.rebuild(speaker) == before == projection.cells_of(speaker)


class MemoryWorld:
    """The fast one."""

    def __init__(self, organisation: Organisation) -> None:
        self.organisation = organisation

    def begin(self) -> None:
        people = [uuid4() for _n in range(PEOPLE)]
        self.last = 0
        self.owner = list(people)
        self.streams: dict[UUID, list[Entry]] = {person: [] for person in people}
        self.cells: dict[UUID, Cells] = {person: {} for person in people}
        self.suppressed: list[dict[str, int]] = [{} for _person in people]
        self.merges: list[dict[str, Any]] = []

    def end(self) -> None:
        pass

    def speaker(self, who: int) -> UUID:
        return self.owner[who]

    def say(self, who: int, choice: Choice, act: Act) -> None:
        person = self.owner[who]
        entry = Entry(
            self.last + 1,
            choice.key,
            str(choice.decision),
            ONCE,
            own=is_own(act.actor, act.method),
            proved=act.proved,
            basis=basis_of(choice, self.organisation),
            text=act.text.digest if act.text else "",
            until=choice.until,
            details=choice.details,
        )
        judge = Judge(self.cells[person], self.organisation, lambda topic, _channel: self._suppressed_at(person, topic))
        if judge(entry) is Verdict.COUNTS:
            self.last += 1
            self.streams[person].append(entry)
            put(self.cells[person], entry)
        if choice.decision in STOPS and choice.channel in {"", "email"}:
            stop = self.cells[person][choice.key].stop
            assert stop is not None
            for scope in scopes_of(choice.key, self.organisation):
                self._suppress(self._points_of(person), scope, stop.id)

    def _points_of(self, person: UUID) -> list[int]:
        return [n for n in range(PEOPLE) if self.owner[n] == person]

    def _suppress(self, points: list[int], scope: str, position: int) -> None:
        for n in points:
            self.suppressed[n][scope] = max(self.suppressed[n].get(scope, NEVER), position)

    def _suppressed_at(self, person: UUID, topic: str) -> int:
        scopes = (suppression.topic_scope(topic), suppression.MARKETING)
        found = [self.suppressed[n].get(scope, NEVER) for n in self._points_of(person) for scope in scopes]
        return max(found, default=NEVER)

    def suppress(self, who: int, scope: str) -> None:
        self._suppress([who], scope, self.last)

    def merge(self, kept: int, absorbed: int) -> dict[str, Any]:
        survivor, other = self.owner[kept], self.owner[absorbed]
        moved = self._points_of(other)
        merge = {"id": len(self.merges) + 1, "kept": survivor, "absorbed": other, "moved": moved, "in force": True}
        self.merges.append(merge)
        for n in moved:
            self.owner[n] = survivor
        codes = {key.code for person in (survivor, other) for key in self.cells[person] if key.kind == "topic"}
        topics = {code: list(reach_of(self.organisation, code)) for code in codes}
        self._write(merge, Decision.MERGED, topics)
        self._replay(survivor)
        return merge

    def part(self, merge: dict[str, Any]) -> None:
        line = [merge]
        while later := next((m for m in self.merges if m["in force"] and m["absorbed"] == line[-1]["kept"]), None):
            line.append(later)
        for n in merge["moved"]:
            if self.owner[n] == line[-1]["kept"]:
                self.owner[n] = merge["absorbed"]
        for later in line[1:]:
            later["moved"] = [n for n in later["moved"] if n not in merge["moved"]]
        merge["in force"] = False
        self._write(merge, Decision.UNMERGED, {})
        self._replay(merge["absorbed"])
        for each in line:
            self._replay(each["kept"])

    def _write(self, merge: dict[str, Any], decision: Decision, topics: dict[str, Any]) -> None:
        for about, other, kept in (("kept", "absorbed", True), ("absorbed", "kept", False)):
            self.last += 1
            details = {"merge": merge["id"], "other": str(merge[other]), "kept": kept, "topics": topics}
            self.streams[merge[about]].append(Entry(self.last, ALL_MARKETING, decision, ONCE, details=details))

    def _replay(self, person: UUID) -> None:
        self.cells[person] = replay(person, self.streams.__getitem__)

    def answers(self, who: int, topics: Iterable[str]) -> dict[str, Answer]:
        suppressed = tuple(Suppressed(scope, position, ONCE) for scope, position in self.suppressed[who].items())
        cells = self.cells[self.owner[who]]
        facts = Facts("email", ONCE, contexts=("website",), cells=cells, suppressed=suppressed)
        return {topic: decide(facts, Question(self.organisation, "marketing", topic)) for topic in topics}

    def check(self) -> None:
        for person, cells in self.cells.items():
            assert cells == replay(person, self.streams.__getitem__)
