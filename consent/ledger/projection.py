"""Between rows and the fold: events become entries, cells become states and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from consent.ledger.fold import EMPTY, Cell, Cells, Entry, Established, Grant, Mark, Pause, Stop, replay
from consent.ledger.models import Event, State
from consent.ledger.vocabulary import Key, is_own
from portal.database import Among, Compiled

ENTRY_FIELDS: Final = (
    "id", "subject_id", "kind", "code", "channel", "decision", "occurred_at", "actor", "method", "proved", "basis",
    "text_id", "until", "details", "organisation_version_id",
)  # fmt: skip
CELL_FIELDS: Final = (
    "stopped_id", "stopped_on", "stopped_decision", "stopped_text",
    "consent_id", "consent_on", "consent_own", "consent_basis", "consent_text", "consent_version",
    "pending_id", "pending_on", "pending_own", "pending_basis", "pending_text", "pending_version",
    "established_id", "established_on", "established_basis", "established_details", "established_version",
    "paused_id", "paused_until", "lapsed_id", "lapsed_on", "last_id", "last_on", "last_decision",
)  # fmt: skip
RULE_FIELDS: Final = CELL_FIELDS[:-3]
"""What the rules look at: all but the latest event, whose date alone costs a tenth of reading a page."""
KEY_FIELDS: Final = ("kind", "code", "channel")
_PARTS: Final = (
    ("stopped", "stop", ("on", "decision", "text")),
    ("consent", "consent", ("on", "own", "basis", "text", "version")),
    ("pending", "pending", ("on", "own", "basis", "text", "version")),
    ("established", "established", ("on", "basis", "details", "version")),
    ("paused", "pause", ("until",)),
    ("lapsed", "lapsed", ("on",)),
    ("last", "last", ("on", "decision")),
)


_CELLS_OF: Final = Compiled(lambda: State.objects.of([]).values_list(*KEY_FIELDS, *CELL_FIELDS))


def entry(event: Event) -> Entry:
    """The part of an event that folds."""
    return entry_of_row(tuple(getattr(event, name) for name in ENTRY_FIELDS))


def entry_of_row(row: tuple[Any, ...]) -> Entry:
    """The same from a row of ``ENTRY_FIELDS``."""
    id_, _subject, kind, code, channel, decision, on, actor, method, proved, basis, text, until, details, version = row
    own = is_own(actor, method)
    return Entry(id_, Key(kind, code, channel), decision, on, own, proved, basis, text or "", until, details, version)


def cell_of_row(row: Sequence[Any]) -> Cell:
    """A cell from the values of ``CELL_FIELDS``, or of ``RULE_FIELDS``."""
    (
        stop_id, stop_on, stop_decision, stop_text,
        consent_id, consent_on, consent_own, consent_basis, consent_text, consent_version,
        pending_id, pending_on, pending_own, pending_basis, pending_text, pending_version,
        established_id, established_on, established_basis, established_details, established_version,
        paused_id, paused_until, lapsed_id, lapsed_on, *last,
    ) = row  # fmt: skip
    return Cell(
        stop=Stop(stop_id, stop_on, stop_decision, stop_text) if stop_id else None,
        consent=Grant(consent_id, consent_on, consent_own, consent_basis, consent_text, consent_version)
        if consent_id
        else None,
        pending=Grant(pending_id, pending_on, pending_own, pending_basis, pending_text, pending_version)
        if pending_id
        else None,
        established=Established(
            established_id, established_on, established_basis, established_details, established_version
        )
        if established_id
        else None,
        pause=Pause(paused_id, paused_until) if paused_id else None,
        lapsed=Mark(lapsed_id, lapsed_on, "lapsed") if lapsed_id else None,
        last=Mark(*last) if last else None,
    )


def cells_of(subject: UUID) -> Cells:
    """The projected cells of one person, in one statement."""
    return {Key(*row[:3]): cell_of_row(row[3:]) for row in _CELLS_OF.rows(Among.param([subject]))}


def state(subject: UUID, key: Key, cell: Cell) -> State:
    """The row that stands for a cell."""
    columns: dict[str, Any] = dict(zip(KEY_FIELDS, key, strict=True))
    for prefix, name, parts in _PARTS:
        said = getattr(cell, name)
        if said is not None:
            columns |= {f"{prefix}_{part}": getattr(said, part) for part in ("id", *parts)}
    return State(subject_id=subject, **columns)


def store(subject: UUID, cells: Mapping[Key, Cell]) -> None:
    """Write these cells over what was there, in one statement. The caller holds the subject's lock."""
    State.objects.bulk_create(
        [state(subject, key, cell) for key, cell in cells.items()],
        update_conflicts=True,
        unique_fields=["subject", *KEY_FIELDS],
        update_fields=list(CELL_FIELDS),
    )


def rebuild(subject: UUID) -> Cells:
    """Replay one person's events and store what they add up to, forgetting what stood there."""
    cells = replayed(subject)
    State.objects.filter(subject_id=subject).delete()
    store(subject, cells)
    return cells


def replayed(subject: UUID, known: dict[UUID, list[Entry]] | None = None) -> Cells:
    """What the events of one person add up to, the state table not consulted. ``known`` spares reading them again."""
    streams = {} if known is None else known

    def stream(person: UUID) -> list[Entry]:
        if person not in streams:
            streams[person] = entries_of([person]).get(person, [])
        return streams[person]

    return {key: cell for key, cell in replay(subject, stream).items() if cell != EMPTY}


def entries_of(subjects: Iterable[UUID]) -> dict[UUID, list[Entry]]:
    """The entries of these people, each in the order in which they fold."""
    streams: dict[UUID, list[Entry]] = {}
    for row in Event.objects.about(subjects).oldest_first().values_list(*ENTRY_FIELDS):
        streams.setdefault(row[1], []).append(entry_of_row(row))
    return streams
