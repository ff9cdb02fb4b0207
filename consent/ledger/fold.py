"""What events add up to. Pure and total: any sequence of events folds, and the same events always fold to the same.

A cell is one object on one channel. Events apply in order of their ids, which are compared across cells and people:
a yes outranks a stop only if it is the person's own, proved, and has the greater id.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from consent.ledger.vocabulary import ALL_MARKETING, EVERY_CHANNEL, HOOKED, STOPS, Decision, Key, ObjectKind


@dataclass(frozen=True, slots=True)
class Entry:
    """The part of an event that folds. ``on`` is when it occurred, UTC, for people to read; it orders nothing."""

    id: int
    key: Key
    decision: str
    on: datetime
    own: bool = False
    proved: bool = False
    basis: str = ""
    text: str = ""
    until: datetime | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    version: int = 0


@dataclass(frozen=True, slots=True)
class Stop:
    """A stop and the event that made it."""

    id: int
    on: datetime
    decision: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """A yes. ``id`` is its rank against stops: the id of the yes itself, never that of its later confirmation."""

    id: int
    on: datetime
    own: bool
    basis: str = ""
    text: str = ""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Established:
    """A recorded basis other than consent, with its source and conditions."""

    id: int
    on: datetime
    basis: str
    details: Mapping[str, Any]
    version: int = 0


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing until then."""

    id: int
    until: datetime


@dataclass(frozen=True, slots=True)
class Mark:
    """An event and its date."""

    id: int
    on: datetime
    decision: str


@dataclass(frozen=True, slots=True)
class Cell:
    """What is known about one object on one channel."""

    stop: Stop | None = None
    consent: Grant | None = None
    pending: Grant | None = None
    established: Established | None = None
    pause: Pause | None = None
    lapsed: Mark | None = None
    last: Mark | None = None

    @property
    def stopped(self) -> bool:
        """Whether the latest word here was a stop; a stop takes consent away, so that none can stand beside it."""
        return self.stop is not None and (self.consent is None or not outranks(self.consent, self.stop.id))


NEVER: Final = -1
"""The position of a stop that was never made. Suppressions taken over before the first event lie at 0."""

EMPTY = Cell()
Cells = dict[Key, Cell]
Streams = Callable[[UUID], Sequence[Entry]]


def outranks(grant: Grant, position: int) -> bool:
    """Whether this confirmed yes lifts a stop made at ``position``: only the person's own later one does."""
    return grant.own and grant.id > position


def covering(topic: str, purpose: str, channel: str, *, marketing: bool) -> tuple[Key, ...]:
    """The cells whose stop or pause reaches a topic on a channel, widest first. Notices have only their own."""
    wide = (ALL_MARKETING, Key(ObjectKind.MARKETING.value, "", channel)) if marketing else ()
    return (
        *wide,
        Key(ObjectKind.PURPOSE.value, purpose, EVERY_CHANNEL),
        Key(ObjectKind.PURPOSE.value, purpose, channel),
        Key(ObjectKind.TOPIC.value, topic, EVERY_CHANNEL),
        Key(ObjectKind.TOPIC.value, topic, channel),
    )


def latest_stop(cells: Mapping[Key, Cell], keys: Iterable[Key]) -> tuple[Key, Stop] | None:
    """The youngest stop among these cells, and where it stands."""
    found: tuple[Key, Stop] | None = None
    for key in keys:
        cell = cells.get(key)
        if cell is not None and cell.stop is not None and (found is None or cell.stop.id > found[1].id):
            found = key, cell.stop
    return found


def running_pause(cells: Mapping[Key, Cell], keys: Iterable[Key], now: datetime) -> Pause | None:
    """The pause among these cells that ends last, if it has not ended at ``now`` (aware)."""
    pauses = [cell.pause for key in keys if (cell := cells.get(key)) and cell.pause]
    last = max(pauses, key=lambda pause: pause.until, default=None)
    return last if last is not None and last.until > now else None


def apply(cell: Cell, entry: Entry) -> Cell:
    """The cell after one more event about it. What has no effect leaves all but ``last`` as it was."""
    effect = _EFFECTS.get(entry.decision)
    changed = effect(cell, entry) if effect else cell
    return cell if changed is cell else replace(changed, last=Mark(entry.id, entry.on, entry.decision))


