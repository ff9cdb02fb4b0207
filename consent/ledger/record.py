"""The one door to the ledger: every decision about a person is written by :func:`record`.

All of one act is one transaction under the subject's lock: the events, what they add up to, and the suppressions
that keep a stop obeyed at the address itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from consent.ledger import projection, texts
from consent.ledger.choices import Act, Choice, Conditions, Recorded, basis_of, check, fingerprint
from consent.ledger.circumstances import Circumstances, new_nonce
from consent.ledger.errors import SubjectErased
from consent.ledger.fold import Cells, Entry, put
from consent.ledger.judgement import Judge, Verdict
from consent.ledger.models import CircumstancesRecord, Event, IdempotencyKey
from consent.ledger.stops import Reach, keep_obeyed
from consent.ledger.texts import Shown
from consent.ledger.vocabulary import STOPS, Key, is_own
from portal.database import Among, ClockTimestamp, Compiled, locked
from portal.organisation import versions
from portal.organisation.schema import Organisation
from portal.organisation.versions import Current
from portal.subjects.flows import resolve
from portal.subjects.models import Subject

__all__ = ["Act", "Choice", "Circumstances", "Conditions", "Locked", "Recorded", "Shown", "locking", "record"]

_SUBJECT: Final = [field.attname for field in Subject._meta.concrete_fields]
_LOCKED: Final = Compiled(lambda: locked(Subject.objects.filter(pk__among=[])).values_list(*_SUBJECT))

NOT_YET_DRAWN: Final = 2**62
"""Greater than any id: stands for the ids that events will be given, while it is decided which are written."""


def record(subject: Subject, choices: Iterable[Choice], act: Act) -> Recorded:
    """Write what was decided about ``subject``, or about the person they were merged into.

    Raises :class:`~consent.ledger.errors.LedgerError` before anything is written if a choice cannot be recorded. What
    already holds, in the same words, is not written again; what cannot have an effect is reported as ignored. A key
    seen before gives the first outcome, unless the request differs or stops something.
    """
    with locking(subject) as person:
        return person.record(choices, act)


@dataclass(frozen=True)
class Locked:
    """A person whose record is locked until the transaction ends: what is read here stands, and is read once."""

    person: Subject
    current: Current

    @cached_property
    def cells(self) -> Cells:
        """What the events about this person add up to, those just recorded included."""
        return projection.cells_of(self.person.pk)

    @cached_property
    def reach(self) -> Reach:
        """The person's addresses, and the suppressions on them."""
        return Reach(self.person, self.current.organisation)

    def record(self, choices: Iterable[Choice], act: Act) -> Recorded:
        """As :func:`record`, for a page that has to look first and write then."""
        choices = list(choices)
        check(choices, act, self.current.organisation)
        first = _first_outcome(self.person, choices, act)
        if first is not None:
            return first
        fates = _fates(choices, act, Judge(dict(self.cells), self.current.organisation, self.reach.suppressed_at))
        counting = [choice for choice, fate in fates if fate is Verdict.COUNTS]
        events = _write(self.person, counting, act, self.current)
        _project(self.person, self.cells, events)
        keep_obeyed(self.reach, self.cells, [choice.key for choice in choices if choice.decision in STOPS])
        outcome = Recorded(
            events,
            unchanged=[choice for choice, fate in fates if fate is Verdict.UNCHANGED],
            ignored=[choice for choice, fate in fates if fate is Verdict.IGNORED],
        )
        _remember(self.person, choices, act, outcome)
        return outcome


@contextmanager
def locking(subject: Subject) -> Iterator[Locked]:
    """A transaction with the record that speaks for ``subject`` locked.

    Raises :class:`~consent.ledger.errors.SubjectErased`.
    """
    speaker: UUID | None = subject.pk
    while speaker is not None:
        try:
            with transaction.atomic():
                person = lock(subject, speaker)
                speaker = None
                yield Locked(person, versions.current())
        except SomebodyElseSpeaks as other:
            # Rolled back, so that no lock is held while the next is waited for: merging locks in another order.
            speaker = other.speaker


class SomebodyElseSpeaks(Exception):
    """The record that was locked does not speak for the person, or no longer does."""

    def __init__(self, speaker: UUID) -> None:
        super().__init__()
        self.speaker = speaker


def lock(subject: Subject, speaker: UUID) -> Subject:
    """``speaker``, locked until the transaction ends, if it is the record that speaks for ``subject`` now."""
    person = next(
        (Subject.from_db(connection.alias, _SUBJECT, row) for row in _LOCKED.rows(Among.param([speaker]))), None
    )
    if person is None:
        raise Subject.DoesNotExist
    if person.merged_into_id is not None:
        raise SomebodyElseSpeaks(person.merged_into_id)
    if speaker != subject.pk:
        speaks = resolve(Subject.objects.get(pk=subject.pk))
        if speaks != person:
            raise SomebodyElseSpeaks(speaks.pk)
    if person.erased_at is not None:
        raise SubjectErased
    return person


