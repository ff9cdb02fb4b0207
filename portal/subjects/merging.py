"""Joining two records that turn out to be one person, and taking that back.

A merge moves the absorbed record's contact points to the survivor, takes over its protective marks, and points it at
the survivor. What other apps hold is theirs to join: they register with :func:`on_merge` and :func:`on_undo`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, TypeAlias, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from portal.database import ClockTimestamp, locked
from portal.subjects.models import ContactPoint, Merge, Subject

Hook: TypeAlias = Callable[[Merge], None]
H = TypeVar("H", bound=Hook)

# Marks that protect a person, with the value that means "none". A merge takes them over; the absorbed keeps its own.
MARKS: Final[dict[str, Any]] = {"restricted_at": None, "under_age": False}

_merge_hooks: list[Hook] = []
_undo_hooks: list[Hook] = []


class MergeRefused(Exception):
    """Two records cannot be joined, or a merge not undone. ``message`` says why, for staff. Hooks may raise it too."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def on_merge(hook: H) -> H:
    """Call ``hook(merge)`` after each merge, in its transaction with both Subjects locked; a decorator."""
    return _registered(hook, _merge_hooks)


def on_undo(hook: H) -> H:
    """Call ``hook(merge)`` after each undo, in its transaction with the Subjects locked; a decorator."""
    return _registered(hook, _undo_hooks)


def forget(hook: Hook) -> None:
    """Call ``hook`` no more."""
    for hooks in (_merge_hooks, _undo_hooks):
        if hook in hooks:
            hooks.remove(hook)


def merge(survivor: Subject, absorbed: Subject) -> Merge:
    """Join ``absorbed`` into ``survivor``. Raises :class:`MergeRefused`.

    Refused: a record with itself, one that was merged into another already (so that no circle can arise), and one
    that was erased. Both objects are refreshed.
    """
    if survivor.pk == absorbed.pk:
        raise MergeRefused(_("A record cannot be merged with itself."))
    with transaction.atomic():
        _lock({survivor.pk, absorbed.pk})
        for subject in (survivor, absorbed):
            subject.refresh_from_db()
            _refuse_erased(subject)
            if subject.merged_into_id is not None:
                raise MergeRefused(_("One of the records was merged into another already. Merge that one."))
        points = ContactPoint.objects.filter(subject=absorbed)
        moved = [str(pk) for pk in points.order_by("created_at", "pk").values_list("pk", flat=True)]
        points.update(subject=survivor)
        carried = [mark for mark, none in MARKS.items() if getattr(survivor, mark) == none != getattr(absorbed, mark)]
        for mark in carried:
            setattr(survivor, mark, getattr(absorbed, mark))
        survivor.save(update_fields=carried)
        absorbed.merged_into = survivor
        absorbed.save(update_fields=["merged_into"])
        Subject.objects.filter(Q(pk=absorbed.pk) | Q(head=absorbed)).update(head=survivor)
        absorbed.head = survivor
        done = Merge.objects.create(survivor=survivor, absorbed=absorbed, moved=moved, carried=carried)
        _call(_merge_hooks, done)
    return done


def undo(merge: Merge) -> None:
    """Part two records again: contact points and marks go back. Raises :class:`MergeRefused`.

    The survivor may have been merged further since; what that merge moved on comes back as well, and undoing the
    later merge afterwards leaves it where it is. Contact points that came after the merge stay with the survivor.
    ``merge`` is refreshed.
    """
    with transaction.atomic():
        chain = _chain(merge)
        _lock({merge.absorbed_id, *(later.survivor_id for later in chain)})
        merge.refresh_from_db()
        if merge.undone_at is not None:
            raise MergeRefused(_("This merge was undone already."))
        if [later.pk for later in _chain(merge)] != [later.pk for later in chain]:
            raise MergeRefused(_("Somebody else changed these records just now. Try again."))
        holder = Subject.objects.get(pk=chain[-1].survivor_id)
        absorbed = Subject.objects.get(pk=merge.absorbed_id)
        _refuse_erased(holder)
        _refuse_erased(absorbed)
        ContactPoint.objects.filter(pk__in=merge.moved, subject=holder).update(subject=absorbed)
        _give_back_points(chain)
        for mark in merge.carried:
            _give_back_mark(mark, chain, absorbed)
        Subject.objects.filter(pk=absorbed.pk).update(merged_into=None, head=None)
        Subject.objects.filter(pk__in=absorbed.family()).exclude(pk=absorbed.pk).update(head=absorbed)
        Merge.objects.filter(pk=merge.pk).update(undone_at=ClockTimestamp())
        merge.refresh_from_db()
        _call(_undo_hooks, merge)


def _give_back_points(chain: list[Merge]) -> None:
    """What later merges passed on of the first one is no longer theirs to return."""
    first, *later = chain
    for merge in later:
        merge.moved = [pk for pk in merge.moved if pk not in first.moved]
        merge.save(update_fields=["moved"])


def _give_back_mark(mark: str, chain: list[Merge], absorbed: Subject) -> None:
    """Take a mark from the survivor, and from those who had it of them, unless somebody else merged in bears it too.

    That other merge then carries it. A mark that staff changed since the merge is theirs and stays.
    """
    for merge in chain:
        survivor = Subject.objects.get(pk=merge.survivor_id)
        if mark not in merge.carried or getattr(survivor, mark) != getattr(absorbed, mark):
            return
        bearers = Merge.objects.in_force().filter(survivor=survivor).exclude(pk=merge.pk)
        heir = bearers.exclude(**{f"absorbed__{mark}": MARKS[mark]}).select_related("absorbed").order_by("pk").first()
        setattr(survivor, mark, getattr(heir.absorbed, mark) if heir else MARKS[mark])
        survivor.save(update_fields=[mark])
        if merge is not chain[0]:
            merge.carried = [other for other in merge.carried if other != mark]
            merge.save(update_fields=["carried"])
        if heir:
            heir.carried = [*heir.carried, mark]
            heir.save(update_fields=["carried"])
            return


def _chain(merge: Merge) -> list[Merge]:
    """The merge, the one in force that absorbed its survivor, and so on to the record that speaks for them all."""
    chain = [merge]
    while later := Merge.objects.in_force().filter(absorbed_id=chain[-1].survivor_id).first():
        chain.append(later)
    return chain


def _lock(ids: Iterable[UUID]) -> None:
    """Always in order of id, so that two merges of the same people never wait for each other."""
    list(locked(Subject.objects.filter(pk__in=set(ids)).order_by("pk")))


def _refuse_erased(subject: Subject) -> None:
    if subject.erased_at is not None:
        raise MergeRefused(_("One of the records was erased: nothing is left to merge or to part."))


def _registered(hook: H, hooks: list[Hook]) -> H:
    if hook in hooks:
        raise ValueError(f"{hook.__module__}.{hook.__qualname__} is registered twice.")
    hooks.append(hook)
    return hook


def _call(hooks: list[Hook], merge: Merge) -> None:
    for hook in hooks:
        hook(merge)