def _stopped(cell: Cell, entry: Entry) -> Cell:
    stop = Stop(entry.id, entry.on, entry.decision, entry.text)
    return replace(cell, stop=stop, consent=None, pending=None, lapsed=None)


def _granted(cell: Cell, entry: Entry) -> Cell:
    grant = Grant(entry.id, entry.on, entry.own, entry.basis, entry.text, entry.version)
    if not entry.own and (cell.stopped or cell.consent is not None):
        return cell  # second-hand news neither lifts a stop nor replaces a yes that counts
    if not entry.own and not entry.proved and cell.pending is not None and cell.pending.own:
        return cell
    if entry.proved:
        return replace(cell, consent=grant, pending=None, lapsed=None)
    return replace(cell, pending=grant)


def _confirmed(cell: Cell, entry: Entry) -> Cell:
    """Only the person confirms, and only a yes that no stop has followed. ``details["grant"]`` names which yes."""
    if cell.pending is None or not (entry.own and entry.proved):
        return cell
    rank = entry.details.get("grant") or cell.pending.id
    if rank > cell.pending.id or (cell.stop is not None and rank < cell.stop.id):
        return cell
    text = entry.text or cell.pending.text
    consent = replace(cell.pending, id=rank, on=entry.on, own=True, text=text)
    return replace(cell, consent=consent, pending=None, lapsed=None)


def _lapsed(cell: Cell, entry: Entry) -> Cell:
    if cell.consent is None and cell.pending is None:
        return cell
    return replace(cell, consent=None, pending=None, lapsed=Mark(entry.id, entry.on, entry.decision))


def _established(cell: Cell, entry: Entry) -> Cell:
    return replace(cell, established=Established(entry.id, entry.on, entry.basis, dict(entry.details), entry.version))


def _paused(cell: Cell, entry: Entry) -> Cell:
    """Anybody may ask for a longer rest; only the person, proved, makes one shorter."""
    if entry.until is None:
        return cell
    if cell.pause is not None and entry.until < cell.pause.until and not (entry.own and entry.proved):
        return cell
    return replace(cell, pause=Pause(entry.id, entry.until))


def _resumed(cell: Cell, entry: Entry) -> Cell:
    return replace(cell, pause=None) if cell.pause is not None and entry.own and entry.proved else cell


_EFFECTS: dict[str, Callable[[Cell, Entry], Cell]] = {
    **dict.fromkeys(STOPS, _stopped),
    Decision.GRANTED: _granted,
    Decision.CONFIRMED: _confirmed,
    Decision.LAPSED: _lapsed,
    Decision.ESTABLISHED: _established,
    Decision.PAUSED: _paused,
    Decision.RESUMED: _resumed,
}


def same_meaning(one: Cell, other: Cell) -> bool:
    """Whether two cells say the same in the same words; when and by which event does not count."""
    return _meaning(one) == _meaning(other)


def _meaning(cell: Cell) -> tuple[Any, ...]:
    return (
        cell.stop and (cell.stop.decision, cell.stop.text),
        cell.consent and (cell.consent.own, cell.consent.basis, cell.consent.text),
        cell.pending and (cell.pending.own, cell.pending.basis, cell.pending.text),
        cell.established and (cell.established.basis, dict(cell.established.details)),
        cell.pause and cell.pause.until,
        cell.lapsed is not None,
    )


def join(kept: Cells, absorbed: Cells, merge: Entry) -> Cells:
    """Both people's cells as one person's, the more protective winning; later own acts count from the merge on.

    A yes of one side survives only if the other side would not have been stopped there: otherwise a stop takes its
    place, at the position of the merge. ``merge.details["topics"]`` says, as the organisation file did at that
    moment, for each topic its purpose and whether it is marketing. Cells in which the absorbed had a word carry the
    merge as their latest event: what is said there next is written even if it changes nothing, or it would be lost
    when the merge is undone.
    """
    taken = Mark(merge.id, merge.on, merge.decision)
    joined = {key: _combined(kept.get(key, EMPTY), absorbed.get(key, EMPTY)) for key in {*kept, *absorbed}}
    for key, cell in joined.items():
        if cell.consent is None and cell.pending is None:
            continue
        for giving, other in ((kept, absorbed), (absorbed, kept)):
            given = giving.get(key, EMPTY)
            stop = _standing_stop(other, key, merge.details.get("topics", {}))
            if stop is not None and (given.consent is not None or given.pending is not None):
                placed = replace(stop, id=merge.id, on=merge.on)
                joined[key] = replace(cell, stop=placed, consent=None, pending=None, last=taken)
    return {key: replace(cell, last=taken) if key in absorbed else cell for key, cell in joined.items()}


