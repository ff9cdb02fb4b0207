"""What is done with holds: placed, looked at again, lifted. Each is written down with its reason, and told by mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from portal import staff
from portal.database import ClockTimestamp, database_now, locked
from portal.holds import kinship, mails, standing
from portal.holds.models import Change, Hold, Kept
from portal.organisation import versions
from portal.outbox import flows as outbox
from portal.personal_data import registry
from portal.personal_data.registry import Holding
from portal.subjects.models import Subject


class Refused(Exception):
    """A hold cannot be placed, extended or lifted so. ``message`` says why, for staff."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True, kw_only=True)
class Terms:
    """Why, and until when. ``owner`` is the key of who answers for it; ``ends_on`` the last day, if one is known."""

    reason: str
    owner: str
    review_on: date
    ends_on: date | None = None
    lifts_itself: bool = False


def place(on: Subject | Holding | Model, terms: Terms, *, by: str) -> Hold:
    """Hold a person, all rows of a holding, or one row of a declared model. ``by`` is the key of who places it.

    Waits for what is being deleted at this moment, and raises :class:`Refused` where that has taken the person or the
    row, for a model that is not declared, and for terms that make no sense.
    """
    _check(terms)
    with transaction.atomic():
        standing.place_alone()
        hold = Hold(
            reason=terms.reason, owner=terms.owner, review_on=terms.review_on,
            ends_on=terms.ends_on, lifts_itself=terms.lifts_itself, **_target(on),
        )  # fmt: skip
        hold.save(force_insert=True)
        if isinstance(on, Model) and not isinstance(on, Subject):
            Kept.objects.bulk_create(_kept(hold, on))
        _note(hold, Change.What.PLACED, by, terms.reason)
    return hold


def find_row(holding: Holding, key: str) -> Model:
    """The row with this primary key, as staff typed it; raises :class:`Refused` where there is none."""
    try:
        row = holding.model._base_manager.filter(pk=key.strip()).first()
    except (ValidationError, ValueError, OverflowError):
        row = None
    if row is None:
        raise Refused(_("There is no such row."))
    return row


def extend(hold: Hold, *, by: str, review_on: date, ends_on: date | None = None, reason: str) -> None:
    """Somebody looked at it again, and it stays: with a new day for the next look. ``hold`` is refreshed.

    Raises :class:`Refused` for one that is lifted already, and for days that make no sense.
    """
    with transaction.atomic():
        _lock_standing(hold)
        _check(Terms(reason=reason, owner=hold.owner, review_on=review_on, ends_on=ends_on))
        hold.review_on, hold.ends_on = review_on, ends_on
        hold.lifts_itself = hold.lifts_itself and ends_on is not None
        hold.save(update_fields=["review_on", "ends_on", "lifts_itself"])
        _note(hold, Change.What.EXTENDED, by, reason)


def lift(hold: Hold, *, by: str, reason: str) -> None:
    """It ends: what it kept may go when its time is up. Raises :class:`Refused` if it has. ``hold`` is refreshed."""
    if not reason.strip():
        raise Refused(_("Write why it ends."))
    with transaction.atomic():
        _lock_standing(hold)
        Hold.objects.filter(pk=hold.pk).update(lifted_at=ClockTimestamp())
        hold.refresh_from_db()
        _note(hold, Change.What.LIFTED, by, reason)


def lift_ended(day: date | None = None) -> int:
    """Lift the holds that end by themselves and whose last day is over; returns how many."""
    lifted = 0
    for hold in Hold.objects.ended(day or today()).filter(lifts_itself=True):
        try:
            lift(hold, by=staff.BY_ITSELF, reason=_("Its last day is over, and it was placed to end by itself."))
        except Refused:  # by somebody else in this moment
            continue
        lifted += 1
    return lifted


def today() -> date:
    """The day on the organisation's own clock."""
    return database_now().astimezone(ZoneInfo(versions.current().organisation.law.time_zone)).date()


def _check(terms: Terms) -> None:
    if not terms.reason.strip():
        raise Refused(_("Write why."))
    if terms.review_on < today():
        raise Refused(_("The day to look at it again is over. Choose today or a later day."))
    if terms.ends_on is not None and terms.ends_on < today():
        raise Refused(_("Its last day is over. Choose today or a later day."))
    if terms.lifts_itself and terms.ends_on is None:
        raise Refused(_("To end by itself it needs a last day."))


def _target(on: Subject | Holding | Model) -> dict[str, object]:
    if isinstance(on, Holding):
        return {"holding": on.label}
    if not type(on)._base_manager.filter(pk=on.pk).exists():
        raise Refused(_("It is not there any more: there is nothing left to hold."))
    if isinstance(on, Subject):
        return {"subject": on}
    try:
        return {"holding": registry.holding_of(type(on)).label, "row": str(on.pk)}
    except LookupError:
        raise Refused(_("No app declares such rows, so nothing deletes them.")) from None


def _kept(hold: Hold, row: Model) -> list[Kept]:
    """The row, and what would take it along."""
    kept = {(hold.holding, hold.row): True}
    for label, paths in kinship.wholes(type(row)).items():
        values = type(row)._base_manager.filter(pk=row.pk).values_list(*paths).first() or ()
        kept |= {(label, str(value)): False for value in values if value is not None}
    return [Kept(hold=hold, holding=label, row=key, named=named) for (label, key), named in kept.items()]


def _lock_standing(hold: Hold) -> None:
    """Under lock and as it is now; raises :class:`Refused` for one that was lifted."""
    list(locked(Hold.objects.filter(pk=hold.pk)))
    hold.refresh_from_db()
    if hold.lifted_at is not None:
        raise Refused(_("This hold was lifted already."))


def _note(hold: Hold, what: Change.What, by: str, words: str) -> None:
    """On record, and told to who answers for it and to the officers: nobody holds or lets go unseen."""
    days = {"review_on": hold.review_on, "ends_on": hold.ends_on}
    change = Change.objects.create(hold=hold, what=what, by=by, words=words, **days)
    for point in staff.reach([hold.owner, *staff.officers()]):
        outbox.enqueue(mails.CHANGED.code, point, params={"change": change.pk})
