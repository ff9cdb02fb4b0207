"""Background jobs of the record of background jobs."""

from celery import shared_task

from portal.jobs import flows
from portal.jobs.recording import recorded


@shared_task(name="portal.jobs.prune")
def prune() -> None:
    """Once a day."""
    with recorded("portal.jobs.prune") as run:
        run.detail = f"deleted={flows.prune()}"
