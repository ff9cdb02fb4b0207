"""Does the ledger still say what it said? Replays it person by person, in pages, and compares.

What is found names rows by their ids and nothing else: these lines end in logs and tickets.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from consent.ledger import projection, texts
from consent.ledger.circumstances import Circumstances
from consent.ledger.fold import Cell, Cells
from consent.ledger.models import CircumstancesRecord, Event, State, Text
from consent.ledger.vocabulary import Key
from portal import append_only
from portal.database import locked
from portal.subjects.models import Subject

PAGE: Final = 500


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is not as it should be. ``subject`` is set where rebuilding that person's state would mend it."""

    what: str
    row: str
    subject: UUID | None = None

    def __str__(self) -> str:
        return f"{self.what}: {self.row}"


def differences() -> Iterator[Difference]:
    """Everything that is wrong, found in pages: memory stays flat however long the ledger is."""
    yield from (Difference("trigger missing, disabled or altered", name) for name in append_only.missing())
    yield from _altered_texts()
    yield from _altered_circumstances()
    for people in _pages():
        yield from _wrong_states(people)


def _pages() -> Iterator[list[UUID]]:
    people = Subject.objects.order_by("pk").values_list("pk", flat=True)
    page = list(people[:PAGE])
    while page:
        yield page
        page = list(people.filter(pk__gt=page[-1])[:PAGE])


def _wrong_states(people: Sequence[UUID]) -> Iterator[Difference]:
    streams = projection.entries_of(people)
    states = _states(people)
    known = {person: streams.get(person, []) for person in people}
    for person in people:
        stored = states.get(person, {})
        if (stored or known[person]) and projection.replayed(person, known) != stored:
            yield from _still_wrong(person)


def _still_wrong(person: UUID) -> Iterator[Difference]:
    """Somebody may have decided something between the two reads: look again, with the person locked."""
    with transaction.atomic():
        locked(Subject.objects.filter(pk=person)).get()
        wanted, stored = projection.replayed(person), _states([person]).get(person, {})
    for key in sorted(wanted.keys() | stored.keys()):
        if wanted.get(key) != stored.get(key):
            yield Difference("state differs from its events", _named(person, key), person)


def _named(person: UUID, key: Key) -> str:
    return " ".join([str(person), key.kind, key.code or "-", key.channel or "every-channel"])


def _states(people: Sequence[UUID]) -> Mapping[UUID, Cells]:
    found: dict[UUID, dict[Key, Cell]] = {}
    rows = State.objects.of(people).values_list("subject_id", *projection.KEY_FIELDS, *projection.CELL_FIELDS)
    for row in rows:
        found.setdefault(row[0], {})[Key(*row[1:4])] = projection.cell_of_row(row[4:])
    return found


def _altered_texts() -> Iterator[Difference]:
    for text in Text.objects.order_by("pk").iterator(PAGE):
        if texts.digest_of(text.language, text.body) != text.digest:
            yield Difference("wording does not match its digest", text.digest)


def _altered_circumstances() -> Iterator[Difference]:
    """Rows that were deleted are gone by right; one that is there must be what its events were sealed with."""
    page: list[CircumstancesRecord] = []
    for row in CircumstancesRecord.objects.order_by("pk").iterator(PAGE):
        seen = Circumstances(ip=row.ip, user_agent=row.user_agent, path=row.path, staff=row.staff)
        if seen.digest(row.nonce) != row.digest:
            yield Difference("circumstances do not match their digest", row.digest)
        page.append(row)
        if len(page) == PAGE:
            yield from _belonging_nowhere(page)
            page = []
    yield from _belonging_nowhere(page)


def _belonging_nowhere(page: Sequence[CircumstancesRecord]) -> Iterator[Difference]:
    sealed = Event.objects.about({row.subject_id for row in page}).sealed_with(row.pk for row in page)
    known = set(sealed.values_list("circumstances_digest", flat=True))
    yield from (Difference("circumstances of no event", row.pk) for row in page if row.pk not in known)