def _combined(one: Cell, other: Cell) -> Cell:
    def later(name: str) -> Any:
        parts = [part for part in (getattr(one, name), getattr(other, name)) if part is not None]
        # The person's own yes goes before second-hand news of one: it alone can stand against a stop.
        return max(parts, key=lambda part: (getattr(part, "own", True), part.id), default=None)

    pauses = [cell.pause for cell in (one, other) if cell.pause is not None]
    return Cell(
        stop=later("stop"),
        consent=later("consent"),
        pending=later("pending"),
        established=later("established"),
        pause=max(pauses, key=lambda pause: (pause.until, pause.id), default=None),
        lapsed=later("lapsed"),
        last=later("last"),
    )


def _standing_stop(cells: Cells, key: Key, topics: Mapping[str, Sequence[Any]]) -> Stop | None:
    """The stop that holds on this side for ``key``, if none of this side's own later yes lifted it."""
    keys: tuple[Key, ...] = (Key(key.kind, key.code, EVERY_CHANNEL), key)
    if key.kind == ObjectKind.TOPIC:
        purpose, marketing = topics.get(key.code, ("", True))
        keys = covering(key.code, purpose, key.channel, marketing=marketing)
    found = latest_stop(cells, keys)
    own = cells.get(key, EMPTY).consent
    if found is None or (own is not None and outranks(own, found[1].id)):
        return None
    return found[1]


def replay(subject: UUID, streams: Streams, before: int | None = None) -> Cells:
    """The cells of ``subject`` from events alone, as they were before the event with id ``before``.

    ``streams`` gives anybody's events in order of id. A merge that was undone is as if it had never been, also in
    what was joined to others since: who was kept has their own state with all that came later; who was absorbed has
    theirs, and of the other's later events the stops, never a yes, since nobody can tell which of the two acted.
    """
    entries = streams(subject)
    merges = {entry.details["merge"]: entry.id for entry in entries if entry.decision == Decision.MERGED}
    undone = {entry.details["merge"] for entry in entries if entry.decision == Decision.UNMERGED}
    cells: Cells = {}
    for entry in entries:
        if before is not None and entry.id >= before:
            break
        if entry.decision not in HOOKED:
            put(cells, entry)
        elif entry.decision == Decision.MERGED and entry.details["kept"] and entry.details["merge"] not in undone:
            cells = join(cells, replay(UUID(entry.details["other"]), streams, entry.id), entry)
        elif entry.decision == Decision.UNMERGED and not entry.details["kept"]:
            for later in stops_spoken(UUID(entry.details["other"]), streams, merges[entry.details["merge"]], entry.id):
                put(cells, later)
    return cells


def stops_spoken(subject: UUID, streams: Streams, after: int, before: int) -> list[Entry]:
    """Stops recorded on ``subject`` between two positions, or on whoever they were merged into meanwhile."""
    found = []
    for entry in streams(subject):
        if not after < entry.id < before:
            continue
        if entry.decision in STOPS:
            found.append(entry)
        elif entry.decision == Decision.MERGED and not entry.details["kept"]:
            merge = entry.details["merge"]
            parted = (e.id for e in streams(subject) if e.decision == Decision.UNMERGED and e.details["merge"] == merge)
            until = min(before, next(parted, before))
            found += stops_spoken(UUID(entry.details["other"]), streams, entry.id, until)
    return sorted(found, key=lambda entry: entry.id)


def put(cells: Cells, entry: Entry) -> None:
    """Let one event take effect on its cell, in place; a cell nothing ever happened to is not kept."""
    cell = apply(cells.get(entry.key, EMPTY), entry)
    if cell != EMPTY:
        cells[entry.key] = cell
