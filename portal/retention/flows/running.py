"""A run: planned once, worked on in batches by one process at a time, and finished wherever it was cut off."""

from __future__ import annotations

import logging
import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, OperationalError, connection, transaction
from django.db.models import F, Q
from django.utils import timezone

from portal.database import ClockTimestamp, database_now, is_lock_timeout
from portal.organisation import versions
from portal.organisation.schema import RetentionAction
from portal.retention import backends, batches, disposal, journal, ties
from portal.retention.flows import approving, preview, telling
from portal.retention.models import Deletion, Part, Run
from portal.retention.removable import Work

logger = logging.getLogger(__name__)
LEASE: Final = timedelta(seconds=90)
"""How long a process that was killed keeps others out, where the database cannot tell: longer than a statement."""
CLOCKS_AGREE: Final = timedelta(hours=1)
Tell = Callable[[Part], None]


class AlreadyAtWork(Exception):
    """Another process is at work on a run, or one is paused: there is only ever one."""


class ClocksDisagree(Exception):
    """The database's clock and this machine's are far apart. One is wrong, and a wrong clock deletes too early."""


class Interrupted(Exception):
    """The run is no longer this process's: it was paused or aborted, or another took it over."""


@dataclass
class Hand:
    """A process at work on a run: its name on the run, until when it may go on, and whom it tells how far it is.

    ``appended`` are deletions in the journal of which the next transaction will say so: one of their own costs as much
    as the batch.
    """

    run: Run
    tell: Tell
    until: float | None = None
    name: str = field(default_factory=lambda: secrets.token_hex(16))
    appended: list[UUID] = field(default_factory=list)

    def renew(self) -> None:
        """Within each batch's transaction: it is ours still, and stays so. Raises :class:`Interrupted`."""
        mine = Run.objects.filter(pk=self.run.pk, holder=self.name, state=Run.State.RUNNING)
        if not mine.update(lease_until=ClockTimestamp() + LEASE):
            raise Interrupted
        if self.appended:
            journal.note(self.appended)
            transaction.on_commit(self.appended.clear)

    def out_of_time(self) -> bool:
        return self.until is not None and batches.timed() > self.until


def expire(
    *, as_of: datetime | None = None, by: str = "", seconds: float | None = None, tell: Tell | None = None
) -> Run:
    """Go on with the run that was cut off, or begin one; and work on it, for ``seconds`` at most.

    ``as_of`` is for one that begins, and never in the future. Raises :class:`AlreadyAtWork`.
    """
    run = Run.objects.unfinished().first() or begin(as_of=as_of, by=by)
    until = None if seconds is None else batches.timed() + seconds
    return work_on(run, tell=tell, until=until)


def begin(*, as_of: datetime | None = None, by: str = "") -> Run:
    """Plan a run: a part for each holding. One that still waited for a yes is over: this one will ask again.

    Raises :class:`AlreadyAtWork`, :class:`ClocksDisagree`, and ValueError for a moment that has not come.
    """
    now = database_now()
    if as_of is None and abs(now - timezone.now()) > CLOCKS_AGREE:
        raise ClocksDisagree
    if as_of is not None and as_of > now:
        raise ValueError("A run is never judged by a moment that has not come.")
    try:
        with transaction.atomic():
            run = Run.objects.create(as_of=as_of or now, begun_by=by, organisation_version_id=versions.current().id)
            Part.objects.bulk_create(_planned(run))
            Run.objects.filter(state=Run.State.ASKING).update(state=Run.State.DONE)
    except IntegrityError:
        raise AlreadyAtWork from None
    except OperationalError as error:
        if is_lock_timeout(error):  # another process is beginning one, and has not ended it
            raise AlreadyAtWork from error
        raise
    return run


def work_on(run: Run, *, tell: Tell | None = None, until: float | None = None) -> Run:
    """Take a run over and work on it until it is done, interrupted or out of time; returns it as it stands then.

    Raises :class:`AlreadyAtWork` while another process is on it or staff paused it. What goes wrong fails the run, is
    told to staff, and goes on its way.
    """
    hand = Hand(run, tell or (lambda _part: None), until)
    _take_up(hand)
    try:
        _all_parts(hand)
    except Interrupted:
        logger.info("Retention run %s goes on without this process.", run.pk)
    except BaseException as error:
        _failed(hand, error)
        raise
    run.refresh_from_db()
    return run


def _take_up(hand: Hand) -> None:
    """The run is this process's from here. Staff are told where another was at work on it, and is no more."""
    found = Run.objects.get(pk=hand.run.pk)
    free = Q() if not found.holder or backends.gone(found.backend) else Q(lease_until__lt=ClockTimestamp())
    mine = Run.objects.filter(free, pk=found.pk, state=Run.State.RUNNING, holder=found.holder)
    with transaction.atomic():
        if not mine.update(holder=hand.name, backend=backends.mine(), lease_until=ClockTimestamp() + LEASE):
            raise AlreadyAtWork
        if found.holder:
            telling.cut_off(found)


def _planned(run: Run) -> list[Part]:
    return [
        Part(
            run=run,
            position=position,
            rule=work.rule.code,
            rule_digest=work.rule.digest,
            terms=approving.terms(work.rule),
            owner=work.rule.entry.owner,
            holding=work.holding.label,
            second=work.also is not None,
            action=work.action,
            state=_first_state(work),
        )
        for position, work in enumerate(preview.works(run.as_of))
    ]


