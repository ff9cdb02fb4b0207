"""Whether a choice would change anything: what is repeated is dropped, what cannot count is reported. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from consent.ledger.fold import EMPTY, NEVER, Cells, Entry, Grant, apply, covering, latest_stop, outranks, same_meaning
from consent.ledger.vocabulary import EVERY_CHANNEL, STOPS, Decision, Key, ObjectKind
from portal.organisation.schema import Organisation, PurposeKind


class Verdict(StrEnum):
    """What becomes of a choice."""

    COUNTS = "counts"
    UNCHANGED = "unchanged"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Judge:
    """Knows the cells as they are, the organisation file, and how to ask where a topic is suppressed.

    ``suppressed_at(topic, channel)`` is the latest position of a suppression that reaches them, or NEVER; it costs
    queries and is asked only where the answer matters.
    """

    cells: Cells
    organisation: Organisation
    suppressed_at: Callable[[str, str], int]

    def __call__(self, entry: Entry) -> Verdict:
        """What recording this entry would come to."""
        if entry.decision in STOPS:
            return self._of_stop(entry)
        if entry.decision == Decision.GRANTED:
            return self._of_own_grant(entry) if entry.own else self._of_second_hand_grant(entry)
        if entry.decision == Decision.CONFIRMED:
            return self._of_confirmation(entry)
        return Verdict.UNCHANGED if self._same(entry) else Verdict.COUNTS

    def _same(self, entry: Entry) -> bool:
        """Whether the entry says what already holds, and this very record has said so itself."""
        cell = self.cells.get(entry.key, EMPTY)
        after = apply(cell, entry)
        taken_over = cell.last is not None and cell.last.decision == Decision.MERGED
        return after is cell or (same_meaning(after, cell) and not taken_over)

    def _of_stop(self, entry: Entry) -> Verdict:
        stop = self.cells.get(entry.key, EMPTY).stop
        # The same stop again is news if the person has said yes in between: it must outrank that yes.
        later_yes = stop is not None and any(grant.id > stop.id for grant in self._grants_under(entry.key))
        return Verdict.UNCHANGED if self._same(entry) and not later_yes else Verdict.COUNTS

    def _of_own_grant(self, entry: Entry) -> Verdict:
        if not self._same(entry):
            return Verdict.COUNTS
        cell = self.cells[entry.key]
        standing = cell.consent if entry.proved else cell.pending
        lifted = standing is not None and outranks(standing, self._stopped_at(entry.key))
        return Verdict.UNCHANGED if lifted else Verdict.COUNTS

    def _of_second_hand_grant(self, entry: Entry) -> Verdict:
        cell = self.cells.get(entry.key, EMPTY)
        stopped_at = self._stopped_at(entry.key)
        if stopped_at != NEVER and not (cell.consent is not None and outranks(cell.consent, stopped_at)):
            return Verdict.IGNORED
        return Verdict.UNCHANGED if self._same(entry) else Verdict.COUNTS

    def _of_confirmation(self, entry: Entry) -> Verdict:
        cell = self.cells.get(entry.key, EMPTY)
        after = apply(cell, entry)
        consent = after.consent
        if consent is None or not outranks(consent, self._stopped_at(entry.key)):
            return Verdict.IGNORED
        return Verdict.UNCHANGED if after is cell else Verdict.COUNTS

    def _stopped_at(self, key: Key) -> int:
        if key.kind != ObjectKind.TOPIC:
            found = latest_stop(self.cells, (key, Key(key.kind, key.code, EVERY_CHANNEL)))
            return found[1].id if found else NEVER
        purpose, marketing = reach_of(self.organisation, key.code)
        found = latest_stop(self.cells, covering(key.code, purpose, key.channel, marketing=marketing))
        return max(found[1].id if found else NEVER, self.suppressed_at(key.code, key.channel))

    def _grants_under(self, stop: Key) -> Iterator[Grant]:
        for key, cell in self.cells.items():
            if key == stop or (key.kind == ObjectKind.TOPIC and stop in self._reaching(key)):
                yield from (grant for grant in (cell.consent, cell.pending) if grant is not None)

    def _reaching(self, topic: Key) -> tuple[Key, ...]:
        purpose, marketing = reach_of(self.organisation, topic.code)
        return covering(topic.code, purpose, topic.channel, marketing=marketing)


def reach_of(organisation: Organisation, topic: str) -> tuple[str, bool]:
    """The purpose of a topic and whether marketing stops reach it; a topic that left the file counts as marketing."""
    entry = organisation.topics.get(topic)
    if entry is None:
        return "", True
    return entry.purpose, organisation.purposes[entry.purpose].kind is not PurposeKind.NOTICE
