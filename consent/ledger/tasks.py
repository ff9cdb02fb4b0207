"""Background jobs of the ledger."""

from celery import shared_task

from consent.ledger import keys
from portal.jobs.recording import recorded


@shared_task(name="consent.ledger.forget_keys", expires=3600)
def forget_keys() -> None:
    """Once a day: keys older than a day protect nothing any more."""
    with recorded("consent.ledger.forget_keys") as run:
        run.detail = f"deleted={keys.forget()}"
