"""Two records found to be one person: their decisions are joined, and parted again when that was a mistake.

Called by ``portal.subjects.merging`` in its transaction, with every record concerned locked.
"""

from __future__ import annotations

from typing import Any

from consent.ledger import projection
from consent.ledger.judgement import reach_of
from consent.ledger.models import Event
from consent.ledger.vocabulary import Actor, Decision, Method, ObjectKind
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.subjects.models import Merge, Subject


def join(merge: Merge) -> None:
    """Write the merge into both histories, and join what they add up to, the more protective winning."""
    current = versions.current()
    topics = _topics(merge, current.organisation)
    _write(merge, Decision.MERGED, current.id, topics=topics)
    projection.rebuild(merge.survivor_id)


def part(merge: Merge) -> None:
    """Write that the merge was undone, and replay everybody it had reached."""
    _write(merge, Decision.UNMERGED, versions.current().id)
    for person in (merge.absorbed_id, *_line(merge.survivor)):
        projection.rebuild(person)


def _write(merge: Merge, decision: Decision, version: int, **details: Any) -> None:
    pairs = ((merge.survivor_id, merge.absorbed_id, True), (merge.absorbed_id, merge.survivor_id, False))
    Event.objects.bulk_create(
        Event(
            subject_id=about,
            kind=ObjectKind.MARKETING,
            decision=decision,
            organisation_version_id=version,
            method=Method.SYSTEM,
            actor=Actor.SYSTEM,
            details={"merge": merge.pk, "other": str(other), "kept": kept, **details},
        )
        for about, other, kept in pairs
    )


def _topics(merge: Merge, organisation: Organisation) -> dict[str, list[Any]]:
    """For each topic either side said yes to: its purpose, and whether it is marketing, as the file says today."""
    cells = {**projection.cells_of(merge.survivor_id), **projection.cells_of(merge.absorbed_id)}
    return {key.code: list(reach_of(organisation, key.code)) for key in cells if key.kind == ObjectKind.TOPIC}


def _line(person: Subject) -> list[Any]:
    """This record, the one it was merged into since, and so on."""
    line = [person.pk]
    while person.merged_into_id is not None:
        person = Subject.objects.get(pk=person.merged_into_id)
        line.append(person.pk)
    return line