def _fates(choices: Sequence[Choice], act: Act, judge: Judge) -> list[tuple[Choice, Verdict]]:
    """What becomes of each choice, those before it in the same act having taken effect."""
    fates = []
    for number, choice in enumerate(choices):
        entry = _foreseen(choice, act, judge.organisation, NOT_YET_DRAWN + number)
        fate = judge(entry)
        if fate is Verdict.COUNTS:
            put(judge.cells, entry)
        fates.append((choice, fate))
    return fates


def _foreseen(choice: Choice, act: Act, organisation: Organisation, position: int) -> Entry:
    return Entry(
        position,
        choice.key,
        str(choice.decision),
        act.occurred_at or timezone.now(),
        own=is_own(act.actor, act.method),
        proved=act.proved,
        basis=basis_of(choice, organisation),
        text=shown.digest if (shown := choice.text or act.text) else "",
        until=choice.until,
        details=choice.details,
    )


def _write(person: Subject, choices: Sequence[Choice], act: Act, current: Current) -> list[Event]:
    """Insert the events of one act; the database draws their ids in this order."""
    if not choices:
        return []
    texts.keep(shown for choice in choices if (shown := choice.text or act.text))
    shared: dict[str, Any] = {
        "subject": person,
        "organisation_version_id": current.id,
        "notice": act.notice,
        "method": str(act.method),
        "actor": str(act.actor),
        "proved": act.proved,
        "circumstances_digest": _keep_circumstances(person, act.circumstances),
    }
    if act.occurred_at is not None:
        shared["occurred_at"] = act.occurred_at
    return Event.objects.bulk_create([_event(choice, act, shared, current.organisation) for choice in choices])


def _event(choice: Choice, act: Act, shared: dict[str, Any], organisation: Organisation) -> Event:
    kind, code, channel = choice.key
    shown = choice.text or act.text
    return Event(
        kind=kind,
        code=code,
        channel=channel,
        decision=str(choice.decision),
        basis=basis_of(choice, organisation),
        until=choice.until,
        details=dict(choice.details),
        text_id=shown.digest if shown else None,
        **shared,
    )


def _keep_circumstances(person: Subject, seen: Circumstances | None) -> str:
    if seen is None:
        return ""
    nonce = new_nonce()
    kept = CircumstancesRecord(
        digest=seen.digest(nonce),
        subject=person,
        nonce=nonce,
        ip=seen.ip,
        user_agent=seen.user_agent,
        path=seen.path,
        staff=seen.staff,
    )
    kept.save(force_insert=True)
    return kept.digest


def _project(person: Subject, cells: Cells, events: Sequence[Event]) -> None:
    """Let the events take effect on ``cells``, in place, and store the cells they touched."""
    for event in events:
        put(cells, projection.entry(event))
    touched = {Key(event.kind, event.code, event.channel) for event in events}
    if touched:
        projection.store(person.pk, {key: cells[key] for key in touched if key in cells})


def _first_outcome(person: Subject, choices: Sequence[Choice], act: Act) -> Recorded | None:
    """What came of this very request the first time. A stop is taken again instead: it may be news by now."""
    if not act.idempotency_key or any(choice.decision in STOPS for choice in choices):
        return None
    known = IdempotencyKey.objects.live().filter(subject=person, key=act.idempotency_key).first()
    if known is None or known.request != fingerprint(choices, act):
        return None
    return Recorded(
        list(Event.objects.filter(pk__in=known.outcome["events"]).order_by("pk")),
        unchanged=[choices[number] for number in known.outcome["unchanged"]],
        ignored=[choices[number] for number in known.outcome["ignored"]],
        replayed=True,
    )


def _remember(person: Subject, choices: Sequence[Choice], act: Act, outcome: Recorded) -> None:
    if not act.idempotency_key:
        return
    kept = IdempotencyKey(
        subject=person,
        key=act.idempotency_key,
        request=fingerprint(choices, act),
        outcome={
            "events": [event.pk for event in outcome.events],
            "unchanged": [choices.index(choice) for choice in outcome.unchanged],
            "ignored": [choices.index(choice) for choice in outcome.ignored],
        },
        created_at=ClockTimestamp(),
    )
    IdempotencyKey.objects.bulk_create(
        [kept],
        update_conflicts=True,
        unique_fields=["subject", "key"],
        update_fields=["request", "outcome", "created_at"],
    )