def _place(work: Work) -> tuple[str, str, bool]:
    return work.holding.label, work.rule.code, work.also is not None


def _first_state(work: Work) -> Part.State:
    if work.action == RetentionAction.REVIEW or not disposal.can(work.holding, work.action):
        return Part.State.REVIEW
    return Part.State.WAITING if approving.is_approved(work.rule) else Part.State.UNAPPROVED


def _all_parts(hand: Hand) -> None:
    journal.catch_up()
    works = {_place(work): work for work in preview.works(hand.run.as_of)}
    for part in hand.run.parts.filter(state=Part.State.WAITING):
        work = works.get((part.holding, part.rule, part.second))
        if work is None or work.rule.digest != part.rule_digest:
            _settle(hand, part, Part.State.UNAPPROVED)  # the file changed meanwhile
        elif not _one_part(hand, part, work):
            return _put_down(hand)
    _finish(hand)
    return None


def _one_part(hand: Hand, part: Part, work: Work) -> bool:
    """Work on one part; whether it is settled, one way or another, or time ran out."""
    if not part.total and not part.cursor:
        _count(part, work)
    if not part.due:
        _settle(hand, part, Part.State.DONE)
        return True
    if _too_many(part):
        _settle(hand, part, Part.State.ASKING)
        return True
    turns = ties.points_at_itself(work.holding)
    look, before = batches.Look(work, work.read_key(part.cursor) if part.cursor else None), -1
    while not hand.out_of_time():
        while keys := look.next():
            batches.in_turn(keys, partial(_batch, hand, part, look))
            hand.tell(part)
            if hand.out_of_time():
                return False
        if part.removed == before or not turns:
            _count_what_stays(part, work)
            _settle(hand, part, Part.State.DONE)
            return True
        look.after, before = None, part.removed  # what pointed at others of its kind is gone: those have their turn
    return False


def _batch(hand: Hand, part: Part, look: batches.Look, keys: Sequence[Any], *, patient: bool) -> None:
    began = batches.timed()
    with transaction.atomic(durable=True):
        hand.renew()
        gone = batches.take(look.work, keys, Deletion(run=hand.run), look.speakers(keys), patient=patient)
        after = _counted(part, gone, str(keys[-1]), timedelta(seconds=batches.timed() - began))
        Part.objects.filter(pk=part.pk).update(**after)
        Run.objects.filter(pk=hand.run.pk).update(worked=F("worked") + (after["worked"] - part.worked))
    look.learn(batches.timed() - began, len(keys), len(gone.keys))
    for name, value in after.items():
        setattr(part, name, value)
    if gone.record is not None:
        journal.append(gone.record)
        hand.appended.append(gone.record.pk)


def _counted(part: Part, gone: batches.Gone, cursor: str, took: timedelta) -> dict[str, Any]:
    earliest = [moment for moment in (part.earliest, gone.earliest) if moment is not None]
    latest = [moment for moment in (part.latest, gone.latest) if moment is not None]
    return {
        "removed": part.removed + gone.rows,
        "counts": dict(Counter(part.counts) + gone.counts),
        "cursor": cursor,
        "worked": part.worked + took,
        "earliest": min(earliest, default=None),
        "latest": max(latest, default=None),
    }


def _count(part: Part, work: Work) -> None:
    part.total = work.holding.model._base_manager.count()
    if part.total:
        facts = preview.facts(work, part.total)
        part.due, part.undated = facts.due, facts.undated
    part.save(update_fields=["total", "due", "undated"])


def _count_what_stays(part: Part, work: Work) -> None:
    part.held, part.needed, part.referred = preview.staying(work)
    part.save(update_fields=["held", "needed", "referred"])


def _too_many(part: Part) -> bool:
    """Whether so much of the holding would go that somebody should look first, and nobody has."""
    if part.allowed_by or part.removed or part.due < settings.RETENTION_ASK_FROM_ROWS:
        return False
    return part.due * 100 > part.total * settings.RETENTION_ASK_ABOVE_PERCENT


def _settle(hand: Hand, part: Part, state: Part.State) -> None:
    with transaction.atomic(durable=True):
        hand.renew()
        part.state = state
        part.save(update_fields=["state"])
    hand.tell(part)


def _put_down(hand: Hand) -> None:
    """Out of time: whoever comes next goes on at once."""
    Run.objects.filter(pk=hand.run.pk, holder=hand.name).update(holder="", lease_until=None)


def _finish(hand: Hand) -> None:
    asks = hand.run.parts.filter(state=Part.State.ASKING).exists()
    state = Run.State.ASKING if asks else Run.State.DONE
    with transaction.atomic(durable=True):
        hand.renew()
        _end(hand.run, state)
        if asks:
            telling.asks(hand.run)


def _failed(hand: Hand, error: BaseException) -> None:
    """As far as the database can be reached: a run that cannot say so itself is found by its lease."""
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        with transaction.atomic():
            if Run.objects.filter(pk=hand.run.pk, holder=hand.name).update(trouble=type(error).__name__[:200]):
                _end(hand.run, Run.State.FAILED)
                telling.failed(hand.run)
    except Exception:
        logger.exception("The failure of retention run %s could not be written down.", hand.run.pk)


def _end(run: Run, state: Run.State) -> None:
    Run.objects.filter(pk=run.pk).update(
        state=state, open=None, holder="", lease_until=None, finished_at=ClockTimestamp()
    )
