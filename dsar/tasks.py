"""What runs by the clock for requests. Each can be repeated and interrupted at any moment."""

from __future__ import annotations

from celery import shared_task

from dsar.flows import beginning, deadlines, identity, owners, reminding, talking
from portal.database import database_now
from portal.jobs.recording import recorded


@shared_task(name="dsar.watch_deadlines", expires=3600)
def watch_deadlines() -> None:
    """Counts open requests again, then reminds staff of those that come due, and owners of systems of their tasks."""
    with recorded("dsar.watch_deadlines") as run:
        moved, reminded = deadlines.recount(), reminding.remind_all() + owners.remind_all()
        run.detail, run.uneventful = f"moved={moved.done} reminded={reminded.done}", not (moved.done or reminded.done)
        (moved + reminded).check()


@shared_task(name="dsar.tidy", expires=3600)
def tidy() -> None:
    """Closes what nobody confirmed, destroys proofs of identity that have done their work, and files without a row."""
    with recorded("dsar.tidy") as run:
        closed, destroyed = beginning.forget_unverified(), identity.destroy_old_documents(database_now())
        swept = talking.sweep_files() + identity.sweep_files()
        run.detail = f"closed={closed.done} destroyed={destroyed} swept={swept}"
        run.uneventful = not (closed.done or destroyed or swept)
        closed.check()
